"""The addresses of this app, room by room."""

from django.urls import URLPattern, URLResolver, include, path

from grants.decisions import urls as decisions

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("grants.rounds.urls")),
    path("panel/", include((decisions.panel, "panel"))),
    # before the sections of a bid, which would take any word
    path("apply/", include((decisions.group, "decisions"))),
    path("", include("grants.checks.urls")),
    path("", include("grants.applications.urls")),
    path("", include("grants.awards.urls")),
    path("", include("grants.payments.urls")),
    path("", include("grants.spending.urls")),
]
