"""What members are asked for, who ties whom to a bid, and how the bids stand."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, F, Prefetch, QuerySet

from communities.core.permissions import Actor
from communities.groups.models import Membership
from communities.people.models import Person, User
from grants.applications.models import Application
from grants.assessment.models import Allocation, Interest, Review, Score
from grants.assessment.permissions import seated
from grants.rounds.models import Criterion, CriterionWeight, Panel, Round, Seat, Tier

TENTH = Decimal("0.1")
SAFE_MEAN = 50  # the least overall score that is safe to fund (domain: 50 of 100)
WIDE = 3  # a spread that the meeting has to talk about


# -- who has a say -------------------------------------------------------------------------------------------------


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


def work(user: Actor, rounds: Sequence[Round]) -> dict[int, dict[str, Any]]:
    """What the bids of these rounds ask of a member, and how many wait for what."""
    bids = list(
        Application.objects.filter(seated(user), round__in=rounds)
        .select_related("group", "tier", "place").order_by("reference").distinct()
    )  # fmt: skip
    by_round: dict[int, list[Task]] = defaultdict(list)
    for task in tasks(user, bids):
        by_round[task.application.round_id].append(task)
    return {
        each.pk: {
            "tasks": by_round[each.pk],
            "to_declare": sum(task.interest is None for task in by_round[each.pk]),
            "to_score": sum(task.to_score for task in by_round[each.pk]),
        }
        for each in rounds
    }


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
            return "Say what ties you to it", "blue"
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


def people_of(bids: Collection[Application]) -> dict[int, list[str]]:
    """The names of the people of each bid's group, so that a member can say whom they know."""
    names: dict[int, list[str]] = defaultdict(list)
    rows = Membership.objects.filter(group__in={bid.group_id for bid in bids}, ends_on=None).select_related("person")
    for each in rows.order_by("pk"):
        names[each.group_id].append(each.person.full_name)
    return {bid.pk: names[bid.group_id] for bid in bids}


# -- ties that the system sees -------------------------------------------------------------------------------------


def matches(user: Any, applications: Collection[Application]) -> dict[int, list[str]]:
    """What looks like a tie between this person and the people of a bid's group. It asks, it never locks."""
    me: Person | None = getattr(user, "person", None)
    groups = {each.group_id for each in applications}
    found: dict[int, list[str]] = defaultdict(list)
    for membership in Membership.objects.filter(group__in=groups, ends_on=None).select_related("person", "group"):
        for sentence in _ties(user, me, membership):
            if sentence not in found[membership.group_id]:
                found[membership.group_id].append(sentence)
    return {each.pk: found[each.group_id] for each in applications if found.get(each.group_id)}


def _ties(user: User, me: Person | None, membership: Membership) -> Iterable[str]:
    other = membership.person
    if other.user_id == user.pk or (me and other.pk == me.pk):
        yield "You are listed as one of this group’s people."
        return
    addresses = {address.lower() for address in (user.email, me.email if me else "") if address}
    if other.email.lower() in addresses:
        yield "Somebody in this group uses your e-mail address."
    if me and me.household_id and me.household_id == other.household_id:
        yield "Somebody in this group is recorded as living with you."
    if me and _digits(me.phone) and _digits(me.phone) == _digits(other.phone):
        yield "Somebody in this group has your phone number."
    if _surname(me.full_name if me else user.full_name) == _surname(other.full_name) and _near(me, membership):
        yield "Somebody in this group has your family name and your postcode."


def _digits(text: str) -> str:
    return re.sub(r"^(?:44|0)", "", re.sub(r"\D", "", text))


def _surname(name: str) -> str:
    return name.split()[-1].casefold() if name.split() else ""


def _near(me: Person | None, membership: Membership) -> bool:
    mine = _postcode(getattr(me, "postcode", ""))
    return bool(mine) and mine in {
        _postcode(getattr(membership.person, "postcode", "")), _postcode(membership.group.postcode),
    }  # fmt: skip


def _postcode(text: str) -> str:
    return re.sub(r"\s", "", text).upper()


# -- scores --------------------------------------------------------------------------------------------------------


def criteria_of(application: Application) -> list[Criterion]:
    """What a bid of this size is scored on, in order, with its descriptors."""
    weighted = CriterionWeight.objects.filter(tier=application.tier_id).values("criterion")
    return list(
        Criterion.objects.filter(pk__in=weighted).order_by("order").prefetch_related("descriptors").distinct()
    )


def scores_of(application: Application, user: Actor) -> list[Review]:
    """The reviews of a bid that this person may see, own first."""
    reviews = (
        Review.objects.visible_to(user)
        .filter(application=application)
        .select_related("reviewer")
        .prefetch_related(Prefetch("scores", Score.objects.select_related("criterion").order_by("criterion__order")))
    )
    return sorted(reviews, key=lambda each: each.reviewer_id != user.pk)


def words_of(application: Application) -> list[str]:
    """What the scorers whose scores count wrote overall: the start of the letter to the group."""
    return [review.overall for review in _counted([application])[application.pk] if review.overall]


