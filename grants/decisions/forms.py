"""What is filled in at a meeting, in the office about a decision, and by a group that is asked about a smaller sum."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from communities.core.dates import LocalDeadlineField
from communities.core.forms import Form, YesNoField
from communities.core.money import MoneyFormField, pounds
from grants.applications.models import Application, BidLine
from grants.assessment.forms import KINDS
from grants.assessment.models import Interest
from grants.decisions.models import Decision, Motion, Vote
from grants.rounds.models import Seat

CONDITIONS_HELP = "One on each line, each so that anybody can see whether it was met."


def split_lines(text: str) -> list[str]:
    """Each line that says something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


class AttendanceForm(Form):
    """Who is in the room now."""

    present = forms.MultipleChoiceField(
        label="Who is in the room?", widget=forms.CheckboxSelectMultiple, required=False, choices=()
    )

    def __init__(self, *args: Any, seats: Sequence[Seat], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seats = {str(seat.pk): seat for seat in seats}
        field = self.fields["present"]
        field.choices = [(key, f"{s.person} ({s.get_role_display().lower()})") for key, s in self.seats.items()]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[Seat]:
        """The seats that were ticked."""
        return [self.seats[key] for key in self.cleaned_data["present"]]


class MotionForm(Form):
    """What is proposed to the panel about one bid."""

    kind = forms.ChoiceField(label="What is proposed?", choices=Motion.Kind.choices, widget=forms.RadioSelect)
    amount = MoneyFormField(
        label="How much, where it is a part?", required=False, help_text="In full is always the sum asked for."
    )
    conditions = forms.CharField(
        label="Conditions", required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text=CONDITIONS_HELP
    )
    reasons = forms.CharField(
        label="Reasons",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The group reads them. Needed unless it is funded.",
    )
    override = forms.CharField(
        label="Why fund it although it scored below the line?", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    messages: ClassVar[Mapping[str, str]] = {"kind": "Select what is proposed"}

    def __init__(self, *args: Any, bid: Application, below: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bid = bid
        if below:
            self.fields["override"].help_text = "; ".join(below)
        else:
            del self.fields["override"]

    def clean(self) -> dict[str, Any]:
        """What each kind of motion needs besides."""
        given: dict[str, Any] = super().clean() or {}
        kind, amount = given.get("kind"), given.get("amount")
        if (
            kind == Motion.Kind.PART
            and "amount" not in self.errors
            and not (amount and 0 < amount < self.bid.requested)
        ):
            self.add_error("amount", f"Enter a sum of more than £0 and less than {pounds(self.bid.requested)}")
        if kind in (Motion.Kind.DECLINE, Motion.Kind.RESERVE, Motion.Kind.DEFER) and not given.get("reasons"):
            self.add_error("reasons", "Enter the reasons")
        if kind in (Motion.Kind.FULL, Motion.Kind.PART) and "override" in self.fields and not given.get("override"):
            self.add_error("override", "Say why the panel would fund it all the same")
        given["conditions"] = split_lines(given.get("conditions", ""))
        return given


class VotesForm(Form):
    """The votes of the members in the room, as the clerk counts hands."""

    def __init__(self, *args: Any, seats: Sequence[Seat], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seats = list(seats)
        for seat in self.seats:
            self.fields[f"vote_{seat.pk}"] = forms.ChoiceField(
                label=str(seat.person), choices=Vote.Choice.choices, widget=forms.RadioSelect, required=False
            )

    def clean(self) -> dict[str, Any]:
        """At least one hand."""
        given: dict[str, Any] = super().clean() or {}
        if self.seats and not self.errors and not any(given.values()):
            self.add_error(f"vote_{self.seats[0].pk}", "Select at least one vote")
        return given

    @property
    def cast(self) -> dict[Seat, str]:
        """The votes that were noted."""
        given = self.cleaned_data
        return {seat: given[f"vote_{seat.pk}"] for seat in self.seats if given.get(f"vote_{seat.pk}")}


class NoteInterestForm(Form):
    """What a member in the room says about their tie, noted by the clerk."""

    seat = forms.ChoiceField(label="Who says so?", widget=forms.RadioSelect)
    kind = forms.ChoiceField(label="What ties them to the group?", choices=KINDS, widget=forms.RadioSelect)
    detail = forms.CharField(label="Anything to add", required=False, max_length=250)

    def __init__(self, *args: Any, seats: Sequence[Seat], **kwargs: Any) -> None:
        super().__init__(*args, auto_id="id_note_%s", **kwargs)  # its page has another question called kind
        self.seats = {str(seat.pk): seat for seat in seats if seat.person.user_id}
        self.fields["seat"].choices = [(key, str(seat.person)) for key, seat in self.seats.items()]  # type: ignore[attr-defined]


class MinuteForm(Form):
    """How the meeting went, for the record."""

    minute = forms.CharField(
        label="Minute",
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text="What was decided is filled in. Add who sent apologies and what was noted.",
    )
    messages: ClassVar[Mapping[str, str]] = {"minute": "Enter the minute"}


class SmallerForm(Form):
    """Whether less than the least would still work."""

    agrees = YesNoField(label="Would it still work?")
    note = forms.CharField(
        label="Anything you want to tell us", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    messages: ClassVar[Mapping[str, str]] = {"agrees": "Select yes if it would still work"}


# -- in the office -------------------------------------------------------------------------------------------------


class PlanForm(Form):
    """When and where the panel meets."""

    held_at = LocalDeadlineField(
        label="When", help_text="Date and time on the clock in Britain, like 20/11/2026 and 18:00"
    )
    venue = forms.CharField(label="Where", required=False, max_length=120)


class WordsForm(Form):
    """What the group will read."""

    reasons = forms.CharField(
        label="Reasons, as the group will read them", required=False, widget=forms.Textarea(attrs={"rows": 8})
    )
    conditions = forms.CharField(
        label="Conditions", required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text=CONDITIONS_HELP
    )

    def clean_conditions(self) -> list[str]:
        """One on each line."""
        return split_lines(self.cleaned_data["conditions"])


class LinesForm(Form):
    """What a smaller sum is for, line by line."""

    def __init__(self, *args: Any, decision: Decision, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decision = decision
        self.lines = list(decision.lines.all())
        for line in self.lines:
            self.fields[f"line_{line.pk}"] = MoneyFormField(
                label=line.item,
                initial=line.amount,
                help_text=f"{line.get_category_display()}, asked for {pounds(line.asked)}",
                max_value=line.asked,
            )

    def clean(self) -> dict[str, Any]:
        """The lines add up to the sum."""
        given = super().clean() or {}
        amounts: dict[int, Decimal] = {
            each.pk: given[f"line_{each.pk}"] for each in self.lines if f"line_{each.pk}" in given
        }
        total = sum(amounts.values(), Decimal(0))
        if not self.errors and self.decision.amount is not None and total != self.decision.amount:
            first = f"line_{self.lines[0].pk}"
            self.add_error(first, f"The lines come to {pounds(total)}, but the sum is {pounds(self.decision.amount)}")
        return {"amounts": amounts}


class RankForm(Form):
    """The place on the reserve list."""

    rank = forms.IntegerField(label="Place on the reserve list", min_value=1, max_value=500)


class AnswerForm(SmallerForm):
    """The group's answer, as told to an officer."""

    agrees = YesNoField(label="Did the group say that it would still work?")
    note = forms.CharField(label="How did they tell us?", max_length=500)


class ReplaceForm(Form):
    """What happens with a bid on the reserve list."""

    outcome = forms.ChoiceField(
        label="What do you propose?",
        choices=[(Decision.Outcome.FUND, "Fund it now"), (Decision.Outcome.DECLINE, "End its waiting")],
        widget=forms.RadioSelect,
    )
    amount = MoneyFormField(label="How much?", required=False, help_text="Leave empty for the sum asked for.")
    reasons = forms.CharField(
        label="Reasons, as the group will read them",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Needed when its waiting ends.",
    )
    messages: ClassVar[Mapping[str, str]] = {"outcome": "Select what you propose"}


class TellForm(Form):
    """When the groups of a round are told."""

    not_before = LocalDeadlineField(
        label="Not before",
        required=False,
        help_text="Leave empty to tell them now. Date and time on the clock in Britain, like 04/12/2026 and 09:00",
    )


class ProposeForm(Form):
    """What an officer proposes for a small grant, and what ties the officer to the group."""

    kind = forms.ChoiceField(label="What ties you to this group?", choices=KINDS, widget=forms.RadioSelect)
    outcome = forms.ChoiceField(
        label="What do you propose?",
        choices=[(Decision.Outcome.FUND, "Fund it"), (Decision.Outcome.DECLINE, "Do not fund it")],
        widget=forms.RadioSelect,
        required=False,
    )
    reasons = forms.CharField(
        label="Reasons, as the group will read them",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One honest reason is enough. Needed when it is not funded.",
    )
    conditions = forms.CharField(
        label="Conditions", required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text=CONDITIONS_HELP
    )
    messages: ClassVar[Mapping[str, str]] = {"kind": "Select what ties you to this group"}

    def __init__(self, *args: Any, lines: Sequence[BidLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        for line in self.lines:
            self.fields[f"line_{line.pk}"] = MoneyFormField(
                label=line.item, initial=line.amount, max_value=line.amount, required=False,
                help_text=f"{line.get_category_display()}, asked for {pounds(line.amount)}",
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """With a tie nothing else is asked; without one, a no has reasons and a yes has a sum."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("kind") in Interest.OUT:
            return given
        if not given.get("outcome"):
            self.add_error("outcome", "Select what you propose")
        if given.get("outcome") == Decision.Outcome.DECLINE and not given.get("reasons"):
            self.add_error("reasons", "Enter the reasons")
        if given.get("outcome") == Decision.Outcome.FUND and self.lines and not self.errors and not self.amount:
            self.add_error(f"line_{self.lines[0].pk}", "Enter how much each line gets")
        return given

    @property
    def amounts(self) -> dict[int, Decimal]:
        """What each line gets."""
        return {line.pk: self.cleaned_data.get(f"line_{line.pk}") or Decimal(0) for line in self.lines}

    @property
    def amount(self) -> Decimal:
        """What the lines come to."""
        return sum(self.amounts.values(), Decimal(0))

    @property
    def proposal(self) -> dict[str, Any]:
        """What the operation is given."""
        given, funded = self.cleaned_data, self.cleaned_data["outcome"] == Decision.Outcome.FUND
        smaller = {} if self.amount == sum((line.amount for line in self.lines), Decimal(0)) else self.amounts
        return {
            "outcome": given["outcome"],
            "amount": self.amount if funded else None,
            "lines": smaller if funded else {},
            "reasons": given["reasons"],
            "conditions": split_lines(given["conditions"]),
        }


class ConfirmTieForm(Form):
    """What ties the second officer to the group of a small grant; nothing where that is known or the panel decided."""

    kind = forms.ChoiceField(label="What ties you to this group?", choices=KINDS, widget=forms.RadioSelect)
    messages: ClassVar[Mapping[str, str]] = {"kind": "Select what ties you to this group"}

    def __init__(self, *args: Any, asks: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks:
            del self.fields["kind"]
