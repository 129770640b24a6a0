"""The addresses of this app, room by room."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("grants.rounds.urls")),
    path("", include("grants.checks.urls")),  # before the bid's own pages: "answer" is no part of the form
    path("", include("grants.applications.urls")),
]
