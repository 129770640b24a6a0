"""How the bids stand: the scores that count, weighted, with what the meeting should look at."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Prefetch

from communities.core.permissions import Actor
from grants.applications.models import Application
from grants.assessment.models import Allocation, Interest, Review, Score
from grants.assessment.permissions import seen_of
from grants.assessment.queries.members import before_panel
from grants.rounds.models import Criterion, CriterionWeight, Round

TENTH = Decimal("0.1")
SAFE_MEAN = 50  # the least overall score that is safe to fund (domain: 50 of 100)
WIDE = 3  # a spread that the meeting has to talk about


def criteria_of(application: Application) -> list[Criterion]:
    """What a bid of this size is scored on, in order, with its descriptors."""
    weighted = CriterionWeight.objects.filter(tier=application.tier_id).values("criterion")
    return list(Criterion.objects.filter(pk__in=weighted).order_by("order").prefetch_related("descriptors").distinct())


def scores_of(application: Application, user: Actor) -> list[Review]:
    """The reviews of a bid that this person may see, own first."""
    reviews = (
        Review.objects.filter(seen_of(user, application), application=application)
        .select_related("reviewer")
        .prefetch_related(Prefetch("scores", Score.objects.select_related("criterion").order_by("criterion__order")))
    )
    return sorted(reviews, key=lambda each: each.reviewer_id != user.pk)


def words_of(application: Application) -> list[str]:
    """What the scorers whose scores count wrote overall: the start of the letter to the group."""
    return [review.overall for review in counted([application])[application.pk] if review.overall]


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
    return standings(before_panel(round_).defer("search_text"))


def standings(applications: Iterable[Application]) -> list[Standing]:
    """How these bids stand: locked reviews of people without a tie, weighted. Five queries, however many bids."""
    bids = list(applications)
    weights = _weights({each.tier_id for each in bids})
    given = _given(bids)
    asked: dict[int, int] = defaultdict(int)
    for pk in Allocation.objects.filter(application__in=bids).values_list("application", flat=True):
        asked[pk] += 1
    rows = [_standing(each, weights.get(each.tier_id, []), given[each.pk], asked[each.pk]) for each in bids]
    rows.sort(key=_order)
    for number, row in enumerate((row for row in rows if row.totals), start=1):
        row.rank = number
    return rows


def _weights(tiers: Collection[int | None]) -> dict[int | None, list[CriterionWeight]]:
    found: dict[int | None, list[CriterionWeight]] = defaultdict(list)
    for each in CriterionWeight.objects.filter(tier__in=tiers).select_related("criterion").order_by("criterion__order"):
        found[each.tier_id].append(each)
    return found


def counted(bids: Sequence[Application]) -> Mapping[int, list[Review]]:
    """The locked reviews that count, by bid: not those of people who turned out to have a tie."""
    out = set(Interest.objects.filter(application__in=bids, kind__in=Interest.OUT).values_list("application", "user"))
    found: dict[int, list[Review]] = defaultdict(list)
    for each in Review.objects.filter(application__in=bids, status=Review.Status.LOCKED):
        if (each.application_id, each.reviewer_id) not in out:
            found[each.application_id].append(each)
    return found


def _given(bids: Sequence[Application]) -> Mapping[int, list[dict[int, int]]]:
    """What each scorer whose scores count gave, by bid: the score of each criterion."""
    by_review: dict[int, dict[int, int]] = defaultdict(dict)
    scores = Score.objects.filter(review__application__in=bids, review__status=Review.Status.LOCKED)
    for review, criterion, value in scores.values_list("review", "criterion", "value"):
        by_review[review][criterion] = value
    found: dict[int, list[dict[int, int]]] = defaultdict(list)
    for bid, reviews in counted(bids).items():
        found[bid] = [by_review[each.pk] for each in reviews]
    return found


def _standing(
    bid: Application, weights: Sequence[CriterionWeight], given: Sequence[dict[int, int]], asked: int
) -> Standing:
    marks = [
        Marks(
            each.criterion,
            each.weight,
            each.floor,
            tuple(s[each.criterion_id] for s in given if each.criterion_id in s),
        )
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
    mean = row.mean
    return (
        mean is None,
        -(mean or 0),
        -(first or 0),
        row.application.requested,
        row.application.submitted_at is None,
        row.application.submitted_at,
        row.application.pk,
    )
