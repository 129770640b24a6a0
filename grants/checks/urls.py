"""The addresses of this room: where a group answers what it was asked."""

from django.urls import path

from grants.checks import views

app_name = "checks"
urlpatterns = [path("apply/<uuid:public_id>/answer/", views.answer, name="answer")]
