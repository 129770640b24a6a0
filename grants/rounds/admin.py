"""Officers' pages of rounds and their terms."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from communities.core.casework import LifecycleAdmin, StepAction
from communities.core.clock import now
from communities.core.money import pounds
from communities.core.office import OfficeAdmin, OfficeTabular, date_column, status_column, two_lines
from communities.templatetags.govuk import day
from grants.rounds import forms, operations
from grants.rounds.models import (
    ROUND,
    Criterion,
    CriterionWeight,
    Descriptor,
    Question,
    QuestionLimit,
    Round,
    Terms,
    Tier,
)


def _user(row: Round, request: HttpRequest) -> dict[str, Any]:
    return {"user": request.user}


def _values(round_: Round, request: HttpRequest) -> dict[str, Any]:
    names = forms.RoundForm.base_fields
    many = {name: list(getattr(round_, name).all()) for name in operations.MANY if name in names}
    return {name: getattr(round_, name) for name in names if name not in many} | many


def _update(round_: Round, *, by: Any, at: Any, **fields: Any) -> Round:
    return operations.update_round(round_, fields=fields, by=by, at=at)


def _name_panel(round_: Round, **fields: Any) -> Any:
    return operations.name_panel(round_, **fields)


def _seat(round_: Round, **fields: Any) -> Any:
    return operations.seat_person(round_.panel, **fields)


@admin.register(Round)
class RoundAdmin(LifecycleAdmin[Round]):
    """The list of rounds, and one page for each: people, terms, notices, and the button that publishes it."""

    lifecycle = ROUND
    page = "round_office"
    steps: ClassVar[Mapping[str, StepAction]] = {
        "publish": StepAction(operations.publish, confirm="Everybody will see this round, and its terms are frozen."),
        "finish": StepAction(operations.finish, confirm="Nothing more will happen in this round.", look="secondary"),
    }
    acts: ClassVar[Mapping[str, StepAction]] = {
        "edit": StepAction(
            _update, form=forms.RoundForm, values=_values, form_kwargs=_user, label="Change the facts",
            who="grants.change_round",
        ),
        "staff": StepAction(operations.add_staff, form=forms.StaffForm, label="Name staff", who="grants.change_round"),
        "panel": StepAction(_name_panel, form=forms.PanelForm, label="Set up the panel", who="grants.change_round"),
        "seat": StepAction(_seat, form=forms.SeatForm, label="Seat a panel member", who="grants.change_round"),
        "notice": StepAction(
            operations.add_notice, form=forms.NoticeForm, label="Add a dated notice", who="grants.change_round"
        ),
    }  # fmt: skip
    list_display = ("name", date_column("opens_at", "Opens"), date_column("closes_at", "Closes"), status_column())
    list_filter = ("status",)
    search_fields = ("title",)

    @admin.display(description="Round", ordering="title")
    def name(self, round_: Round) -> str:
        """Title, and the budget beneath it."""
        return two_lines(round_.title, round_.budget)

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the budget, which the list names."""
        return super().get_queryset(request).select_related("budget")

    def facts(self, row: Round, request: HttpRequest) -> Sequence[Mapping[str, Any]]:
        """Money and dates."""
        left = row.budget.limit - row.budget.committed
        return [
            {"label": "Left to promise", "value": pounds(left), "note": f"of {pounds(row.budget.limit)}"},
            {"label": "Opens", "value": day(row.opens_at)},
            {"label": "Closes", "value": day(row.closes_at)},
            {"label": "Answers promised", "value": day(row.decision_due_on)},
            {"label": "Public page", "value": "Look at it", "href": reverse("rounds:round", args=[row.public_id])},
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rounds begin here."""
        return self.may(request, "add")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Draft a round with its own copy of the terms."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = forms.NewRoundForm(request.POST or None, user=cast("Any", request.user))
        if request.method == "POST" and form.is_valid():
            round_ = operations.draft_round(by=cast("Any", request.user), at=now(), **form.cleaned_data)
            messages.success(request, "Round drafted. Name its staff and panel, then publish it.")
            return HttpResponseRedirect(reverse("admin:grants_round_change", args=[round_.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": "Draft a round",
            "opts": self.opts,
            "form": form,
            "back": reverse("admin:grants_round_changelist"),
        }
        return TemplateResponse(request, "admin/step.html", context, status=400 if form.is_bound else 200)


class Frozen:
    """Terms that a published round promised cannot be changed."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only before the round is published."""
        terms = obj if isinstance(obj, Terms) or obj is None else obj.terms
        return (terms is None or terms.frozen_at is None) and super().has_change_permission(request, obj)  # type: ignore[misc]


class TierInline(OfficeTabular):
    """Sizes of grant."""

    model = Tier
    fields = ("name", "minimum", "maximum", "is_open", "route", "answer_days")


class LimitInline(OfficeTabular):
    """Who is asked a question, and how much they may write."""

    model = QuestionLimit
    fields = ("tier", "words", "is_required")


class WeightInline(OfficeTabular):
    """How much a criterion counts."""

    model = CriterionWeight
    fields = ("tier", "weight", "floor")

    def get_queryset(self, request: HttpRequest) -> Any:
        """With what each row is called by."""
        return super().get_queryset(request).select_related("criterion", "tier")


class DescriptorInline(OfficeTabular):
    """What each score means."""

    model = Descriptor
    fields = ("score", "text")


@admin.register(Terms)
class TermsAdmin(Frozen, OfficeAdmin[Terms]):
    """What a round asks and judges by."""

    list_display = ("__str__", "is_library", "frozen_at")
    fields = ("name",)
    inlines = (TierInline,)


@admin.register(Question)
class QuestionAdmin(Frozen, OfficeAdmin[Question]):
    """One question of the terms."""

    list_display = ("text", "terms", "stage", "section", "order")
    list_filter = ("terms", "stage")
    list_select_related = ("terms",)
    search_fields = ("text",)
    readonly_fields = ("terms", "stage", "key")
    inlines = (LimitInline,)


@admin.register(Criterion)
class CriterionAdmin(Frozen, OfficeAdmin[Criterion]):
    """One thing bids are scored on."""

    list_display = ("name", "code", "terms")
    list_filter = ("terms",)
    list_select_related = ("terms",)
    readonly_fields = ("terms", "code")
    inlines = (WeightInline, DescriptorInline)
