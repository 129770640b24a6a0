"""What officers and groups fill in while a bid is checked."""

from collections.abc import Iterable
from typing import Any

from django import forms

from communities.core.clock import today
from communities.core.dates import add_working_days
from communities.core.forms import Form, Layout, Question
from communities.people.models import User
from communities.places.models import PriorityPlace
from grants.applications.models import Application
from grants.checks.models import BidCheck, Flag
from grants.checks.operations.judging import Judged
from grants.checks.operations.requests import LEAST_DAYS

MOST_DAYS = 30
JUDGEMENT = BidCheck.Judgement


class AskForm(Form):
    """What the group is asked, which sections open, and how long it has."""

    message = forms.CharField(label="What do you need from the group?", widget=forms.Textarea, max_length=2000)
    sections = forms.MultipleChoiceField(
        label="Which parts of the bid may they change?",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Leave all empty if a written reply is enough.",
    )
    days = forms.IntegerField(
        label="How many working days do they have?",
        min_value=LEAST_DAYS,
        max_value=MOST_DAYS,
        initial=LEAST_DAYS + 5,
        help_text=f"At least {LEAST_DAYS}. Bank holidays are not counted.",
    )
    messages = {"message": "Enter what you need from the group", "days": "Enter the number of working days"}

    def __init__(self, *args: Any, sections: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sections"].choices = list(sections)  # type: ignore[attr-defined]
        self.fields["days"].width = 2  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The days as a date."""
        cleaned: dict[str, Any] = super().clean() or {}
        if days := cleaned.pop("days", None):
            cleaned["due_on"] = add_working_days(today(), days)
        return cleaned


class JudgeForm(Form):
    """All checks of a bid on one page: what the system found is the hint, a person chooses."""

    def __init__(self, *args: Any, checks: Iterable[BidCheck], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.checks = list(checks)
        for check in self.checks:
            self.fields[f"judgement_{check.pk}"] = forms.ChoiceField(
                label=f"{check.name}{'' if check.is_required else ' (if it applies)'}",
                choices=BidCheck.Judgement.choices,
                widget=forms.RadioSelect,
                required=False,
                initial=check.judgement,
                help_text=f"{check.get_finding_display()}: {check.finding_note}",
            )
            self.fields[f"note_{check.pk}"] = forms.CharField(
                label=f"Note: {check.name}", required=False, initial=check.judgement_note, max_length=1000
            )

    @property
    def helper(self) -> Any:
        """Each check with its note right below."""
        helper = super().helper
        helper.layout = Layout(*(line for check in self.checks for line in _lines(check)))
        return helper

    def clean(self) -> dict[str, Any]:
        """What was judged or judged anew; the others stay open."""
        cleaned = super().clean() or {}
        judged = [
            Judged(check, cleaned.get(f"judgement_{check.pk}", ""), cleaned.get(f"note_{check.pk}", ""))
            for check in self.checks
        ]
        for each in judged:
            self._note_where_needed(each)
        return {"judged": [each for each in judged if each.judgement and _is_new(each)]}

    def _note_where_needed(self, said: Judged) -> None:
        check = BidCheck(finding=said.check.finding, judgement=said.judgement)
        if said.judgement and not said.note.strip() and (check.is_contrary or said.judgement == JUDGEMENT.FAILED):
            words = (
                "Enter why it is not passed"
                if said.judgement == JUDGEMENT.FAILED
                else "Enter why you see it differently"
            )
            self.add_error(f"note_{said.check.pk}", words)


def _lines(check: BidCheck) -> tuple[Question, Question]:
    return (
        Question(f"judgement_{check.pk}", inline=True, optional=False, size="s", small=True),
        Question(f"note_{check.pk}", optional=False, size="plain"),
    )


def _is_new(said: Judged) -> bool:
    return (said.judgement, said.note.strip()) != (said.check.judgement, said.check.judgement_note)


class ProposeIneligibleForm(Form):
    """Why a bid is not eligible, in words the group can read."""

    check = forms.ModelChoiceField(
        label="Which check is not passed?", queryset=BidCheck.objects.none(), required=False, empty_label="None of them"
    )
    reason = forms.CharField(
        label="Why is it not eligible?", widget=forms.Textarea, help_text="The group reads this. Write it to them."
    )
    signpost = forms.CharField(
        label="Where else could they turn?",
        widget=forms.Textarea,
        required=False,
        help_text="Another fund, the volunteer centre, a later round",
    )
    messages = {"reason": "Enter why it is not eligible"}

    def __init__(self, *args: Any, bid: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["check"].queryset = bid.checks.all()  # type: ignore[attr-defined]


class AssignForm(Form):
    """Who has the bid from now on."""

    officer = forms.ModelChoiceField(
        label="Who takes this bid?",
        queryset=User.objects.none(),
        required=False,
        empty_label="Nobody yet",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, officers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].queryset = officers  # type: ignore[attr-defined]


class FlagForm(Form):
    """Something to look at."""

    reason = forms.CharField(label="What should somebody look at?", widget=forms.Textarea, max_length=1000)
    messages = {"reason": "Enter what should be looked at"}


class ResolveFlagForm(Form):
    """What came of a flag."""

    flag = forms.ModelChoiceField(label="Which flag?", queryset=Flag.objects.none(), widget=forms.RadioSelect)
    resolution = forms.CharField(label="What did you find out?", widget=forms.Textarea, max_length=1000)
    messages = {"flag": "Select a flag", "resolution": "Enter what you found out"}

    def __init__(self, *args: Any, bid: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["flag"].queryset = bid.flags.filter(resolved_at=None)  # type: ignore[attr-defined]
        self.fields["flag"].empty_label = None  # type: ignore[attr-defined]


class PlaceForm(Form):
    """Where a bid belongs, decided by a person."""

    verdict = forms.ChoiceField(
        label="Where does it belong?", choices=Application.PlaceVerdict.choices, widget=forms.RadioSelect
    )
    place = forms.ModelChoiceField(
        label="Which place?",
        queryset=PriorityPlace.objects.all(),
        required=False,
        empty_label="None of them",
        help_text="Only where it is in a priority place",
    )
    reason = forms.CharField(label="Why?", widget=forms.Textarea, max_length=1000, help_text="Kept with the case.")
    messages = {"verdict": "Select where it belongs", "reason": "Enter why"}

    def clean(self) -> dict[str, Any]:
        """A place goes with being in one."""
        cleaned: dict[str, Any] = super().clean() or {}
        within = cleaned.get("verdict") == Application.PlaceVerdict.IN
        if within and not cleaned.get("place"):
            self.add_error("place", "Select the place it is in")
        if not within and cleaned.get("place") and "verdict" in cleaned:
            self.add_error("place", "Select “None of them”, or say that it is in a priority place")
        return cleaned


class AnswerForm(Form):
    """The group's reply beside what it changed."""

    reply = forms.CharField(label="Your reply", widget=forms.Textarea, max_length=4000, required=False)

    def __init__(self, *args: Any, must_reply: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reply"].required = must_reply
        self.fields["reply"].help_text = "A few sentences are enough"
        self.fields["reply"].error_messages["required"] = "Enter your reply"
