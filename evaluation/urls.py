"""The addresses of this app, room by room."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("evaluation.reports.urls")),
    path("", include("evaluation.insight.urls")),
]
