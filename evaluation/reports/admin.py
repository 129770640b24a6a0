"""Officers read reports, accept them or ask; analysts map targets to indicators."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from communities.core.casework import LifecycleAdmin, StepAction
from communities.core.forms import Form
from communities.core.office import ReadOnlyAdmin, date_column, status_column, two_lines
from communities.templatetags.govuk import day
from evaluation.reports import operations
from evaluation.reports.models import OUTCOME_REPORT, Observation, OutcomeReport
from evaluation.reports.queries import OPEN


class AcceptForm(Form):
    """What an officer says of the figures."""

    is_verified = forms.BooleanField(label="I checked the figures against evidence", required=False)


@admin.register(OutcomeReport)
class OutcomeReportAdmin(LifecycleAdmin[OutcomeReport]):
    """Reports, those to read first."""

    lifecycle = OUTCOME_REPORT
    page = "report_office"
    steps: ClassVar[Mapping[str, StepAction]] = {
        "accept": StepAction(operations.accept, form=AcceptForm),
        "send_back": StepAction(operations.send_back, reason=True, look="secondary"),
    }
    list_display = (
        "title", date_column("requirement__due_on", "Due"), date_column("submitted_at", "Sent"), status_column()
    )  # fmt: skip
    list_filter = ("status", "requirement__kind")
    search_fields = ("requirement__award__reference", "requirement__award__title", "requirement__award__group__name")
    ordering = ("requirement__due_on",)

    @admin.display(description="Report", ordering="requirement__award__title")
    def title(self, report: OutcomeReport) -> str:
        """What it is about, and whose it is."""
        award = report.requirement.award
        return two_lines(award.title, award.reference, award.group)

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the award and the group, which the list names."""
        return super().get_queryset(request).select_related("requirement__award__group")

    def facts(self, row: OutcomeReport, request: HttpRequest) -> Sequence[Mapping[str, Any]]:
        """Whose report, when due, when sent."""
        award = row.requirement.award
        case = reverse("admin:grants_application_change", args=[award.application_id])
        return [
            {"label": "Group", "value": award.group},
            {"label": "Award", "value": award.reference, "href": case},
            {"label": "Due", "value": day(row.requirement.due_on)},
            {"label": "Sent", "value": day(row.submitted_at) or "Not yet", "note": row.submitted_by or ""},
            {
                "label": "People reached",
                "value": row.people_reached if row.people_reached is not None else "Not reported",
            },
        ]

    def links(self, row: OutcomeReport, request: HttpRequest) -> Sequence[Mapping[str, Any]]:
        """What the group sees."""
        return (
            []
            if row.status in OPEN
            else [{"text": "As the group sees it", "href": reverse("reports:report", args=[row.public_id])}]
        )


@admin.register(Observation)
class ObservationAdmin(ReadOnlyAdmin[Observation]):
    """The figures that the evaluation reads."""

    list_display = ("indicator", "award", "value", "evidence", date_column("observed_on", "On"))
    list_filter = ("evidence",)
    list_select_related = ("indicator", "award")
