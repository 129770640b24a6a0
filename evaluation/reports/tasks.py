"""Reminders of reports, worked out from the day they are due: run twice, they say it once."""

from datetime import timedelta

from communities.core.clock import now, today
from communities.core.lifecycle import Moment, unit
from communities.core.models import Message
from communities.core.outbox import queue
from communities.core.periodic import periodic
from communities.core.permissions import SYSTEM
from evaluation.reports.models import OutcomeReport
from evaluation.reports.queries import OPEN

BEFORE, AFTER = 14, 7  # days


@periodic("evaluation.remind_of_reports", every=timedelta(hours=6), queue="periodic")
def remind_of_reports() -> None:
    """Tell groups two weeks before a report is due, and a week after."""
    day = today()
    for name, first, last in (
        ("report_due", day, day + timedelta(days=BEFORE)),
        ("report_overdue", day - timedelta(days=AFTER * 3), day - timedelta(days=AFTER)),
    ):
        due = OutcomeReport.objects.filter(status__in=OPEN, requirement__due_on__range=(first, last))
        told = Message.objects.filter(template=name, object_model="evaluation.OutcomeReport").values("object_pk")
        for report in due.exclude(pk__in=[int(row["object_pk"]) for row in told]).select_related(
            "requirement__award__group"
        ):
            with unit():
                queue(name, [report], Moment(SYSTEM, now()))
