"""Officers look at records of spending here, accept them or ask."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from communities.core.casework import LifecycleAdmin, StepAction
from communities.core.money import pounds
from communities.core.office import date_column, money_column, status_column, two_lines
from grants.spending import operations
from grants.spending.forms import QueryForm
from grants.spending.models import SPENDING_RETURN, SpendingReturn


@admin.register(SpendingReturn)
class SpendingReturnAdmin(LifecycleAdmin[SpendingReturn]):
    """What groups spent, beside what was agreed."""

    lifecycle = SPENDING_RETURN
    page = "spending_return"
    list_display = (
        "whose", money_column("award__amount", "Given"), money_column("total", "Spent"),
        date_column("submitted_at", "Sent"), status_column(),
    )  # fmt: skip
    list_filter = ("status",)
    search_fields = ("award__reference", "award__group__name", "award__title")
    list_select_related = ("award__group",)
    steps: ClassVar[Mapping[str, StepAction]] = {
        "accept": StepAction(operations.accept),
        "query": StepAction(operations.query, form=QueryForm, look="secondary"),
    }

    @admin.display(description="Award", ordering="award__group__name")
    def whose(self, spending: SpendingReturn) -> str:
        """What for; reference and group beneath."""
        return two_lines(spending.award.title, spending.award.reference, spending.award.group)

    def caption(self, row: SpendingReturn) -> str:
        """Reference and group."""
        return f"{row.award.reference} · {row.award.group}"

    def standing(self, row: SpendingReturn) -> str:
        """Who sent it."""
        return f"sent by {row.submitted_by}" if row.submitted_by else ""

    def facts(self, row: SpendingReturn, request: HttpRequest) -> Sequence[Mapping[str, Any]]:
        """Given, paid, spent, left."""
        award = reverse("admin:grants_award_change", args=[row.award_id])
        left = row.award.amount - row.total if row.total is not None else None
        return [
            {"label": "Award", "value": row.award.title, "href": award},
            {"label": "Given", "value": pounds(row.award.amount), "note": f"{pounds(row.award.paid)} paid"},
            {"label": "Spent", "value": pounds(row.total)},
            {
                "label": "Left",
                "value": pounds(left) if left is not None and left > 0 else "£0" if left is not None else "",
            },
        ]
