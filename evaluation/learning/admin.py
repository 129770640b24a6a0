"""Analysts' pages of what was learnt."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from communities.core.casework import LifecycleAdmin, StepAction
from communities.core.clock import now
from communities.core.forms import Form
from communities.core.office import OfficeAdmin, date_column, status_column
from communities.core.refusals import kept_on
from communities.templatetags.govuk import day
from evaluation.learning import operations
from evaluation.learning.models import THEME, Learning, Theme
from evaluation.learning.queries import ungrouped
from grants.rounds.models import Round


class LearningForm(Form):
    """One thing learnt."""

    kind = forms.ChoiceField(label="What kind", choices=Learning.Kind.choices, widget=forms.RadioSelect)
    text = forms.CharField(label="What we learnt", widget=forms.Textarea)
    source = forms.CharField(
        label="Who told us, without names", max_length=120, help_text="Like: the panel in November"
    )


class LearningsForm(Form):
    """Which learnings belong together."""

    learnings = forms.ModelMultipleChoiceField(
        Learning.objects.none(), label="What belongs to it", widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["learnings"].queryset = ungrouped()  # type: ignore[attr-defined]


class ThemeForm(LearningsForm):
    """A theme and its first learnings."""

    title = forms.CharField(label="The theme in one line", max_length=120)
    summary = forms.CharField(label="You told us", widget=forms.Textarea, help_text="What people said, without names")
    field_order = ("title", "summary", "learnings")


class AnswerForm(Form):
    """What the fund does about it."""

    answer = forms.ChoiceField(label="Our answer", choices=Theme.Answer.choices, widget=forms.RadioSelect)
    action = forms.CharField(label="What is different, or why nothing is", widget=forms.Textarea)
    round = forms.ModelChoiceField(
        Round.objects.all(), label="On which round’s page it is shown", required=False, empty_label="None yet"
    )


@admin.register(Learning)
class LearningAdmin(OfficeAdmin[Learning]):
    """Everything learnt, the newest first."""

    list_display = ("text", "kind", "theme", date_column("noted_at", "Noted"))
    list_filter = ("kind", "theme")
    list_select_related = ("theme",)
    search_fields = ("text",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was said stands."""
        return False

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Note one thing learnt."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = LearningForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            with kept_on(form, request):
                operations.note(**form.cleaned_data, by=cast("Any", request.user), at=now())
                messages.success(request, "Noted.")
                return HttpResponseRedirect(reverse("admin:evaluation_learning_changelist"))
        return _page(self, request, "Note what we learnt", form)


@admin.register(Theme)
class ThemeAdmin(LifecycleAdmin[Theme]):
    """At most ten themes, each with an answer before the next round."""

    lifecycle = THEME
    page = "theme_office"
    steps: ClassVar[Mapping[str, StepAction]] = {"answer": StepAction(operations.answer, form=AnswerForm)}
    acts: ClassVar[Mapping[str, StepAction]] = {
        "group": StepAction(
            operations.group, form=LearningsForm, label="Add what we learnt", who="evaluation.change_theme"
        )
    }
    list_display = ("title", date_column("opened_at", "Opened"), "round", status_column())
    list_filter = ("status",)
    list_select_related = ("round",)
    search_fields = ("title",)

    def facts(self, row: Theme, request: HttpRequest) -> Sequence[Mapping[str, Any]]:
        """What was said, what was answered."""
        return [
            {"label": "You told us", "value": row.summary},
            {"label": "We answered", "value": row.action or "Not yet"},
            {"label": "Round", "value": row.round or "None yet"},
            {"label": "Opened", "value": day(row.opened_at)},
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Themes begin here."""
        return self.may(request, "change")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Open a theme."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ThemeForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            with kept_on(form, request):
                theme = operations.open_theme(**form.cleaned_data, by=cast("Any", request.user), at=now())
                return HttpResponseRedirect(reverse("admin:evaluation_theme_change", args=[theme.pk]))
        return _page(self, request, "Open a theme", form)


def _page(page: Any, request: HttpRequest, title: str, form: Form) -> HttpResponse:
    context = {
        **page.admin_site.each_context(request), "title": title, "opts": page.opts, "form": form,
        "back": reverse(f"admin:evaluation_{page.opts.model_name}_changelist"),
    }  # fmt: skip
    return TemplateResponse(request, "admin/step.html", context, status=400 if form.is_bound else 200)
