"""Reminders to groups whose bid is not sent yet: a week before the deadline, a day before, on the morning itself."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.db.models import Q, QuerySet

from communities.core.clock import LONDON, london
from communities.core.lifecycle import Moment, unit
from communities.core.models import Message
from communities.core.outbox import queue
from communities.core.permissions import SYSTEM
from grants.applications.models import Application
from grants.applications.queries import is_complete
from grants.rounds.models import Round

MORNING = time(9)
WEEK, DAY = timedelta(days=7), timedelta(days=1)


def remind(*, at: datetime) -> int:
    """Tell groups how much time is left, each once. Returns how many bids were written about. Safe to run twice."""
    week = _unsent(at).filter(round__closes_at__lte=at + WEEK, round__closes_at__gt=at + DAY)
    day = _unsent(at).filter(round__closes_at__lte=at + DAY)
    return sum(
        (
            _tell("draft_week_left", begun_before(WEEK, week), at),
            _tell("draft_day_left", [bid for bid in begun_before(DAY, day) if not is_last_morning(bid, at)], at),
            _tell("draft_ready_today", [bid for bid in day if is_last_morning(bid, at) and is_complete(bid)], at),
        )
    )


def is_last_morning(bid: Application, at: datetime) -> bool:
    """Whether it is past nine on the day of the deadline, by the clock in Essex."""
    morning = datetime.combine(london(bid.round.closes_at).date(), MORNING, tzinfo=LONDON)
    return morning <= at < bid.round.closes_at


def begun_before(left: timedelta, bids: Iterable[Application]) -> list[Application]:
    """Those begun when there was more time left: whoever began an hour ago knows how late it is."""
    return [bid for bid in bids if bid.started_at < bid.round.closes_at - left]


def _unsent(at: datetime) -> QuerySet[Application]:
    running = Q(round__status=Round.Status.PUBLISHED, round__closes_at__gt=at)
    drafts = Application.objects.filter(running, status=Application.Status.DRAFT)
    return drafts.select_related("round", "group", "terms", "tier").order_by("pk")


def _tell(name: str, bids: list[Application], at: datetime) -> int:
    label = Application._meta.label
    sent = Message.objects.filter(template=name, object_model=label, object_pk__in=[str(bid.pk) for bid in bids])
    done = set(sent.values_list("object_pk", flat=True))
    waiting = [bid for bid in bids if str(bid.pk) not in done]
    with unit():
        queue(name, waiting, Moment(SYSTEM, at))
    return len(waiting)
