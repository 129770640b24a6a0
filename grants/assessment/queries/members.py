"""Who sits on a panel, what they said about their ties, and what each bid asks of them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, When, Window
from django.db.models.functions import RowNumber

from communities.core.permissions import Actor
from communities.groups.models import Membership
from grants.applications.models import Application
from grants.assessment.models import Allocation, Interest, Review
from grants.assessment.permissions import BEFORE_PANEL, sits_on
from grants.rounds.models import Panel, Round, Seat, Tier

LISTED = 20  # bids of a round on one page of the panel, also at its meeting


def seats_of(round_: Round) -> list[Seat]:
    """The people who sit on a round's panel now, chair first."""
    order = {Seat.Role.CHAIR: 0, Seat.Role.VICE: 1}
    seats = Seat.objects.filter(panel__round=round_, left_on=None).select_related("person__user")
    return sorted(seats, key=lambda seat: (order.get(Seat.Role(seat.role), 2), seat.pk))


def before_panel(round_: Round) -> QuerySet[Application]:
    """The bids of a round that its panel has to decide or has decided."""
    return Application.objects.filter(
        round=round_,
        status__in=(Application.Status.IN_ASSESSMENT, Application.Status.DECIDED),
        tier__route=Tier.Route.PANEL,
    ).select_related("group", "tier", "place")


def panels_for(user: Actor) -> QuerySet[Round]:
    """The published rounds whose panel this person sits on or runs, newest first."""
    panels = Panel.objects.visible_to(user).values("pk")
    return Round.objects.filter(panel__in=panels, status=Round.Status.PUBLISHED).select_related("panel", "budget")


TO_DECLARE = Q(said=None)
TO_SCORE = Q(said__in=Interest.IN, scores=True)


def _asking(user: Actor, rounds: Sequence[Round]) -> QuerySet[Application]:
    """The bids of these rounds before this person's panel: what they `said` of their tie, whether they `scores`."""
    mine = {"user": user.pk, "application": OuterRef("pk")}
    locked = Review.objects.filter(reviewer=user.pk, application=OuterRef("pk"), status=Review.Status.LOCKED)
    bids = Application.objects.filter(
        status__in=BEFORE_PANEL,
        tier__route=Tier.Route.PANEL,
        round__in=rounds,
        round__panel__in=Panel.objects.filter(sits_on(user)),
    )
    return bids.annotate(
        said=Subquery(Interest.objects.filter(**mine).values("kind")[:1]),
        scores=Case(
            When(Exists(Allocation.objects.filter(**mine, closed_at=None)) & ~Exists(locked), then=True), default=False
        ),
    )


def work(user: Actor, rounds: Sequence[Round]) -> dict[int, dict[str, int]]:
    """How many bids of these rounds come before a member, and how many wait for their word and for their scores."""
    nothing = {"total": 0, "to_declare": 0, "to_score": 0}
    counts = {
        "total": Count("pk"),
        "to_declare": Count("pk", filter=TO_DECLARE),
        "to_score": Count("pk", filter=TO_SCORE),
    }
    rows: Any = _asking(user, rounds).order_by().values("round").annotate(**counts)
    found: dict[int, dict[str, int]] = {row.pop("round"): row for row in rows}
    return {each.pk: found.get(each.pk, nothing) for each in rounds}


def interests_of(user: Actor, applications: Collection[Application]) -> dict[int, Interest]:
    """What this person said about each bid."""
    found = Interest.objects.filter(user=user.pk, application__in=[each.pk for each in applications])
    return {each.application_id: each for each in found}


def is_out(user: Actor, application: Application) -> bool:
    """Whether a tie keeps this person away from the bid."""
    return Interest.objects.filter(user=user.pk, application=application, kind__in=Interest.OUT).exists()


def has_declared(user: Actor, application: Application) -> bool:
    """Whether this person has said what ties them to the bid, and may go on."""
    return Interest.objects.filter(user=user.pk, application=application, kind__in=Interest.IN).exists()


@dataclass(frozen=True)
class Task:
    """What one bid asks of a panel member."""

    application: Application
    interest: Interest | None = None
    allocation: Allocation | None = None
    review: Review | None = None

    @property
    def is_open(self) -> bool:
        """Whether the papers open for the member."""
        return self.interest is not None and not self.interest.is_out

    @property
    def to_score(self) -> bool:
        """Whether the member was asked and has still to lock."""
        waits = self.review is None or self.review.status == Review.Status.DRAFT
        return self.is_open and waits and self.allocation is not None and self.allocation.closed_at is None

    @property
    def state(self) -> tuple[str, str]:
        """Where the member stands with this bid, in words and as a colour."""
        if self.interest is None:
            return "To declare", "blue"
        if self.interest.is_out:
            return "You have left this bid", "grey"
        if self.to_score:
            return ("Not locked yet", "yellow") if self.review else ("To score", "blue")
        return ("Scores locked", "green") if self.review and self.review.locked_at else ("To read", "grey")


def tasks(user: Actor, bids: Sequence[Application]) -> list[Task]:
    """What these bids ask of a member. Three queries, however many bids."""
    interests = interests_of(user, bids)
    asked = {each.application_id: each for each in Allocation.objects.filter(user=user.pk, application__in=bids)}
    reviews = {each.application_id: each for each in Review.objects.filter(reviewer=user.pk, application__in=bids)}
    return [Task(bid, interests.get(bid.pk), asked.get(bid.pk), reviews.get(bid.pk)) for bid in bids]


def listed(user: Actor, rounds: Sequence[Round], page: int = 1) -> dict[int, list[Task]]:
    """One page of each round's bids with what they ask of a member; what waits for them comes first."""
    waits = Case(When(TO_DECLARE | TO_SCORE, then=0), default=1)
    place = Window(RowNumber(), partition_by="round", order_by=[waits, "reference"])
    bids = _asking(user, rounds).annotate(place_in_round=place).select_related("group").defer("search_text")
    shown = bids.filter(place_in_round__gt=(page - 1) * LISTED, place_in_round__lte=page * LISTED)
    found: dict[int, list[Task]] = {each.pk: [] for each in rounds}
    for task in tasks(user, list(shown.order_by("round", "place_in_round"))):
        found[task.application.round_id].append(task)
    return found


def people_of(bids: Collection[Application]) -> dict[int, list[str]]:
    """The names of the people of each bid's group, so that a member can say whom they know."""
    names: dict[int, list[str]] = defaultdict(list)
    rows = Membership.objects.filter(group__in={bid.group_id for bid in bids}, ends_on=None).select_related("person")
    for each in rows.order_by("pk"):
        names[each.group_id].append(each.person.full_name)
    return {bid.pk: names[bid.group_id] for bid in bids}
