"""Decisions: what waits to be prepared, confirmed and told, and what a group was told."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet

from communities.core.clock import now
from communities.core.permissions import Actor, allowed_pks
from communities.groups.queries import members_of
from grants.applications.models import Application
from grants.assessment.queries import before_panel
from grants.decisions.models import Decision, Meeting, Motion
from grants.decisions.queries.meetings import is_put_off
from grants.rounds.models import Round, Tier

NOTHING = Decimal(0)
NEWS = timedelta(weeks=6)
STANDING = (Decision.Status.PROPOSED, Decision.Status.ASKING)


def told(application: Application) -> Decision | None:
    """What the group has been told last. A decision that is being looked at again does not take back the letter."""
    return (
        Decision.objects.filter(application=application, released_at__isnull=False)
        .order_by("-released_at", "-pk")
        .first()
    )


def lines_total(decision: Decision) -> Decimal:
    """What the lines of a decision add up to."""
    return sum((line.amount for line in decision.lines.all()), NOTHING)


def is_below_least(decision: Decision) -> bool:
    """Whether the sum is less than the group said would still work."""
    least = decision.application.minimum_viable
    return bool(decision.amount is not None and least is not None and decision.amount < least)


def unsettled(round_: Round) -> list[str]:
    """Why the panel's decisions of a round cannot be told together yet, one sentence each; empty when they can."""
    bids = before_panel(round_).filter(status=Application.Status.IN_ASSESSMENT)
    waiting = bids.exclude(decisions__in=Decision.objects.exclude(status=Decision.Status.SET_ASIDE))
    last: dict[int, Motion] = {
        each.application_id: each for each in Motion.objects.filter(application__in=waiting).order_by("pk")
    }
    open_bids = [bid for bid in waiting if bid.pk not in last or not is_put_off(last[bid.pk])]
    unconfirmed = Decision.objects.filter(application__round=round_, route=Decision.Route.PANEL, status__in=STANDING)
    sentences = []
    if open_bids:
        sentences.append(
            f"{_bids(len(open_bids))} still to be decided: {', '.join(bid.reference for bid in open_bids)}."
        )
    if count := unconfirmed.count():
        sentences.append(f"{count} decision{'s' if count > 1 else ''} still to be confirmed.")
    return sentences


def _bids(count: int) -> str:
    return "1 bid is" if count == 1 else f"{count} bids are"


def ready_to_tell(round_: Round) -> QuerySet[Decision]:
    """The panel's confirmed decisions of a round, not yet told to the groups."""
    return Decision.objects.filter(
        application__round=round_, route=Decision.Route.PANEL, status=Decision.Status.RATIFIED
    ).select_related("application__group")


def reserve_list(round_: Round) -> list[Decision]:
    """The reserve list of a round, in order."""
    found = Decision.objects.filter(application__round=round_, outcome=Decision.Outcome.RESERVE).exclude(
        status=Decision.Status.SET_ASIDE
    )
    return list(found.select_related("application__group").order_by("reserve_rank", "pk"))


def delegated_bids() -> QuerySet[Application]:
    """Small bids that two officers decide, assessed and without a proposal yet."""
    return (
        Application.objects.filter(status=Application.Status.IN_ASSESSMENT, tier__route=Tier.Route.DELEGATED)
        .exclude(decisions__in=Decision.objects.exclude(status=Decision.Status.SET_ASIDE))
        .select_related("group", "round")
    )


def to_ratify(user: Actor) -> QuerySet[Decision]:
    """Decisions that wait for this person's confirmation."""
    return (
        Decision.objects.allowed_to(user, "grants.ratify_decision")
        .filter(status=Decision.Status.PROPOSED)
        .exclude(proposed_by=user.pk)
        .select_related("application__group", "application__round")
    )


def asked_of(user: Any, bids: Iterable[Application] | None = None) -> QuerySet[Decision]:
    """Questions about a smaller sum that this person's groups have to answer."""
    asking = Decision.objects.allowed_to(user, "grants.answer_about_less").filter(status=Decision.Status.ASKING)
    asking = asking.select_related("application__group")
    return asking if bids is None else asking.filter(application__in=list(bids))


def told_of(bids: Iterable[Application]) -> dict[int, Decision]:
    """What each bid's group has been told last."""
    found = Decision.objects.filter(application__in=list(bids), released_at__isnull=False)
    return {each.application_id: each for each in found.order_by("released_at", "pk")}


def home_of(user: Any) -> tuple[list[Decision], list[Decision]]:
    """What this person's groups have to answer, and what they were told in the last six weeks, newest first."""
    asked = Q(status=Decision.Status.ASKING)
    told = Q(released_at__gte=now() - NEWS) & ~Q(status=Decision.Status.SET_ASIDE)
    groups = members_of(user).order_by().values("group")
    rows: list[Any] = list(
        Decision.objects.filter(asked | told, application__group__in=groups).select_related("application")
    )
    asking = [each for each in rows if each.status == Decision.Status.ASKING]
    allowed = allowed_pks(user, "grants.answer_about_less", asking) if asking else set()
    news = sorted((each for each in rows if each.released_at), key=lambda each: each.released_at, reverse=True)
    return [each for each in asking if each.pk in allowed], news


def lines_to_agree() -> QuerySet[Decision]:
    """Decisions with a smaller sum whose lines no officer has agreed."""
    return Decision.objects.filter(
        status=Decision.Status.PROPOSED, amount__lt=F("application__requested"), lines_agreed_at=None
    )


def to_ask() -> QuerySet[Decision]:
    """Decisions below the group's least about which the group has not been asked."""
    return Decision.objects.filter(
        status=Decision.Status.PROPOSED, amount__lt=F("application__minimum_viable"), below_least_agreed_at=None
    )


def rounds_without_meeting() -> list[Round]:
    """Rounds whose panel has bids to decide and no meeting to do it at."""
    bids = Application.objects.filter(status=Application.Status.IN_ASSESSMENT, tier__route=Tier.Route.PANEL)
    waiting = bids.exclude(decisions__in=Decision.objects.exclude(status=Decision.Status.SET_ASIDE))
    planned = Meeting.objects.exclude(status=Meeting.Status.CLOSED).values("panel__round")
    rounds = Round.objects.filter(pk__in=waiting.values("round"), panel__isnull=False).exclude(pk__in=planned)
    return list(rounds.order_by("closes_at"))


def rounds_to_tell(user: Actor) -> list[tuple[Round, int]]:
    """Rounds with confirmed decisions that nobody has been told, and how many."""
    ready = Decision.objects.allowed_to(user, "grants.release_decision").filter(
        status=Decision.Status.RATIFIED, release_due_at=None
    )
    counts = Counter(ready.values_list("application__round", flat=True))
    return [(each, counts[each.pk]) for each in Round.objects.filter(pk__in=counts).order_by("closes_at")]


def decisions_of(round_: Round) -> list[Decision]:
    """The decisions of a round that stand, as the office's page lists them."""
    found = Decision.objects.filter(application__round=round_).exclude(status=Decision.Status.SET_ASIDE)
    return list(
        found.select_related("application__group").order_by("outcome", "reserve_rank", "application__reference")
    )
