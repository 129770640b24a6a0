"""Pounds per head, by place and by band of deprivation: numerator and denominator always named, one base year."""

from decimal import Decimal
from typing import Any

from communities.framework.models import HeadlineFigure
from communities.places.queries import most_deprived, people_of_places, residents
from evaluation.insight.queries.known import BASE, IMD_BASE, LATER_IMD, Known
from evaluation.insight.queries.sheets import Cell, Column, Sheet
from evaluation.insight.queries.sums import IMD
from grants.rounds.models import Round

PENNY = Decimal("0.01")
NOT_LOADED = "not loaded"


def per_head_by_place(round_: Round | None, known: Known) -> Sheet:
    """Pounds spent on activities in each place, for each person who lives there."""
    sums = {code: amount for (code,), (_, amount) in known.sums("places", round_).items()}
    figures = people_of_places(known.places, BASE, IMD, IMD_BASE, known.find)
    sheet = Sheet("per-head-by-place", "Pounds per head, by place", PLACE_COLUMNS)
    for _, code, label in known.place_rows:
        money = sums.get(code) or Decimal(0)
        people, deprived = figures.get(code, (None, None))
        sheet.is_demo = sheet.is_demo or bool(people and people.is_demo)
        sheet.rows.append(
            [
                Cell(label, "text"),
                Cell(money, "money"),
                Cell(people.value if people else None, missing=NOT_LOADED if people else ""),
                Cell(_each(money, people.value if people else None), "money", missing=NOT_LOADED if people else ""),
                Cell(deprived.value if deprived else None, missing=NOT_LOADED if deprived else ""),
            ]
        )
    sheet.notes = [
        f"People: {residents(BASE, find=known.find).source}.",
        f"In the most deprived fifth: {most_deprived(known.tenths[IMD, IMD_BASE]).source}.",
        "Two of the places are defined by the index of 2019 itself, so a later change there is partly selection.",
    ]
    return sheet


PLACE_COLUMNS = (
    Column("place", "Place", "The place that the group named", "text"),
    Column("money", "Spent on activities in", "Pounds awarded, shared between places as groups said", "money"),
    Column("residents", "People who live there", f"Residents, {BASE}"),
    Column("per_head", "Pounds per head", "The second column divided by the third", "money"),
    Column(
        "deprived", "Of them in the most deprived fifth", f"Residents of deciles 1 and 2, index of {IMD}, {IMD_BASE}"
    ),
)


def per_head_by_band(round_: Round | None, known: Known) -> Sheet:
    """Pounds by tenth of deprivation of where the activity happens, beside the people who live in that tenth."""
    found = {
        tenth: (int(n or 0), amount or Decimal(0)) for (tenth,), (n, amount) in known.sums("tenths", round_).items()
    }
    people = known.tenths[IMD, IMD_BASE]
    sheet = Sheet("per-head-by-band", f"Pounds per head, by tenth of deprivation ({IMD})", BAND_COLUMNS)
    for decile in range(1, 11):
        (awards, money), figure = found.pop(str(decile), (0, Decimal(0))), people.get(decile)
        sheet.is_demo = sheet.is_demo or bool(figure and figure.is_demo)
        sheet.rows.append(
            [
                Cell(
                    f"{decile}, the most deprived"
                    if decile == 1
                    else f"{decile}, the least deprived"
                    if decile == 10
                    else str(decile),
                    "text",
                ),
                Cell(money, "money"),
                Cell(awards),
                Cell(figure.value if figure else None, missing=NOT_LOADED),
                Cell(_each(money, figure.value if figure else None), "money", missing=NOT_LOADED),
            ]
        )
    money = sum((amount for _, amount in found.values()), Decimal(0))
    sheet.rows.append(
        [
            Cell("Not known where", "text"),
            Cell(money, "money"),
            Cell(sum(awards for awards, _ in found.values())),
            Cell(None),
            Cell(None),
        ]
    )
    sheet.notes = [
        f"Index of {IMD}, people of {IMD_BASE}: one base for both.",
        "By the postcode of the activity when the award was decided. An award keeps the figures it was decided on.",
    ]
    return sheet


BAND_COLUMNS = (
    Column("decile", "Tenth of England’s small areas", "1 is the most deprived tenth", "text"),
    Column("money", "Spent on activities in", "Pounds awarded to activities in such areas", "money"),
    Column("awards", "Awards", "How many awards that is"),
    Column("residents", "People who live there", f"Residents of the county in that tenth, {IMD_BASE}"),
    Column("per_head", "Pounds per head", "The second column divided by the fourth", "money"),
)


def _each(money: Decimal, people: int | None) -> Decimal | None:
    return (money / people).quantize(PENNY) if people else None


def headline() -> dict[str, Any]:
    """The white paper's own figure, as a quotation, beside what the data gives."""
    tenths = Known().tenths
    return {
        "quoted": HeadlineFigure.objects.filter(value__contains="123,000").first(),
        "computed": most_deprived(tenths[IMD, IMD_BASE]),
        "later": most_deprived(tenths[LATER_IMD, BASE]),
    }
