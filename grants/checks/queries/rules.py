"""What the system can find out about a bid by itself. A person judges; each rule says what it saw, in a sentence."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from django.db.models import Q, QuerySet, prefetch_related_objects

from communities.core.clock import london
from communities.core.money import pounds
from communities.groups.models import Membership
from communities.templatetags.govuk import day
from grants.applications.models import Application, BidLine
from grants.checks.models import BidCheck

PASSED, FAILED, UNKNOWN = BidCheck.Finding.PASSED, BidCheck.Finding.FAILED, BidCheck.Finding.UNKNOWN
SHOWN = 5  # a longer list of look-alikes helps nobody


@dataclass(frozen=True)
class Found:
    """What a rule found."""

    finding: str
    note: str


@dataclass(frozen=True)
class Rule:
    """A rule with the name that officers read. A kind of check with the same code shows what the rule found."""

    code: str
    name: str
    check: Callable[[Application], Found]


RULES: list[Rule] = []
READS = (
    "tier",
    "round",
    "place",
    "lines",
    "places",
    "group__memberships__person__user",
    "group__related_people",
    "group__accountable_bodies",
    "group__holds",
)


def rule(code: str, name: str) -> Callable[[Callable[[Application], Found]], Callable[[Application], Found]]:
    """Add a rule to the list, in the order of this page."""

    def declare(check: Callable[[Application], Found]) -> Callable[[Application], Found]:
        RULES.append(Rule(code, name, check))
        return check

    return declare


def findings(bid: Application) -> Iterator[tuple[Rule, Found]]:
    """Every rule with what it found about this bid."""
    prefetch_related_objects([bid], *READS)
    for each in RULES:
        yield each, each.check(bid)


@rule("amount", "The amount fits a size of grant on offer")
def amount(bid: Application) -> Found:
    """The amount decides the tier; outside all tiers nothing can be offered."""
    tier, asked = bid.tier, pounds(bid.requested)
    if tier is None:
        return Found(FAILED, f"{asked} is not within any size of grant in this round.")
    span = f"{tier.name}, {pounds(tier.minimum)} to {pounds(tier.maximum)}"
    fits = tier.is_open and tier.minimum <= bid.requested <= tier.maximum
    return Found(PASSED, f"{asked}: {span}.") if fits else Found(FAILED, f"{asked} does not fit {span}.")


@rule("budget", "The budget adds up")
def budget(bid: Application) -> Found:
    """What is asked for is the sum of the lines this grant would pay; all lines are the whole cost."""
    lines = list(bid.lines.all())
    asked = sum((line.amount for line in lines if line.funded_by == BidLine.FundedBy.GRANT), Decimal(0))
    total = sum((line.amount for line in lines), Decimal(0))
    if asked != bid.requested:
        return Found(
            FAILED, f"The lines for this grant add up to {pounds(asked)}, but {pounds(bid.requested)} is asked for."
        )
    if total > bid.total_cost:
        return Found(
            FAILED, f"All lines add up to {pounds(total)}, more than the total cost of {pounds(bid.total_cost)}."
        )
    number = f"{len(lines)} line{'' if len(lines) == 1 else 's'}"
    return Found(PASSED, f"{number}, {pounds(asked)} from this grant, {pounds(bid.total_cost)} in all.")


@rule("dates", "The dates are within the round")
def dates(bid: Application) -> Found:
    """Money is for activities within the round's own dates."""
    first, last = bid.round.starts_from, bid.round.ends_by
    if bid.starts_on is None or bid.ends_on is None:
        return Found(UNKNOWN, "A date is missing.")
    span = f"{day(bid.starts_on)} to {day(bid.ends_on)}"
    if bid.starts_on < first or bid.ends_on > last:
        return Found(FAILED, f"{span}. This round is for {day(first)} to {day(last)}.")
    return Found(PASSED, f"{span}.")


@rule("not_started", "Nothing has been started or paid for")
def not_started(bid: Application) -> Found:
    """Nothing retrospective: only costs after the offer is accepted can be paid."""
    if bid.starts_on is None or bid.submitted_at is None:
        return Found(UNKNOWN, "The start is not known.")
    if bid.starts_on <= london(bid.submitted_at).date():
        return Found(FAILED, f"It starts on {day(bid.starts_on)}, before the bid was sent.")
    if bid.answer_due_on and bid.starts_on <= bid.answer_due_on:
        return Found(UNKNOWN, f"It starts on {day(bid.starts_on)}; an answer is promised by {day(bid.answer_due_on)}.")
    return Found(PASSED, f"It starts on {day(bid.starts_on)}, after the answer.")


@rule("shares", "The shares of the places add up")
def shares(bid: Application) -> Found:
    """Shares make 100 percent, or money by place would be counted twice or not at all."""
    total = sum(part.share for part in bid.places.all())
    if total == 100:
        return Found(PASSED, "100% shared out.")
    return Found(FAILED, f"The shares add up to {total}%." if total else "No place is named.")


