"""The one clock: what time it is now, and how that reads in Essex."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

LONDON = ZoneInfo("Europe/London")

# One value for the whole process, not per thread: a live server in another thread must see the moved clock too.
_moved_to: list[datetime] = []


def now() -> datetime:
    """The present moment in UTC, or the moment the clock was moved to."""
    return _moved_to[-1] if _moved_to else timezone.now()


def today() -> date:
    """The date on an Essex calendar."""
    return london(now()).date()


def london(moment: datetime) -> datetime:
    """The same moment as a clock in Essex shows it."""
    return moment.astimezone(LONDON)


def mark_arrival(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, first of all: note when a request came in, before its body is read. A deadline is judged by that,
    so that a slow connection makes nobody late.
    """  # noqa: D205

    def note(request: HttpRequest) -> HttpResponse:
        request.arrived_at = now()  # type: ignore[attr-defined]
        return get_response(request)

    return note


def arrived(request: HttpRequest) -> datetime:
    """When a request came in."""
    at: datetime = getattr(request, "arrived_at", None) or now()
    return at


@contextmanager
def moved(at: datetime) -> Iterator[None]:
    """Stop the clock at a moment, for the demonstration and for tests."""
    if timezone.is_naive(at):
        raise ValueError("The clock can only be moved to a moment with a time zone.")
    _moved_to.append(at)
    try:
        yield
    finally:
        _moved_to.pop()
