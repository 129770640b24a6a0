"""What was reached against what was agreed. What nobody reported stays in sight."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Sum, Value

from communities.framework.models import Indicator
from evaluation.insight.queries.known import Known
from evaluation.insight.queries.money import STANDING, drill, of_awards
from evaluation.insight.queries.sheets import NOT_REPORTED, Cell, Column, Sheet
from evaluation.reports.models import PEOPLE, Observation, ReportRequirement, TargetResult
from grants.awards.models import AwardPlace, AwardTarget, AwardVersion
from grants.rounds.models import Round

ACCEPTED = Q(report__status="accepted")


def agreed_targets(round_: Round | None = None) -> QuerySet[AwardTarget]:
    """The targets of each award's latest agreement."""
    later = AwardVersion.objects.filter(award=OuterRef("version__award"), number__gt=OuterRef("version__number"))
    targets = AwardTarget.objects.filter(~Exists(later), version__award__status__in=STANDING)
    return targets.filter(version__award__application__round=round_) if round_ else targets


def told_of(targets: QuerySet[AwardTarget]) -> QuerySet[AwardTarget]:
    """Those of which an accepted report speaks: asked for by themselves, which is quicker than beside the others."""
    return targets.filter(Exists(TargetResult.objects.filter(ACCEPTED, target=OuterRef("pk"))))


def against_targets(round_: Round | None, known: Known) -> Sheet:
    """By indicator: agreed, reached, and how many awards have not said."""
    targets = agreed_targets(round_)
    agreed = {"targets": Count("pk"), "planned": Sum("value")}
    found = targets.values("indicator").annotate(**agreed).order_by("indicator__order")
    told = {row["indicator"]: row for row in told_of(targets).values("indicator").annotate(**agreed)}
    actual = {
        row["indicator"]: row
        for row in _observed(round_)
        .values("indicator")
        .annotate(total=Sum("value"), n=Count("pk"), asked=Sum("respondents"))
    }
    names = {
        one.pk: one for one in Indicator.objects.filter(pk__in=[row["indicator"] for row in found if row["indicator"]])
    }
    sheet = Sheet("targets", "Reached against agreed", TARGET_COLUMNS)
    sheet.rows = [
        _target_row(
            row, told.get(row["indicator"], NONE_TOLD), names.get(row["indicator"]), actual.get(row["indicator"])
        )
        for row in found
    ]
    sheet.notes = [
        "A figure that counts people may count a person more than once across awards.",
        "“Agreed, of those who told us” is what the reported figure can be held against.",
    ]
    return sheet


TARGET_COLUMNS = (
    Column("indicator", "What is counted", "The indicator of the catalogue; or targets in groups' own words", "text"),
    Column("unit", "Unit", "What one of it is", "text"),
    Column("targets", "Targets", "How many awards agreed a target"),
    Column("agreed", "Agreed", "The sum of what was agreed, for indicators that can be added up"),
    Column("agreed_told", "Agreed, of those who told us", "The same for the awards whose report is accepted"),
    Column("reached", "Reached", "The sum (or the mean) of what accepted reports say"),
    Column("told", "Told us", "How many awards have an accepted report with this figure"),
    Column("not_reported", NOT_REPORTED, "How many awards have not told us yet"),
)


NONE_TOLD: Mapping[str, Any] = {"targets": 0, "planned": None}


def _target_row(
    row: Mapping[str, Any], told: Mapping[str, Any], indicator: Indicator | None, actual: Mapping[str, Any] | None
) -> list[Cell]:
    sums = indicator is not None and indicator.aggregation == Indicator.Aggregation.SUM
    mean = indicator is not None and indicator.aggregation == Indicator.Aggregation.MEAN
    value = actual["total"] if actual and sums else actual["total"] / actual["n"] if actual and mean else None
    return [
        Cell(str(indicator) if indicator else "In groups’ own words", "text"),
        Cell(indicator.unit if indicator else "", "text"),
        Cell(row["targets"]),
        Cell(row["planned"] if sums else None),
        Cell(told["planned"] if sums else None, missing=NOT_REPORTED if sums else ""),
        Cell(value if value is None else round(Decimal(value), 2), missing=NOT_REPORTED if indicator else ""),
        Cell(told["targets"]),
        Cell(row["targets"] - told["targets"]),
    ]


