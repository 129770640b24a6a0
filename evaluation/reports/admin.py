"""Officers read reports, accept them or ask; analysts map targets to indicators."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from communities.core.casework import LifecycleAdmin, StepAction
from communities.core.forms import Form
from communities.core.office import ReadOnlyAdmin, date_column, status_column, two_lines
from communities.places.admin import Act, ActingAdmin
from communities.templatetags.govuk import day
from evaluation.reports import operations
from evaluation.reports.forms import MapForm
from evaluation.reports.models import OUTCOME_REPORT, Observation, OutcomeReport
from evaluation.reports.queries import OPEN, agreed_targets
from grants.awards.models import AwardTarget


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


class CountedFilter(admin.SimpleListFilter):
    """Whether we know what a target is counted by."""

    title = "counted by"
    parameter_name = "counted"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Own words alone, or an indicator."""
        return [("no", "Own words alone"), ("yes", "An indicator")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AwardTarget]) -> QuerySet[AwardTarget]:
        """Targets without an indicator, or with one."""
        return queryset.filter(indicator__isnull=self.value() == "no") if self.value() else queryset


@admin.register(AwardTarget)
class AwardTargetAdmin(ActingAdmin[AwardTarget]):
    """What groups said they would reach, as agreed last. Analysts say which indicator their own words speak of."""

    list_display = ("words", "aim", "indicator")
    list_filter = (CountedFilter,)
    search_fields = ("own_words", "version__award__reference", "version__award__group__name")
    search_help_text = "Search by words, reference or group"
    ordering = ("-version__award", "order", "pk")
    fields = ("own_words", "award", "group", "aim", "indicator")
    readonly_fields = ("award", "group", "aim")
    acts: ClassVar[Mapping[str, Act]] = {
        "map": Act(
            "Say what counts it",
            "It counts for this indicator from now on.",
            MapForm,
            operations.map_target,
            "evaluation.map_target",
        )
    }

    def get_queryset(self, request: HttpRequest) -> Any:
        """Those agreed last, with the award and the group, which the list names."""
        latest = super().get_queryset(request).filter(pk__in=agreed_targets().order_by().values("pk"))
        return latest.select_related("version__award__group", "indicator")

    def initial(self, row: AwardTarget, name: str) -> Mapping[str, Any]:
        """The indicator of today."""
        return {"indicator": row.indicator_id}

    @admin.display(description="Target", ordering="own_words")
    def words(self, target: AwardTarget) -> str:
        """The group's words, and whose they are."""
        return two_lines(target, target.version.award.reference, target.version.award.group)

    @admin.display(description="Aims for")
    def aim(self, target: AwardTarget) -> str:
        """The number, where there is one."""
        return "–" if target.value is None else f"{target.value.normalize():,f}"

    @admin.display(description="Award")
    def award(self, target: AwardTarget) -> str:
        """Which award."""
        return f"{target.version.award.reference} {target.version.award}"

    @admin.display(description="Group")
    def group(self, target: AwardTarget) -> str:
        """Whose it is."""
        return str(target.version.award.group)
