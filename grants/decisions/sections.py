"""What this room shows on shared pages: meetings, the decision on a bid's pages, what waits to be decided or told."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from communities.core.permissions import Actor
from communities.core.sections import section
from communities.people.models import User
from grants.applications.models import Application
from grants.assessment.queries import words_of
from grants.decisions.models import Decision, Meeting
from grants.decisions.queries import (
    asked_of,
    delegated_bids,
    home_of,
    lines_to_agree,
    rounds_to_tell,
    rounds_without_meeting,
    tally,
    to_ask,
    to_ratify,
    told_of,
)
from grants.rounds.models import Round, Tier


@section("panel", "meetings", order=10, template="grants/decisions/_meetings.html")
def meetings(objects: Sequence[Round], user: Actor) -> Mapping[Any, Any]:
    """When the panel of each round meets."""
    found: dict[Any, list[Meeting]] = defaultdict(list)
    seen = Meeting.objects.visible_to(user).filter(panel__round__in=objects).select_related("panel")
    for each in seen.order_by("held_at"):
        found[each.panel.round_id].append(each)
    return found


@section("case", "decision", order=45, template="grants/decisions/_case.html")
def decision(objects: Sequence[Application], user: Actor) -> Mapping[Any, Any]:
    """What was proposed, confirmed and told; for a small grant the way to decide it."""
    seen = Decision.objects.visible_to(user).filter(application__in=objects)
    found = {each.application_id: each for each in seen.order_by("pk").select_related("proposed_by", "ratified_by")}
    may_propose = user.has_perm("grants.prepare_decision")
    return {
        bid.pk: {"decision": found.get(bid.pk), "propose": may_propose and _waits_for_officers(bid, found.get(bid.pk))}
        for bid in objects
        if bid.pk in found or (may_propose and _waits_for_officers(bid, None))
    }


def _waits_for_officers(bid: Application, decision: Decision | None) -> bool:
    stands = decision is not None and decision.status != Decision.Status.SET_ASIDE
    small = bid.tier is not None and bid.tier.route == Tier.Route.DELEGATED
    return small and not stands and bid.status == Application.Status.IN_ASSESSMENT


@section("bid", "decision", order=40, template="grants/decisions/_bid.html")
def letter(objects: Sequence[Application], user: Actor) -> Mapping[Any, Any]:
    """What the group was told, and a question about a smaller sum where one is open."""
    asking = {each.application_id: each for each in asked_of(user, objects)}
    told = told_of(objects)
    return {
        bid.pk: {"told": told.get(bid.pk), "asking": asking.get(bid.pk)}
        for bid in objects
        if bid.pk in told or bid.pk in asking
    }


STATES = {
    Decision.Outcome.FUND: {"label": "Funded", "colour": "green"},
    Decision.Outcome.DECLINE: {"label": "Not funded", "colour": "red"},
    Decision.Outcome.RESERVE: {"label": "On the reserve list", "colour": "yellow"},
}


@section("bid_state", "decision", order=40, template="")
def state(objects: Sequence[Application], user: Actor) -> Mapping[Any, Any]:
    """How a bid stands once its group has been told, and not a moment earlier."""
    decided = [bid for bid in objects if bid.status in (Application.Status.DECIDED, Application.Status.IN_ASSESSMENT)]
    return {pk: STATES[Decision.Outcome(told.outcome)] for pk, told in told_of(decided).items()}


@section("home", "decisions", order=37, template="grants/decisions/_home.html")
def news(objects: Sequence[User], user: Actor) -> Mapping[Any, Any]:
    """Questions to answer, and decisions told in the last weeks."""
    asking, told = home_of(user)
    return {each.pk: {"asking": asking, "told": told} for each in objects if asking or told}


@section("round", "meeting", order=40, template="grants/decisions/_round.html")
def meeting_date(objects: Sequence[Round], user: Actor) -> Mapping[Any, Any]:
    """The day the panel meets."""
    found = Meeting.objects.filter(panel__round__in=objects).order_by("-held_at").select_related("panel")
    return {each.panel.round_id: each for each in found}


@section("round_office", "decisions", order=45, template="grants/decisions/_round_office.html")
def decisions(objects: Sequence[Round], user: Actor) -> Mapping[Any, Any]:
    """The way from a round to its meetings and decisions."""
    if not user.has_perm("grants.plan_meeting"):
        return {}
    found: dict[Any, list[Meeting]] = defaultdict(list)
    for each in Meeting.objects.filter(panel__round__in=objects).select_related("panel").order_by("held_at"):
        found[each.panel.round_id].append(each)
    return {each.pk: {"round": each, "meetings": found[each.pk]} for each in objects}


@section("office_home", "decisions", order=45, template="")
def to_decide(objects: Sequence[User], user: Actor) -> Mapping[Any, Any]:
    """Small grants to decide, meetings to plan, decisions to prepare, confirm and tell."""
    cards = [card for make in (_small_grants, _meetings, _prepare, _confirm, _tell) for card in make(user)]
    return {each.pk: cards for each in objects if cards}


def _small_grants(user: Actor) -> list[dict[str, Any]]:
    count = delegated_bids().count() if user.has_perm("grants.prepare_decision") else 0
    href = reverse("admin:grants_decision_delegated")
    return [_card(count, "Decide small grants", href, "Checked, and waiting for a proposal")] if count else []


def _meetings(user: Actor) -> list[dict[str, Any]]:
    rounds = rounds_without_meeting() if user.has_perm("grants.plan_meeting") else []
    return [
        _card(None, "Plan a panel meeting", reverse("admin:grants_meeting_plan", args=[each.public_id]), each.title)
        for each in rounds
    ]


def _prepare(user: Actor) -> list[dict[str, Any]]:
    if not user.has_perm("grants.prepare_decision"):
        return []
    href = reverse("admin:grants_decision_changelist") + "?status__exact=proposed"
    lines, ask = lines_to_agree().count(), to_ask().count()
    cards = [_card(lines, "Agree the lines of smaller sums", href, "The panel funded them in part")] if lines else []
    return cards + ([_card(ask, "Ask groups about a smaller sum", href, "It is below their least")] if ask else [])


def _confirm(user: Actor) -> list[dict[str, Any]]:
    count = to_ratify(user).count()
    href = reverse("admin:grants_decision_changelist") + "?status__exact=proposed"
    return [_card(count, "Confirm decisions", href, "Proposed by somebody else")] if count else []


def _tell(user: Actor) -> list[dict[str, Any]]:
    if not user.has_perm("grants.release_decision"):
        return []
    return [
        _card(count, "Tell the groups", reverse("admin:grants_decision_round", args=[round_.public_id]), round_.title)
        for round_, count in rounds_to_tell(user)
    ]


def _card(number: int | None, title: str, href: str, reason: str) -> dict[str, Any]:
    return {"number": number, "title": title, "href": href, "reason": reason}


@section("decision_office", "decision", order=10, template="grants/decisions/_office.html")
def prepared(objects: Sequence[Decision], user: Actor) -> Mapping[Any, Any]:
    """A decision with its lines, its vote and the panel's own words."""
    return {
        each.pk: {
            "decision": each,
            "lines": list(each.lines.all()),
            "motion": each.motion,
            "tally": tally(each.motion) if each.motion else None,
            "words": words_of(each.application),
        }
        for each in objects
    }
