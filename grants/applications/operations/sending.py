"""Sending a bid, taking it back, and what follows the deadline."""

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings

from communities.core.canonical import digest
from communities.core.clock import london
from communities.core.dates import add_working_days
from communities.core.lifecycle import lock
from communities.core.permissions import SYSTEM, Actor
from grants.applications.models import APPLICATION, Application, ReferenceYear, Submission
from grants.applications.queries import freeze
from grants.rounds.models import Tier


def submit(application: Application, *, by: Actor, at: datetime) -> Submission:
    """Send the bid to the council. What was sent can never change."""
    ReferenceYear.objects.get_or_create(year=london(at).year)
    with APPLICATION.step("submit", application, by=by, at=at) as bid:
        bid.reference = next_reference(at)
        bid.submitted_at, bid.submitted_by_id = at, by.pk
        bid.answer_due_on = answer_due_on(bid, at)
        return _copy(bid, number=1, by=by, at=at)


def next_submission(bid: Application, *, by: Actor, at: datetime) -> Submission:
    """Keep the next sent copy, after the group changed what it was asked about. Called inside the step that answers."""
    latest = bid.submissions.order_by("-number").first()
    return _copy(bid, number=latest.number + 1 if latest else 1, by=by, at=at)


def _copy(bid: Application, *, number: int, by: Actor, at: datetime) -> Submission:
    content = freeze(bid)
    return Submission.objects.create(
        application=bid, number=number, content=content, digest=digest(content), sent_at=at, sent_by_id=by.pk
    )


def next_reference(at: datetime) -> str:
    """The next label of the year, CCF-2026-0001: given at sending, one at a time, never twice."""
    year = london(at).year
    [counter] = lock(ReferenceYear.objects.filter(year=year))
    counter.last += 1
    counter.save(update_fields=("last",))
    return f"{settings.FUND_PREFIX}-{year}-{counter.last:04}"


def answer_due_on(bid: Application, at: datetime) -> date:
    """The day by which we promise an answer: for panels the round's day, for small sums so many working days."""
    tier = bid.tier
    if tier is None or tier.route == Tier.Route.PANEL:
        return bid.round.decision_due_on
    return add_working_days(london(at).date(), tier.answer_days)


def withdraw(application: Application, *, reason: str = "", by: Actor, at: datetime) -> Application:
    """Take the bid back. It stays on record, and no decision is made about it."""
    with APPLICATION.step("withdraw", application, by=by, at=at, reason=reason) as bid:
        bid.open_sections = []
    return bid


def lapse(application: Application, *, by: Actor = SYSTEM, at: datetime) -> Application:
    """Put away a bid that was not sent in time. Its words can still be read and copied."""
    with APPLICATION.step("lapse", application, by=by, at=at) as bid:
        pass
    return bid


def lapse_all(*, at: datetime) -> int:
    """Put away all bids whose round takes no more, and tell their groups. Safe to run twice."""
    drafts = Application.objects.filter(status=Application.Status.DRAFT, round__closes_at__lt=at).select_related(
        "round"
    )
    late: Sequence[Application] = [bid for bid in drafts.order_by("pk")[:200] if at > bid.round.settled_at]
    if not late:
        return 0
    with APPLICATION.step_many("lapse", late, by=SYSTEM, at=at) as batch:
        pass
    return len(batch.done)
