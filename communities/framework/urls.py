"""Addresses of the pages about what the fund is for."""

from django.urls import path

from communities.framework import views

urlpatterns = [path("purpose/", views.purpose, name="purpose")]
