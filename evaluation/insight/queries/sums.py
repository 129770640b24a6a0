"""What awards add up to: sums by round, written down where nothing has happened since, added up afresh elsewhere.

The chain of events tells what has changed. A round's sums are kept with the place in the chain up to which they hold;
a later event of one of its bids, sealed or not, and they count no longer. So nothing that is shown can be out of date.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import (
    Count,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.fields.json import KT

from communities.core.models import Event
from communities.core.sealing import unsealed
from evaluation.insight.models import RoundSums
from evaluation.reports.models import PEOPLE, Observation, ReportRequirement, TargetResult
from evaluation.reports.queries import agreed_targets
from grants.applications.models import Application
from grants.awards.models import Award, AwardCohort, AwardPlace, AwardTarget
from grants.rounds.models import Round

IMD = "2019"
Key = tuple[Any, ...]
Number = Decimal | None  # None: nothing was said
Numbers = list[Number]
Sums = dict[Key, Numbers]
Rounds = Collection[int] | None  # None: all

S = Award.Status
STANDING = (S.OFFERED, S.ACCEPTED, S.ACTIVE, S.COMPLETED, S.CLOSED)
ACCEPTED = Q(report__status="accepted")
PLACE, GOAL = ("where", "place__code"), "award__goals__goal__number"


def of_awards(rounds: Rounds, award: str = "award__") -> Q:
    """Rows of awards whose money is promised or spent: not turned down, not run out."""
    chosen = Q(**{f"{award}status__in": STANDING})
    return chosen if rounds is None else chosen & Q(**{f"{award}application__round__in": rounds})


def _targets(rounds: Rounds) -> QuerySet[AwardTarget]:
    return agreed_targets().filter(of_awards(rounds, "version__award__"))


def _main_goals(rounds: Rounds) -> QuerySet[AwardPlace]:
    return AwardPlace.objects.filter(of_awards(rounds), award__goals__is_primary=True)


def _awards(rounds: Rounds) -> Sums:
    """All: awards, those whose postcode and whose small area is known, pounds."""
    placed = Count("pk", filter=~Q(application__postcode=""))
    return _sums(Award.objects.filter(of_awards(rounds, "")), (), Count("pk"), placed, Count("lsoa"), Sum("amount"))


def _reports(rounds: Rounds) -> Sums:
    """All: reports that are wanted, due or not, and those that are accepted."""
    return reports_wanted(Q(), rounds)


def reports_wanted(which: Q, rounds: Rounds) -> Sums:
    """The same of some."""
    return _sums(
        ReportRequirement.objects.filter(which, of_awards(rounds)), (), Count("pk"), Count("pk", filter=ACCEPTED)
    )


def _agreed(rounds: Rounds) -> Sums:
    """By indicator (none: in groups' own words): targets, and what they aim for."""
    return _sums(_targets(rounds), ("indicator",), Count("pk"), Sum("value"))


def _told(rounds: Rounds) -> Sums:
    """The same of targets that an accepted report speaks of. (By itself it is quicker than beside the others.)"""
    told = Exists(TargetResult.objects.filter(ACCEPTED, target=OuterRef("pk")))
    return _sums(_targets(rounds).filter(told), ("indicator",), Count("pk"), Sum("value"))


def _reached(rounds: Rounds) -> Sums:
    """By indicator: the latest figures of targets, added up, and how many they are. A correction counts instead."""
    later = Observation.objects.filter(target=OuterRef("target"), number__gt=OuterRef("number"))
    seen = Observation.objects.filter(~Exists(later), of_awards(rounds), target__isnull=False)
    return _sums(seen, ("indicator",), Sum("value"), Count("pk"))


def _figures(rounds: Rounds) -> Sums:
    """All: figures, and those with evidence or checked by an officer."""
    checked = Count("pk", filter=Q(evidence__gte=Observation.Evidence.ATTACHED))
    return _sums(Observation.objects.filter(of_awards(rounds)), (), Count("pk"), checked)


def _places(rounds: Rounds) -> Sums:
    """By place: awards, pounds."""
    return _sums(AwardPlace.objects.filter(of_awards(rounds)), PLACE, Count("pk"), Sum("amount"))


def _places_and_goals(rounds: Rounds) -> Sums:
    """By place and main goal: awards, pounds. (An award is once in a place.)"""
    return _sums(_main_goals(rounds), (*PLACE, GOAL), Count("pk"), Sum("amount"))


def _reported(rounds: Rounds) -> Sums:
    """By place and main goal: awards with an accepted report."""
    reported = Exists(ReportRequirement.objects.filter(ACCEPTED, award=OuterRef("award")))
    return _sums(_main_goals(rounds).filter(reported), (*PLACE, GOAL), Count("pk"))


def _cohorts(rounds: Rounds) -> Sums:
    """By cohort and main goal: pounds."""
    shares = AwardCohort.objects.filter(of_awards(rounds), award__goals__is_primary=True)
    return _sums(shares, ("cohort__code", GOAL), Sum("amount"))


def _people(rounds: Rounds) -> Sums:
    """By place: awards that counted their people, and the people, shared out as the money is."""
    # the award's own count of people, as last corrected: targets that count people have a target
    later = Observation.objects.filter(
        award=OuterRef("award"), indicator__code=PEOPLE, target=None, number__gt=OuterRef("award__observations__number")
    )
    final = Q(award__observations__indicator__code=PEOPLE, award__observations__target=None)
    counted = AwardPlace.objects.filter(of_awards(rounds), final, ~Exists(later))
    return _sums(counted, PLACE, Count("pk"), Sum(SHARED))


# an exact share: SQLite would divide whole numbers as whole numbers
SHARED = ExpressionWrapper(
    F("award__observations__value") * F("share") * Value(Decimal("0.01")),
    output_field=DecimalField(max_digits=16, decimal_places=4),
)


def _tenths(rounds: Rounds) -> Sums:
    """By tenth of deprivation of where it happens, as the award was decided: awards, pounds."""
    awards = Award.objects.filter(of_awards(rounds, "")).annotate(tenth=KT(f"measures__measures__imd-{IMD}-decile"))
    return _sums(awards, ("tenth",), Count("pk"), Sum("amount"))


KINDS: dict[str, Callable[[Rounds], Sums]] = {
    "awards": _awards,
    "reports": _reports,
    "agreed": _agreed,
    "told": _told,
    "reached": _reached,
    "figures": _figures,
    "places": _places,
    "places_and_goals": _places_and_goals,
    "reported": _reported,
    "cohorts": _cohorts,
    "people": _people,
    "tenths": _tenths,
}


def _sums(rows: QuerySet[Any], by: tuple[str, ...], *numbers: Any) -> Sums:
    """Numbers by key. A place is its code, or what it is called where it is none of the fund's places."""
    names = [f"number_{place}" for place in range(len(numbers))]
    named = dict(zip(names, numbers, strict=True))
    found = rows.values(*by).annotate(**named) if by else [rows.aggregate(**named)]
    return {_key(row, by): [_number(row[name]) for name in names] for row in found}


def _number(value: Any) -> Number:
    return None if value is None else Decimal(value)


def _key(row: Mapping[str, Any], by: tuple[str, ...]) -> Key:
    if by[:2] == PLACE:
        return (row["place__code"] or row["where"], *(row[name] for name in by[2:]))
    return tuple(row[name] for name in by)


def merged(parts: Iterable[Iterable[tuple[Key, Numbers]]]) -> Sums:
    """Several sums as one."""
    total: Sums = {}
    for part in parts:
        for key, numbers in part:
            before = total.get(key)
            total[key] = [*map(_plus, before, numbers)] if before else numbers
    return total


def _plus(one: Number, other: Number) -> Number:
    return other if one is None else one if other is None else one + other


class Kept:
    """The sums of all rounds, for one page: what still holds of what is written down, and the rest."""

    @cached_property
    def changed(self) -> Rounds:
        """The rounds whose sums are added up afresh. None: all, since nothing is written down."""
        upto = RoundSums.objects.aggregate(least=Min("upto"))["least"]
        if upto is None:
            return None
        known = set(RoundSums.objects.values_list("round", flat=True))
        rounds = set(Round.objects.values_list("pk", flat=True))
        return sorted((rounds - known) | changed_since(upto))

    def sums(self, kind: str, round_: Round | None) -> Sums:
        """What awards of a round, or of all rounds, add up to."""
        if round_ is not None:
            return KINDS[kind]([round_.pk])
        changed = self.changed
        if changed is None:
            return KINDS[kind](None)
        fresh = KINDS[kind](changed) if changed else {}
        return merged([fresh.items(), *(self._written(kind, changed))])

    def _written(self, kind: str, changed: Collection[int]) -> Iterator[Iterator[tuple[Key, Numbers]]]:
        kept = RoundSums.objects.exclude(round__in=changed).values_list(f"sums__{kind}", flat=True)
        for rows in kept:
            yield ((tuple(key), [*map(_number, numbers)]) for key, numbers in rows)


def changed_since(upto: int) -> set[int]:
    """The rounds with an event of one of their bids after a place in the chain, or without a place yet."""
    later = Event.objects.filter(link__position__gt=upto).values("case")
    bids = Application.objects.filter(Q(case__in=later) | Q(case__in=unsealed().order_by().values("case")))
    return set(bids.values_list("round", flat=True).distinct())


def written(round_: int) -> dict[str, Any]:
    """The sums of a round as they are written down."""
    return {
        kind: [[key, [*map(_plain, numbers)]] for key, numbers in add([round_]).items()] for kind, add in KINDS.items()
    }


def _plain(number: Number) -> str | None:
    return None if number is None else str(number)
