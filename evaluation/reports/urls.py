"""Addresses of the group's report pages."""

from django.urls import path

from evaluation.reports import views

app_name = "reports"
urlpatterns = [
    path("reports/<uuid:public_id>/", views.report_page, name="report"),
    path("reports/<uuid:public_id>/check/", views.check, name="check"),
]
