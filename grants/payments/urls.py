"""Addresses of the payments."""

from django.urls import path

from grants.payments import views

app_name = "payments"
urlpatterns = [path("groups/<uuid:public_id>/bank-details/", views.account, name="account")]
