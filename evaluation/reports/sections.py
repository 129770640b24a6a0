"""What this room shows on pages of others: reports owed, to read, on the award's page and on the case page."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from communities.core.clock import today
from communities.core.permissions import Actor
from communities.core.sections import section
from evaluation.reports.models import OutcomeReport
from evaluation.reports.queries import OPEN, full, owed_by, to_read, written
from grants.applications.models import Application
from grants.awards.models import Award
from grants.awards.queries import own_awards

SOON = 60  # days before a report is due that it is something to do


@section("home", "reports", order=70, template="evaluation/reports/_home.html")
def reports_owed(objects: Sequence[Any], user: Actor) -> dict[Any, Any]:
    """Reports that the person's groups still owe."""
    owed = list(owed_by(user)) if own_awards(user) else []
    return {user.pk: {"reports": owed, "today": today()}} if owed else {}


@section("office_home", "reports", order=70, template="")
def reports_to_read(objects: Sequence[Any], user: Actor) -> dict[Any, Any]:
    """Reports that wait for an officer."""
    if not user.has_perm("evaluation.accept_outcomereport"):
        return {}
    number = to_read().count()
    if not number:
        return {}
    address = f"{reverse('admin:evaluation_outcomereport_changelist')}?status__exact=submitted"
    return {
        user.pk: {"number": number, "title": "Read reports", "href": address, "reason": "Groups told us how it went"}
    }


@section("award", "report", order=70, template="evaluation/reports/_award.html")
def of_awards(objects: Sequence[Award], user: Actor) -> dict[Any, Any]:
    """The reports of an award."""
    found: dict[Any, list[OutcomeReport]] = {}
    visible = full(OutcomeReport.objects.visible_to(user)).filter(requirement__award__in=objects)
    for report in visible.order_by("requirement__due_on"):
        found.setdefault(report.requirement.award_id, []).append(report)
    return {pk: {"reports": reports, "open": OPEN} for pk, reports in found.items()}


@section("case", "report", order=90, template="evaluation/reports/_case.html")
def of_cases(objects: Sequence[Application], user: Actor) -> dict[Any, Any]:
    """What the group reported, on the officers' page."""
    found: dict[Any, list[Any]] = {}
    visible = full(OutcomeReport.objects.visible_to(user)).filter(requirement__award__application__in=objects)
    for report in visible.order_by("requirement__due_on"):
        rows = written(report) if report.status not in OPEN else []
        found.setdefault(report.requirement.award.application_id, []).append({"report": report, "rows": rows})
    return found


@section("report_office", "report", order=10, template="evaluation/reports/_office.html")
def of_reports(objects: Sequence[OutcomeReport], user: Actor) -> dict[Any, Any]:
    """What the group wrote, question by question."""
    return {report.pk: {"rows": written(report), "is_open": report.status in OPEN} for report in objects}
