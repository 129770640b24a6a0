"""Sharing the bids out: who was asked, who could be, and an even suggestion."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, F

from grants.applications.models import Application
from grants.assessment.models import Allocation, Interest, Review
from grants.assessment.queries.members import before_panel
from grants.rounds.models import Round, Seat, Tier


@dataclass
class Share:
    """Who scores one bid, who could, and who may not."""

    application: Application
    chosen: set[int]  # seats
    out: set[int]
    undeclared: set[int]
    locked: set[int]


def shares(round_: Round, seats: Sequence[Seat]) -> list[Share]:
    """The bids of a round that wait for scores, with who was asked and who is kept away."""
    bids = list(before_panel(round_).filter(status=Application.Status.IN_ASSESSMENT).order_by("reference"))
    seat_of = {seat.person.user_id: seat.pk for seat in seats if seat.person.user_id}
    by_bid: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for bid, user, kind in Interest.objects.filter(application__in=bids).values_list("application", "user", "kind"):
        by_bid[bid]["out" if kind in Interest.OUT else "declared"].add(user)
    for bid, user in Allocation.objects.filter(application__in=bids).values_list("application", "user"):
        by_bid[bid]["chosen"].add(user)
    locked = Review.objects.filter(application__in=bids, status=Review.Status.LOCKED)
    for bid, user in locked.values_list("application", "reviewer"):
        by_bid[bid]["locked"].add(user)
    return [_share(each, by_bid[each.pk], seat_of) for each in bids]


def _share(bid: Application, users: Mapping[str, set[int]], seat_of: Mapping[int, int]) -> Share:
    seats = {name: {seat_of[user] for user in users[name] if user in seat_of} for name in ("out", "chosen", "locked")}
    declared = {seat_of[user] for user in users["declared"] if user in seat_of}
    return Share(bid, seats["chosen"], seats["out"], set(seat_of.values()) - declared - seats["out"], seats["locked"])


def short_of_scorers() -> list[tuple[Round, int]]:
    """Rounds with bids that too few people were asked to score, and how many bids."""
    bids = Application.objects.filter(
        status=Application.Status.IN_ASSESSMENT, tier__route=Tier.Route.PANEL, round__panel__isnull=False
    ).exclude(allocations__closed_at__isnull=False)
    short = bids.annotate(asked=Count("allocations")).filter(asked__lt=F("tier__reviewers_needed"))
    counts = Counter(short.values_list("round", flat=True))
    return [(each, counts[each.pk]) for each in Round.objects.filter(pk__in=counts).order_by("closes_at")]


def suggestion(given: Sequence[Share], seats: Sequence[Seat]) -> dict[int, set[int]]:
    """Scorers for each bid (seats by bid): at least as many as its size needs, nobody with a tie, the load even.

    What was chosen already stays.
    """
    usable = [seat.pk for seat in seats if seat.person.user_id]
    load = {pk: sum(pk in share.chosen for share in given) for pk in usable}
    plan = {share.application.pk: {pk for pk in share.chosen if pk not in share.out} for share in given}
    # bids with the fewest possible scorers choose first
    for share in sorted(given, key=lambda each: len(set(usable) - each.out)):
        mine = plan[share.application.pk]
        needed = share.application.tier.reviewers_needed if share.application.tier else 0
        free = [pk for pk in usable if pk not in share.out and pk not in mine]
        for pk in sorted(free, key=lambda one: (load[one], usable.index(one)))[: max(needed - len(mine), 0)]:
            mine.add(pk)
            load[pk] += 1
    return plan
