"""The office's pages about goals, cohorts and indicators."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from communities.core.exports import DataAdmin, Resource
from communities.core.office import OfficeAdmin, ReadOnlyAdmin, date_column, two_lines
from communities.framework import operations
from communities.framework.forms import CohortForm, IndicatorForm
from communities.framework.models import (
    ChainElement,
    Cohort,
    Goal,
    HeadlineFigure,
    Indicator,
    NeedWard,
    OutcomeArea,
    Principle,
)
from communities.places.admin import Act, ActingAdmin


@admin.register(Cohort)
class CohortAdmin(ActingAdmin[Cohort]):
    """Cohorts: new wording is a new row with its own dates."""

    list_display = ("what", "wording", date_column("valid_from", "From"), date_column("valid_to", "Until"))
    fields = ("code", "wording", "short_name", "plain", "order", "valid_from", "chapter")
    acts: ClassVar[Mapping[str, Act]] = {
        "reword": Act(
            "Give it new wording",
            "The new wording is kept.",
            CohortForm,
            operations.reword_cohort,
            "communities.change_cohort",
        )
    }

    @admin.display(description="Cohort", ordering="order")
    def what(self, cohort: Cohort) -> str:
        """Short name and code."""
        return two_lines(cohort.short_name, cohort.code)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Wording changes by a new version only."""
        return False

    def initial(self, row: Cohort, name: str) -> Mapping[str, Any]:
        """The wording of today."""
        return {"wording": row.wording, "short_name": row.short_name, "plain": row.plain}


@admin.register(Goal)
class GoalAdmin(OfficeAdmin[Goal]):
    """The fourteen goals. Only the plain sentence is the council's own, so only that can be edited."""

    list_display = ("what", "plain", "primary_area")
    list_select_related = ("primary_area",)
    readonly_fields = ("number", "name", "covers", "primary_area", "chapter")

    @admin.display(description="Goal", ordering="number")
    def what(self, goal: Goal) -> str:
        """Name, and what it covers."""
        return two_lines(goal, goal.covers)


class IndicatorResource(Resource):
    """The columns of the catalogue as a file. It goes out only: a file could rename what reports were made with."""

    class Meta:
        model = Indicator
        fields = (
            "code", "version", "name", "question", "unit", "direction", "level", "goal__number", "area__code",
            "chain__code", "needs_baseline", "publisher", "active",
        )  # fmt: skip

    def filter_export(self, queryset: Any, **kwargs: Any) -> Any:
        """With the rows whose codes are columns."""
        return queryset.select_related("goal", "area", "chain")


@admin.register(Indicator)
class IndicatorAdmin(ActingAdmin[Indicator], DataAdmin[Indicator]):
    """The catalogue of what can be counted. New wording is a new version."""

    list_display = ("what", "unit", "level", "goal", "active")
    list_filter = ("level", "active", "goal")
    list_select_related = ("goal",)
    search_fields = ("code", "name", "question")
    resource_classes = (IndicatorResource,)
    acts: ClassVar[Mapping[str, Act]] = {
        "reword": Act(
            "Give it new wording",
            "The new version is in use.",
            IndicatorForm,
            operations.reword_indicator,
            "communities.change_indicator",
        )
    }

    @admin.display(description="Indicator", ordering="order")
    def what(self, row: Indicator) -> str:
        """Name, code and version."""
        return two_lines(row.name, row.code, f"version {row.version}")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What targets and reports were made with stays; only whether it is offered can be switched."""
        own = list(super().get_readonly_fields(request, obj))
        return (
            own
            if obj is None
            else [*own, *(each.name for each in Indicator._meta.fields if each.name not in {"id", "active"})]
        )

    def initial(self, row: Indicator, name: str) -> Mapping[str, Any]:
        """The wording of today."""
        return {"name": row.name, "question": row.question, "unit": row.unit}


@admin.register(OutcomeArea, ChainElement, Principle)
class PaperAdmin(ReadOnlyAdmin[Any]):
    """What the paper says, word for word."""

    list_display = ("__str__", "chapter")


@admin.register(NeedWard)
class NeedWardAdmin(ReadOnlyAdmin[NeedWard]):
    """The ten wards of highest community need."""

    list_display = ("rank", "ward", "authority", "region")


@admin.register(HeadlineFigure)
class HeadlineFigureAdmin(ReadOnlyAdmin[HeadlineFigure]):
    """The paper's figures, as quotations."""

    list_display = ("what", "value", "chapter")

    @admin.display(description="Quotation", ordering="order")
    def what(self, row: HeadlineFigure) -> str:
        """The words."""
        return two_lines(row.quotation, row.note)
