"""The site's addresses: each app's own, sign-in, the office, and a sign of life."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Say that the web process answers; nothing else is asked."""
    return HttpResponse("alive", content_type="text/plain")


urlpatterns = [
    path("healthz", alive, name="healthz"),
    path("", include("communities.urls")),
    path("", include("grants.urls")),
    path("", include("evaluation.urls")),
    path("office/", admin.site.urls),
]

handler400 = "config.errors.unreadable"
handler500 = "config.errors.broken"
