"""Pages for what went wrong: they need no database and no session, and give back what was typed."""

import sys
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from communities.core.navigation import Navigation
from communities.core.refusals import typed

AWAY = (OperationalError, InterfaceError)


def page(template: str, request: HttpRequest, *, status: int, give_back: bool = True) -> HttpResponse:
    """A page that asks for nothing: no account, no message, no row."""
    words: dict[str, Any] = {
        "council": settings.COUNCIL,
        "demonstration": settings.DEMONSTRATION,
        "navigation": Navigation(None, request.path),
        "typed": _given_back(request) if give_back else [],
    }
    return HttpResponse(render_to_string(template, words), status=status)


def broken(request: HttpRequest) -> HttpResponse:
    """Something broke on our side (500), or the database is away or busy for longer than a person waits (503)."""
    if isinstance(sys.exc_info()[1], AWAY):
        answer = page("503.html", request, status=503)
        answer["Retry-After"] = "30"
        return answer
    return page("500.html", request, status=500)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What was sent cannot be read (400), or is larger than we take (413)."""
    if isinstance(exception, RequestDataTooBig):
        return page("413.html", request, status=413, give_back=False)
    return page("400.html", request, status=400, give_back=False)


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open while its person signed in or out, or came from elsewhere: then nothing is repeated."""
    ours = urlsplit(request.headers.get("Origin", "")).netloc == request.get_host()
    return page("403_csrf.html", request, status=403, give_back=ours)


def _given_back(request: HttpRequest) -> list[tuple[str, str]]:
    try:
        return typed(request)
    except Exception:  # noqa: BLE001 (reading the form may be what broke)
        return []
