"""The officers' page of an award: who said yes, conditions, more time, the end."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse

from communities.core.casework import LifecycleAdmin, StepAction
from communities.core.files import store
from communities.core.money import pounds
from communities.core.office import date_column, money_column, status_column, two_lines
from communities.core.permissions import Actor
from grants.awards import operations
from grants.awards.forms import ChangeConditionForm, ConditionForm, ExtendForm, RecordForm
from grants.awards.models import AWARD, Award, AwardCondition

S = Award.Status


def record_acceptance(award: Award, *, by: Actor, at: datetime, evidence: Any = None, **typed: Any) -> Award:
    """Keep the signed page, then the yes."""
    kept = store(evidence, by=by, at=at, kind="signed_page") if evidence else None
    return operations.accept(award, **typed, evidence=kept, by=by, at=at)


def meet(award: Award, *, condition: AwardCondition, note: str, by: Actor, at: datetime) -> None:
    """Mark the chosen condition as met."""
    operations.meet_condition(condition, note=note, by=by, at=at)


def move(award: Award, *, condition: AwardCondition, when: str, due_on: Any, by: Actor, at: datetime) -> None:
    """Change when the chosen condition has to be met."""
    operations.change_condition(condition, when=when, due_on=due_on, by=by, at=at)


def for_award(row: Award, request: HttpRequest) -> Mapping[str, Any]:
    """What the forms need to know."""
    return {"award": row}


class ConditionsFilter(admin.SimpleListFilter):
    """Awards with something still to be done."""

    title = "conditions"
    parameter_name = "conditions"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Only one question is worth a filter."""
        return [("open", "Some not met yet")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Open conditions of awards that go on."""
        if self.value() != "open":
            return queryset
        going = queryset.filter(status__in=(S.OFFERED, S.ACCEPTED, S.ACTIVE))
        return going.filter(pk__in=AwardCondition.objects.filter(met_at=None).values("award"))


@admin.register(Award)
class AwardAdmin(LifecycleAdmin[Award]):
    """Offers and awards."""

    lifecycle = AWARD
    page = "award_office"
    list_display = (
        "what", money_column("amount"), money_column("paid"), date_column("ends_on", "Until"), status_column(),
    )  # fmt: skip
    list_filter = ("status", ConditionsFilter)
    search_fields = ("reference", "title", "group__name")
    list_select_related = ("group",)
    steps: ClassVar[Mapping[str, StepAction]] = {
        "complete": StepAction(operations.complete),
        "close": StepAction(operations.close, confirm="After this nothing more is asked of the group."),
        "turn_down": StepAction(operations.turn_down, reason=True, look="warning"),
    }
    acts: ClassVar[Mapping[str, StepAction]] = {
        "record": StepAction(
            record_acceptance, form=RecordForm, form_kwargs=for_award, who="grants.record_acceptance",
            label="Write down a yes", done="Written down",
        ),
        "extend": StepAction(
            operations.extend_offer, form=ExtendForm, who="grants.extend_offer",
            label="Give more time", done="More time given",
        ),
        "meet": StepAction(
            meet, form=ConditionForm, form_kwargs=for_award, who="grants.change_awardcondition",
            label="A condition is met", done="Condition met",
        ),
        "move": StepAction(
            move, form=ChangeConditionForm, form_kwargs=for_award, who="grants.change_awardcondition",
            label="Change when a condition is due", done="Condition changed",
        ),
    }  # fmt: skip

    @admin.display(description="Award", ordering="title")
    def what(self, award: Award) -> str:
        """What for; reference and group beneath."""
        return two_lines(award.title, award.reference, award.group)

    def caption(self, row: Award) -> str:
        """Reference and group."""
        return f"{row.reference} · {row.group}"

    def standing(self, row: Award) -> str:
        """Until when it can be accepted."""
        return f"open until {row.offer_ends_on:%-d %B %Y}" if row.status == S.OFFERED else ""

    def facts(self, row: Award, request: HttpRequest) -> Sequence[Mapping[str, Any]]:
        """Given, paid, held by, from, until."""
        case = reverse("admin:grants_application_case", args=[row.application.public_id])
        return [
            {"label": "Given", "value": pounds(row.amount), "note": f"{pounds(row.application.requested)} asked"},
            {"label": "Paid", "value": pounds(row.paid)},
            {"label": "Bid", "value": row.application.title, "href": case},
            {"label": "From", "value": f"{row.starts_on:%-d %B %Y}", "note": f"until {row.ends_on:%-d %B %Y}"},
            {"label": "Money held by", "value": row.held_by.name if row.held_by else "the group"},
        ]

    def _acts(self, request: HttpRequest, row: Award) -> list[dict[str, Any]]:
        """Only what makes sense now."""
        offered, waiting = row.status == S.OFFERED, row.conditions.filter(met_at=None).exists()
        shown = {"record": offered, "extend": offered, "meet": waiting, "move": waiting}
        wanted = {self._address("step", row.pk, name) for name, sensible in shown.items() if sensible}
        return [act for act in super()._acts(request, row) if act["href"] in wanted]
