"""What was reached against what was agreed. What nobody reported stays in sight."""

from decimal import Decimal

from django.urls import reverse

from communities.framework.models import Indicator
from evaluation.insight.queries.known import Known
from evaluation.insight.queries.money import drill
from evaluation.insight.queries.sheets import NOT_REPORTED, Cell, Column, Sheet
from evaluation.insight.queries.sums import Number, Numbers
from grants.rounds.models import Round


def against_targets(round_: Round | None, known: Known) -> Sheet:
    """By indicator: agreed, reached, and how many awards have not said."""
    agreed, told, reached = (known.sums(kind, round_) for kind in ("agreed", "told", "reached"))
    names = {one.pk: one for one in Indicator.objects.filter(pk__in=[pk for (pk,) in agreed if pk])}
    in_order = sorted(agreed, key=lambda key: names[key[0]].order if key[0] else -1)
    sheet = Sheet("targets", "Reached against agreed", TARGET_COLUMNS)
    sheet.rows = [
        _target_row(names.get(key[0]), agreed[key], told.get(key, NOTHING), reached.get(key)) for key in in_order
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


NOTHING: Numbers = [Decimal(0), None]


def _target_row(indicator: Indicator | None, agreed: Numbers, told: Numbers, reached: Numbers | None) -> list[Cell]:
    sums = indicator is not None and indicator.aggregation == Indicator.Aggregation.SUM
    mean = indicator is not None and indicator.aggregation == Indicator.Aggregation.MEAN
    value: Number = None
    if reached and reached[0] is not None and reached[1]:
        value = reached[0] if sums else reached[0] / reached[1] if mean else None
    targets, told_targets = int(agreed[0] or 0), int(told[0] or 0)
    return [
        Cell(str(indicator) if indicator else "In groups’ own words", "text"),
        Cell(indicator.unit if indicator else "", "text"),
        Cell(targets, href="" if indicator else f"{reverse('admin:grants_awardtarget_changelist')}?counted=no"),
        Cell(agreed[1] if sums else None),
        Cell(told[1] if sums else None, missing=NOT_REPORTED if sums else ""),
        Cell(value if value is None else round(value, 2), missing=NOT_REPORTED if indicator else ""),
        Cell(told_targets),
        Cell(targets - told_targets),
    ]


def by_place_and_goal(round_: Round | None, known: Known) -> Sheet:
    """How many targets were met, by place and main goal: met of told, and told of agreed."""
    awards = {key: int(n or 0) for key, (n, _) in known.sums("places_and_goals", round_).items()}
    told = {key: int(n or 0) for key, (n,) in known.sums("reported", round_).items()}
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


def people_reached(round_: Round | None, known: Known) -> Sheet:
    """Different people reached by place, as reports say, with the awards that have not said."""
    awards, counted = known.sums("places", round_), known.sums("people", round_)
    sheet = Sheet("people-reached", "Different people reached", PEOPLE_COLUMNS)
    for _, code, label in known.place_rows:
        told, people = counted.get((code,), NOTHING)
        everybody, _ = awards.get((code,), NOTHING)
        sheet.rows.append(
            [
                Cell(label, "text"),
                Cell(people if people is None else round(people), missing=NOT_REPORTED),
                Cell(int(told or 0)),
                Cell(int((everybody or 0) - (told or 0))),
            ]
        )
    sheet.notes = [
        "Each group counts its people once; somebody who came to two groups is counted twice.",
        "People of an award in several places are shared out as its money is.",
    ]
    return sheet


PEOPLE_COLUMNS = (
    Column("place", "Place", "The place that the group named", "text"),
    Column("people", "People", "Different people, as accepted reports say"),
    Column("told", "Awards that told us", "Awards with an accepted final report"),
    Column("not_reported", NOT_REPORTED, "Awards that have not told us yet"),
)
