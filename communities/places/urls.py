"""Addresses of the pages about places and data."""

from django.urls import path

from communities.places import views

urlpatterns = [
    path("places/", views.place_list, name="place_list"),
    path("places/check/", views.check, name="postcode_check"),
    path("places/data/", views.about_data, name="about_data"),
    path("places/<slug:code>/", views.place, name="place"),
]
