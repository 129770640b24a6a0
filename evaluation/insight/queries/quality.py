"""How much of the picture we have: shown on every page of results."""

from datetime import date

from django.db.models import Count, Q

from evaluation.insight.queries.money import STANDING, standing
from evaluation.insight.queries.outcomes import agreed_targets, told_of
from evaluation.insight.queries.sheets import Cell, Column, Sheet
from evaluation.reports.models import Observation, ReportRequirement
from grants.rounds.models import Round


def completeness(round_: Round | None, on: date) -> Sheet:
    """What is known, of what could be known."""
    due = ReportRequirement.objects.filter(award__status__in=STANDING, due_on__lte=on)
    due = due.filter(award__application__round=round_) if round_ else due
    reports = due.aggregate(n=Count("pk"), known=Count("pk", filter=Q(report__status="accepted")))
    agreed = agreed_targets(round_)
    targets = agreed.aggregate(n=Count("pk"), mapped=Count("indicator"))
    awards = standing(round_).aggregate(
        n=Count("pk"), placed=Count("pk", filter=~Q(application__postcode="")), area=Count("lsoa")
    )
    seen = Observation.objects.filter(award__status__in=STANDING)
    seen = seen.filter(award__application__round=round_) if round_ else seen
    figures = seen.aggregate(n=Count("pk"), checked=Count("pk", filter=Q(evidence__gte=Observation.Evidence.ATTACHED)))
    sheet = Sheet("completeness", "How complete this is", COLUMNS)
    sheet.rows = [
        _row("Reports accepted, of those due", reports["known"], reports["n"]),
        _row("Targets that a report speaks of", told_of(agreed).count(), targets["n"]),
        _row("Targets with an indicator", targets["mapped"], targets["n"]),
        _row("Awards whose postcode is known", awards["placed"], awards["n"]),
        _row("Awards whose small area is known", awards["area"], awards["n"]),
        _row("Figures with evidence or checked by an officer", figures["checked"], figures["n"]),
    ]
    return sheet


COLUMNS = (
    Column("what", "What", "What should be known", "text"),
    Column("known", "Known", "How many are"),
    Column("of", "Of", "How many there are"),
    Column("percent", "Percent", "Known divided by all; empty where there is nothing yet"),
)


def _row(what: str, known: int, total: int) -> list[Cell]:
    share = round(100 * known / total) if total else None
    return [Cell(what, "text"), Cell(known), Cell(total), Cell(share, missing="nothing yet")]