@rule("place", "It happens where the round is for, or for whom it is for")
def place(bid: Application) -> Found:
    """A priority place is a yes; everything else is for a person to judge, never a no by machine."""
    verdict = Application.PlaceVerdict(bid.place_verdict)
    if verdict == Application.PlaceVerdict.IN:
        return Found(PASSED, f"{bid.postcode or 'The activity'} is in {bid.place or 'a priority place'}.".strip())
    if verdict == Application.PlaceVerdict.NOT_SURE:
        return Found(
            UNKNOWN, f"{bid.postcode} is near {bid.place or 'a priority place'}, whose boundary is not settled."
        )
    if verdict == Application.PlaceVerdict.ELSEWHERE:
        return Found(UNKNOWN, f"{bid.postcode} is outside the priority places. See whether a priority cohort benefits.")
    return Found(UNKNOWN, f"We could not place {bid.postcode or 'the activity'}. Ask, or choose the place by hand.")


@rule("leaders", "Two unrelated people run the group")
def leaders(bid: Application) -> Found:
    """People of one household, or who told us that they are related, count as one."""
    members = [each for each in bid.group.memberships.all() if each.ends_on is None]
    ties = {frozenset((tie.person_a_id, tie.person_b_id)) for tie in bid.group.related_people.all()}
    if pair := _unrelated_pair([each for each in members if each.is_leader], ties):
        return Found(PASSED, f"{pair[0].person} and {pair[1].person}.")
    if pair := _unrelated_pair(members, ties):
        names = f"{pair[0].person} and {pair[1].person}"
        return Found(UNKNOWN, f"{names} are unrelated, but they are not both declared leaders.")
    return Found(FAILED, "There are no two people in the group who are not related and live apart.")


def _unrelated_pair(members: list[Membership], ties: set[frozenset[int]]) -> tuple[Membership, Membership] | None:
    return next(
        (
            (one, other)
            for one, other in combinations(members, 2)
            if not one.person.lives_with(other.person) and frozenset((one.person_id, other.person_id)) not in ties
        ),
        None,
    )


@rule("governing", "Somebody can hold the money")
def governing(bid: Application) -> Found:
    """A group without written rules needs a body that holds its money."""
    if not bid.group.kind:
        return Found(UNKNOWN, "The group has not said what kind of group it is.")
    if bid.group.is_constituted:
        return Found(PASSED, f"{bid.group.get_kind_display()}, so it can hold the money itself.")
    body = next((each for each in bid.group.accountable_bodies.all() if each.ends_on is None), None)
    if body is None:
        return Found(FAILED, "The group has no written rules, and no organisation is named to hold its money.")
    if body.agreement_id is None:
        return Found(UNKNOWN, f"{body.name} would hold the money. Their agreement has not been sent yet.")
    return Found(PASSED, f"{body.name} holds the money; their agreement is on file.")


@rule("previous", "No report is overdue and nothing is on hold")
def previous(bid: Application) -> Found:
    """A hold stops a new offer, so it is better known now."""
    holds = [hold for hold in bid.group.holds.all() if hold.cleared_at is None]
    if holds:
        return Found(FAILED, " ".join(f"{hold.get_kind_display()}: {hold.reason}" for hold in holds))
    return Found(PASSED, "No holds on this group.")


@rule("signals", "It is not the same as another bid")
def signals(bid: Application) -> Found:
    """Look-alikes are named for a person to compare; the machine accuses nobody."""
    alike = list(look_alikes(bid)[: SHOWN + 1])
    if not alike:
        return Found(PASSED, "No other bid has the same title, postcode, charity number or words.")
    named = "; ".join(f"{other.reference or 'a bid'} {other.title} ({other.group})" for other in alike[:SHOWN])
    return Found(UNKNOWN, f"Compare with {named}{' and others' if len(alike) > SHOWN else ''}.")


def look_alikes(bid: Application) -> QuerySet[Application]:
    """Sent bids of the same round or group that share a title, a postcode, a charity number or all their words."""
    same_round = Q(group=bid.group_id)
    if bid.postcode:
        same_round |= Q(postcode=bid.postcode)
    if bid.title:
        same_round |= Q(title__iexact=bid.title)
    if bid.search_text:
        same_round |= Q(search_text=bid.search_text)
    if bid.group.charity_number:
        same_round |= Q(group__charity_number=bid.group.charity_number)
    same_group = Q(group=bid.group_id, title__iexact=bid.title) if bid.title else Q(pk__in=[])
    gone = (Application.Status.WITHDRAWN, Application.Status.LAPSED)
    others = Application.objects.filter(submitted_at__isnull=False).exclude(pk=bid.pk).exclude(status__in=gone)
    return others.filter((Q(round=bid.round_id) & same_round) | same_group).select_related("group").order_by("pk")
