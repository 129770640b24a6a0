"""How much of the picture we have: shown on every page of results."""

from datetime import date

from django.db.models import Q

from evaluation.insight.queries.known import Known
from evaluation.insight.queries.sheets import Cell, Column, Sheet
from evaluation.insight.queries.sums import Number, reports_wanted
from grants.rounds.models import Round


def completeness(round_: Round | None, on: date, known: Known) -> Sheet:
    """What is known, of what could be known."""
    # few reports are not due yet: they are taken off
    early = reports_wanted(Q(due_on__gt=on), None if round_ is None else [round_.pk])[()]
    wanted, accepted = (
        a - b for a, b in zip(_counted(known.sums("reports", round_)[()]), _counted(early), strict=True)
    )
    agreed = {indicator: int(n or 0) for (indicator,), (n, _) in known.sums("agreed", round_).items()}
    told = sum(int(n or 0) for n, _ in known.sums("told", round_).values())
    awards, placed, areas, _ = _counted(known.sums("awards", round_)[()])
    figures, checked = _counted(known.sums("figures", round_)[()])
    targets = sum(agreed.values())
    sheet = Sheet("completeness", "How complete this is", COLUMNS)
    sheet.rows = [
        _row("Reports accepted, of those due", accepted, wanted),
        _row("Targets that a report speaks of", told, targets),
        _row("Targets with an indicator", targets - agreed.get(None, 0), targets),
        _row("Awards whose postcode is known", placed, awards),
        _row("Awards whose small area is known", areas, awards),
        _row("Figures with evidence or checked by an officer", checked, figures),
    ]
    return sheet


def _counted(numbers: list[Number]) -> list[int]:
    return [int(number or 0) for number in numbers]


COLUMNS = (
    Column("what", "What", "What should be known", "text"),
    Column("known", "Known", "How many are"),
    Column("of", "Of", "How many there are"),
    Column("percent", "Percent", "Known divided by all; empty where there is nothing yet"),
)


def _row(what: str, known: int, total: int) -> list[Cell]:
    share = round(100 * known / total) if total else None
    return [Cell(what, "text"), Cell(known), Cell(total), Cell(share, missing="nothing yet")]
