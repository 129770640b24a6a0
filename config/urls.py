"""The site's addresses: each app's own, sign-in, the office, and signs of life."""

from django.contrib import admin
from django.urls import include, path

from config.health import alive, ready

urlpatterns = [
    path("healthz", alive, name="healthz"),
    path("readyz", ready, name="readyz"),
    path("", include("communities.urls")),
    path("", include("grants.urls")),
    path("", include("evaluation.urls")),
    path("office/", admin.site.urls),
]

handler400 = "config.errors.unreadable"
handler500 = "config.errors.broken"