@dataclass(frozen=True)
class Marks:
    """How one criterion of a bid was scored."""

    criterion: Criterion
    weight: int
    floor: int
    values: tuple[int, ...]

    @property
    def mean(self) -> Decimal | None:
        """The mean of the scores, one decimal."""
        return rounded(Decimal(sum(self.values)) / len(self.values)) if self.values else None

    @property
    def low(self) -> int | None:
        """The lowest score somebody gave."""
        return min(self.values, default=None)

    @property
    def high(self) -> int | None:
        """The highest score somebody gave."""
        return max(self.values, default=None)

    @property
    def spread(self) -> int:
        """How far apart the scores are."""
        return max(self.values) - min(self.values) if self.values else 0

    @property
    def is_wide(self) -> bool:
        """Whether the meeting has to talk about it."""
        return self.spread >= WIDE

    @property
    def is_low(self) -> bool:
        """Whether the mean is under the least that is safe to fund."""
        return bool(self.values) and Decimal(sum(self.values)) / len(self.values) < self.floor


@dataclass
class Standing:
    """Where one bid stands among the others."""

    application: Application
    asked: int = 0
    totals: list[Decimal] = field(default_factory=list)
    marks: list[Marks] = field(default_factory=list)
    rank: int | None = None

    @property
    def mean(self) -> Decimal | None:
        """The bid's score: the mean of the locked reviews, 0 to 100."""
        return rounded(sum(self.totals, Decimal(0)) / len(self.totals)) if self.totals else None

    @property
    def low(self) -> Decimal | None:
        """The lowest total that somebody gave."""
        return rounded(min(self.totals)) if self.totals else None

    @property
    def high(self) -> Decimal | None:
        """The highest total that somebody gave."""
        return rounded(max(self.totals)) if self.totals else None

    @property
    def wide(self) -> list[Marks]:
        """Criteria on which the scorers are far apart."""
        return [each for each in self.marks if each.is_wide]

    @property
    def below(self) -> list[str]:
        """Why funding this bid would need a recorded reason."""
        low = [f"{each.criterion.name}: {each.mean} of 5, below {each.floor}" for each in self.marks if each.is_low]
        if self.mean is not None and self.mean < SAFE_MEAN:
            low.insert(0, f"Overall: {self.mean}, below {SAFE_MEAN}")
        return low


def rounded(value: Decimal) -> Decimal:
    """One decimal, half up, as people round."""
    return value.quantize(TENTH, ROUND_HALF_UP)


def ranking(round_: Round) -> list[Standing]:
    """The bids before a round's panel, best first, by the scores that count."""
    return standings(before_panel(round_))


def standings(applications: Iterable[Application]) -> list[Standing]:
    """How these bids stand: locked reviews of people without a tie, weighted. Five queries, however many bids."""
    bids = list(applications)
    weights = _weights({each.tier_id for each in bids})
    reviews = _counted(bids)
    asked: dict[int, int] = defaultdict(int)
    for pk in Allocation.objects.filter(application__in=bids).values_list("application", flat=True):
        asked[pk] += 1
    rows = [_standing(each, weights.get(each.tier_id, []), reviews[each.pk], asked[each.pk]) for each in bids]
    rows.sort(key=_order)
    for number, row in enumerate((row for row in rows if row.totals), start=1):
        row.rank = number
    return rows


def _weights(tiers: Collection[int | None]) -> dict[int | None, list[CriterionWeight]]:
    found: dict[int | None, list[CriterionWeight]] = defaultdict(list)
    for each in CriterionWeight.objects.filter(tier__in=tiers).select_related("criterion").order_by("criterion__order"):
        found[each.tier_id].append(each)
    return found


def _counted(bids: Sequence[Application]) -> Mapping[int, list[Review]]:
    out = set(
        Interest.objects.filter(application__in=bids, kind__in=Interest.OUT).values_list("application", "user")
    )
    found: dict[int, list[Review]] = defaultdict(list)
    for each in Review.objects.filter(application__in=bids, status=Review.Status.LOCKED).prefetch_related("scores"):
        if (each.application_id, each.reviewer_id) not in out:
            found[each.application_id].append(each)
    return found


def _standing(
    bid: Application, weights: Sequence[CriterionWeight], reviews: Sequence[Review], asked: int
) -> Standing:
    given = [{score.criterion_id: score.value for score in review.scores.all()} for review in reviews]
    marks = [
        Marks(each.criterion, each.weight, each.floor, tuple(s[each.criterion_id] for s in given if each.criterion_id in s))
        for each in weights
    ]
    totals = [
        sum((Decimal(each.weight * scores.get(each.criterion_id, 0)) / 5 for each in weights), Decimal(0))
        for scores in given
    ]
    return Standing(bid, asked, totals, marks)


def _order(row: Standing) -> tuple[Any, ...]:
    """Best mean first; equal ones by the first criterion, then the smaller request, then who sent first."""
    first = row.marks[0].mean if row.marks and row.marks[0].values else None
    mean, first = row.mean, first
    return (
        mean is None,
        -(mean or 0),
        -(first or 0),
        row.application.requested,
        row.application.submitted_at is None,
        row.application.submitted_at,
        row.application.pk,
    )


# -- sharing the work out ------------------------------------------------------------------------------------------


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
    What was chosen already stays."""
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
