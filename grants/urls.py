"""The addresses of this app, room by room."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("grants.awards.urls")),
    path("", include("grants.payments.urls")),
    path("", include("grants.spending.urls")),
]
