"""The report as a form, made from the round's own questions and the award's own targets."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from communities.core.files import PICTURES, FileField
from communities.core.forms import Form, WordsField, YesNoField
from communities.framework.models import Cohort, Indicator
from evaluation.reports.models import OutcomeReport
from evaluation.reports.queries import questions, targets
from grants.awards.models import AwardTarget
from grants.rounds.models import Question


class ReportForm(Form):
    """One page: its parts depend on the size of the award."""

    questions: ClassVar[list[Question]]
    targets: ClassVar[list[AwardTarget]]
    cohorts: ClassVar[list[Cohort]]

    def content(self) -> dict[str, Any]:
        """What was written, as the operation takes it."""
        data = self.cleaned_data
        plain = [question.key for question in self.questions if question.kind != Question.Kind.FIXED]
        return {
            "answers": {key: data.get(key) for key in plain},
            "people_reached": data.get("people"),
            "results": {target.pk: self._result(target) for target in self.targets},
            "cohorts": {cohort.pk: data.get(f"cohort-{cohort.pk}") for cohort in self.cohorts},
            "may_publish": bool(data.get("may_publish")),
        }

    def _result(self, target: AwardTarget) -> dict[str, Any]:
        names = ("value", "words", "baseline", "respondents")
        found = {name: self.cleaned_data.get(f"target-{target.pk}-{name}") for name in names}
        return found | {"words": found["words"] or ""}


def report_form(report: OutcomeReport, *, strict: bool) -> type[ReportForm]:
    """The form of this report. Saving asks for nothing; sending (`strict`) asks for what has to be answered."""
    asked, aims = questions(report), targets(report)
    cohorts = list(Cohort.objects.filter(valid_to=None)) if any(q.key == "cohorts" for q in asked) else []
    fields: dict[str, Any] = {}
    for question in asked:
        fields |= _fields(question, aims, cohorts, strict=strict and question.required)  # type: ignore[attr-defined]
    return type("ThisReportForm", (ReportForm,), {"questions": asked, "targets": aims, "cohorts": cohorts, **fields})


def _fields(question: Question, aims: list[AwardTarget], cohorts: list[Cohort], *, strict: bool) -> dict[str, Any]:
    if question.key == "people":
        return {"people": _count(question.text, question.help, required=strict)}
    if question.key == "cohorts":
        return {f"cohort-{one.pk}": _count(one.plain, "", required=False) for one in cohorts}
    if question.key == "targets":
        return {name: field for aim in aims for name, field in _target_fields(aim, strict=strict).items()}
    if question.key == "photo":
        return {
            "photo": FileField(label=question.text, help_text=question.help, allowed=PICTURES, required=False),
            "may_publish": forms.BooleanField(
                label="You may show this photo and our words to the public", required=False
            ),
        }
    return {question.key: _plain(question, strict=strict)}


def _plain(question: Question, *, strict: bool) -> forms.Field:
    common: dict[str, Any] = {"label": question.text, "help_text": question.help, "required": strict}
    kinds = Question.Kind
    if question.kind == kinds.LONG:
        return WordsField(max_words=question.words, **common)  # type: ignore[attr-defined]
    if question.kind == kinds.NUMBER:
        return _count(question.text, question.help, required=strict)
    if question.kind == kinds.YES_NO:
        return YesNoField(**common)
    if question.kind == kinds.CHOICE:
        return forms.ChoiceField(choices=question.choices, widget=forms.RadioSelect, **common)
    return forms.CharField(max_length=200, **common)


def _count(label: str, help_text: str, *, required: bool) -> forms.IntegerField:
    widget = forms.TextInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(
        label=label, help_text=help_text, required=required, min_value=0, max_value=1_000_000, widget=widget
    )


def _target_fields(aim: AwardTarget, *, strict: bool) -> dict[str, forms.Field]:
    planned = (
        ""
        if aim.value is None
        else f"You planned {aim.value.normalize():f}. Give the number you reached, even if it is 0."
    )
    number = forms.DecimalField(
        label=str(aim.own_words or aim.indicator), help_text=planned or "A number, if there is one",
        max_digits=12, decimal_places=2, min_value=Decimal(0), required=strict and aim.value is not None,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    fields: dict[str, forms.Field] = {f"target-{aim.pk}-value": number}
    if aim.indicator is not None and aim.indicator.needs_baseline:
        fields[f"target-{aim.pk}-baseline"] = forms.DecimalField(
            label="What was it before you started?", max_digits=12, decimal_places=2, required=False,
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        )  # fmt: skip
        fields[f"target-{aim.pk}-respondents"] = _count("How many people did you ask?", "", required=False)
    words = "Tell us how it went" if aim.value is None else "Anything to add about this"
    fields[f"target-{aim.pk}-words"] = WordsField(
        label=words, required=strict and aim.value is None, max_words=60, widget=forms.Textarea(attrs={"rows": 2})
    )
    return fields


def starting_values(report: OutcomeReport) -> dict[str, Any]:
    """What was written so far, for the form to show."""
    values: dict[str, Any] = {**report.answers, "people": report.people_reached, "may_publish": report.may_publish}
    for result in report.results.all():
        for name in ("value", "words", "baseline", "respondents"):
            shown = getattr(result, name)
            values[f"target-{result.target_id}-{name}"] = (
                f"{shown.normalize():f}" if isinstance(shown, Decimal) else shown
            )
    return values | {f"cohort-{one.cohort_id}": one.people for one in report.cohorts_reached.all()}


class MapForm(Form):
    """What a target in a group's own words is counted by."""

    indicator = forms.ModelChoiceField(
        Indicator.objects.filter(active=True),
        label="Which indicator counts it",
        empty_label="Choose one",
        help_text="The group’s own words stay. A figure we accepted already counts for this indicator from now on.",
    )
