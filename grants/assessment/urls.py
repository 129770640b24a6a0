"""Addresses of the panel's pages that come before its meeting."""

from django.urls import path

from grants.assessment import views

urlpatterns = [
    path("", views.home, name="home"),
    path("rounds/<uuid:public_id>/interests/", views.interests, name="interests"),
    path("bids/<uuid:public_id>/", views.bid, name="bid"),
    path("bids/<uuid:public_id>/interest/", views.interest, name="interest"),
    path("bids/<uuid:public_id>/scores/", views.scores, name="scores"),
]
