"""The eligibility quiz, made from the round's own questions, and the forms that set a round up."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms

from communities.core.dates import LocalDeadlineField
from communities.core.forms import DateField, Form, YesNoField
from communities.core.permissions import Actor
from communities.framework.models import Cohort, Goal
from communities.people.models import Person, User
from communities.places.models import PriorityPlace
from grants.funds.models import Budget
from grants.rounds.models import Question, Round, RoundStaff, Seat, Terms
from grants.rounds.queries import questions_for


class QuizForm(Form):
    """The round's quiz questions, each yes or no; a postcode where the quiz asks for one. Nothing is kept."""

    questions: ClassVar[list[Question]]


def quiz_form(round_: Round) -> type[QuizForm]:
    """The form of this round's quiz."""
    questions = list(questions_for(round_.terms, Question.Stage.QUIZ))
    fields = {question.key: _field(question) for question in questions}
    return type("RoundQuizForm", (QuizForm,), {"questions": questions, **fields})


def _field(question: Question) -> forms.Field:
    if question.kind == Question.Kind.YES_NO:
        return YesNoField(label=question.text, help_text=question.help)
    return forms.CharField(label=question.text, help_text=question.help, required=False, max_length=10)


@dataclass(frozen=True)
class Verdict:
    """What the quiz says: likely, talk to us, or not eligible, and why."""

    code: str
    reasons: list[Question]


def verdict(form: QuizForm) -> Verdict:
    """Weigh the answers: one clear no outweighs a doubt."""
    refused = [question for question in form.questions if form.cleaned_data.get(question.key) is False]
    blocking = [question for question in refused if question.no_means == "not"]
    return Verdict("not" if blocking else "talk" if refused else "likely", blocking or refused)


class RoundForm(Form):
    """The facts of a round, for the officer who drafts it."""

    title = forms.CharField(label="Title", max_length=120, help_text="Like Autumn 2026")
    purpose = forms.CharField(label="What is this round for?", widget=forms.Textarea, help_text="In plain words")
    budget = forms.ModelChoiceField(Budget.objects.none(), label="Budget", empty_label="Choose a budget")
    opens_at = LocalDeadlineField(label="Opens", help_text="UK time, like 07/09/2026 and 09:00")
    closes_at = LocalDeadlineField(label="Closes", help_text="UK time, like 16/10/2026 and 12:00")
    decision_due_on = DateField(label="When everybody is told")
    starts_from = DateField(label="Earliest start of an activity")
    ends_by = DateField(label="Latest end of an activity")
    offer_days = forms.IntegerField(label="Days to accept an offer", min_value=7, max_value=120, initial=28)
    places = forms.ModelMultipleChoiceField(
        PriorityPlace.objects.all(), label="Priority places", widget=forms.CheckboxSelectMultiple
    )
    cohorts = forms.ModelMultipleChoiceField(
        Cohort.objects.filter(valid_to=None), label="Priority groups of people", widget=forms.CheckboxSelectMultiple
    )
    goals = forms.ModelMultipleChoiceField(
        Goal.objects.all(), label="Goals", widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        budgets = self.fields["budget"]
        budgets.queryset = Budget.objects.visible_to(user)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Dates in order, each told at its own field."""
        data = super().clean() or self.cleaned_data
        for early, late, sentence in (
            ("opens_at", "closes_at", "The round must close after it opens"),
            ("starts_from", "ends_by", "The latest end must be after the earliest start"),
        ):
            if data.get(early) and data.get(late) and data[early] >= data[late]:
                self.add_error(late, sentence)
        if data.get("budget"):
            data["fund"] = data["budget"].fund
        return data


class NewRoundForm(RoundForm):
    """A new round starts from terms that were used or written before."""

    terms_from = forms.ModelChoiceField(
        Terms.objects.all(), label="Questions, checks and scoring to start from", empty_label="Choose terms"
    )


class NoticeForm(Form):
    """A dated correction to a published round."""

    text = forms.CharField(label="What do people need to know?", widget=forms.Textarea)


class StaffForm(Form):
    """Who carries a part of the round."""

    user = forms.ModelChoiceField(User.objects.filter(is_staff=True, is_active=True), label="Who")
    duty = forms.ChoiceField(choices=RoundStaff.Duty.choices, label="What they do", widget=forms.RadioSelect)


class PanelForm(Form):
    """The panel of a round."""

    name = forms.CharField(label="Name of the panel", max_length=80)
    quorum = forms.IntegerField(label="How many must take part in a vote", min_value=2, max_value=15, initial=3)


class SeatForm(Form):
    """A seat on the panel."""

    person = forms.ModelChoiceField(Person.objects.filter(user__is_active=True), label="Who")
    role = forms.ChoiceField(choices=Seat.Role.choices, label="Seat", widget=forms.RadioSelect)