def _observed(round_: Round | None) -> QuerySet[Observation]:
    """The latest figure of each target; a correction counts instead of what it corrects."""
    latest = Observation.objects.filter(target=OuterRef("target"), number__gt=OuterRef("number"))
    seen = Observation.objects.filter(~Exists(latest), target__isnull=False, award__status__in=STANDING)
    return seen.filter(award__application__round=round_) if round_ else seen


def by_place_and_goal(round_: Round | None, known: Known) -> Sheet:
    """How many targets were met, by place and main goal: met of told, and told of agreed."""
    shares = AwardPlace.objects.filter(of_awards(round_), award__goals__is_primary=True)
    reported = ReportRequirement.objects.filter(ACCEPTED, award=OuterRef("award"))
    awards, told = _counted(shares), _counted(shares.filter(Exists(reported)))
    goals = known.goals
    columns = [Column("place", "Place", "The place that the group named", "text")]
    columns += [
        Column(
            f"goal_{goal.number}",
            str(goal.number),
            f"{goal.name}: awards with an accepted report, of all awards",
            "text",
        )
        for goal in goals
    ]
    sheet = Sheet("reports-by-place-and-goal", "Awards that told us what changed, of all awards", columns)
    for _, code, label in known.place_rows:
        cells = []
        for goal in goals:
            here = (code, goal.number)
            text = f"{told.get(here, 0)} of {awards[here]}" if here in awards else None
            cells.append(Cell(text, "number", drill(round_, place=code, goal=goal.number) if text else ""))
        sheet.rows.append([Cell(label, "text"), *cells])
    sheet.notes = ["An award in two places counts in both, so rows do not add up."]
    return sheet


def _counted(shares: QuerySet[AwardPlace]) -> dict[tuple[str, int], int]:
    """How many awards there are in each place with each main goal. (An award is once in a place.)"""
    rows = shares.values("where", "place__code", "award__goals__goal__number").annotate(awards=Count("pk"))
    return {(row["place__code"] or row["where"], row["award__goals__goal__number"]): row["awards"] for row in rows}


def people_reached(round_: Round | None, known: Known) -> Sheet:
    """Different people reached by place, as reports say, with the awards that have not said."""
    places = AwardPlace.objects.filter(of_awards(round_)).values("where", "place__code")
    awards = {row["place__code"] or row["where"]: row["n"] for row in places.annotate(n=Count("pk"))}
    # the award's own count of people, as last corrected: targets that count people have a target
    later = Observation.objects.filter(
        award=OuterRef("award"), indicator__code=PEOPLE, target=None, number__gt=OuterRef("award__observations__number")
    )
    final = Q(award__observations__indicator__code=PEOPLE, award__observations__target=None)
    found: dict[str, Mapping[str, Any]] = {
        row["place__code"] or row["where"]: row
        for row in places.filter(final, ~Exists(later)).annotate(told=Count("pk"), people=Sum(SHARED))
    }
    sheet = Sheet("people-reached", "Different people reached", PEOPLE_COLUMNS)
    for _, code, label in known.place_rows:
        row = found.get(code, {"told": 0, "people": None})
        people = None if row["people"] is None else round(row["people"])
        sheet.rows.append(
            [
                Cell(label, "text"),
                Cell(people, missing=NOT_REPORTED),
                Cell(row["told"]),
                Cell(awards.get(code, 0) - row["told"]),
            ]
        )
    sheet.notes = [
        "Each group counts its people once; somebody who came to two groups is counted twice.",
        "People of an award in several places are shared out as its money is.",
    ]
    return sheet


# an exact share: SQLite would divide whole numbers as whole numbers
SHARED = ExpressionWrapper(
    F("award__observations__value") * F("share") * Value(Decimal("0.01")),
    output_field=DecimalField(max_digits=16, decimal_places=4),
)
PEOPLE_COLUMNS = (
    Column("place", "Place", "The place that the group named", "text"),
    Column("people", "People", "Different people, as accepted reports say"),
    Column("told", "Awards that told us", "Awards with an accepted final report"),
    Column("not_reported", NOT_REPORTED, "Awards that have not told us yet"),
)
