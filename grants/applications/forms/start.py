"""Beginning a bid: a name, two people, a place and a rough amount. And taking one back."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from communities.core.forms import Form
from communities.core.money import MoneyFormField, pounds
from communities.groups.models import Group
from communities.places.models import PriorityPlace
from grants.rounds.models import Round
from grants.rounds.queries import open_tiers

NEW = "new"


class StartForm(Form):
    """Which group bids, and for about how much. A group that is new here needs a name, two people and a place."""

    group = forms.ChoiceField(label="Which group is this bid for?", widget=forms.RadioSelect)
    name = forms.CharField(label="What is your group called?", max_length=120, required=False)
    place = forms.ModelChoiceField(
        PriorityPlace.objects.filter(archived_on=None),
        label="Where is your group?",
        empty_label="Somewhere else in the county",
        required=False,
    )
    your_name = forms.CharField(label="Your own full name", max_length=120, required=False)
    second_name = forms.CharField(label="The full name of a second person in the group", max_length=120, required=False)
    second_email = forms.EmailField(
        label="Their e-mail address",
        help_text="If they have one. We tell them that you named them, and they can help with the bid.",
        required=False,
    )
    second_phone = forms.CharField(label="Their phone number", max_length=30, required=False)
    amount = MoneyFormField(label="About how much will you ask for?")
    messages: ClassVar[dict[str, str]] = {"group": "Choose a group", "amount": "Enter about how much you will ask for"}

    def __init__(self, *args: Any, round: Round, groups: Sequence[Group], your_name: str, **kwargs: Any) -> None:  # noqa: A002
        super().__init__(*args, **kwargs)
        self.groups = {str(group.public_id): group for group in groups}
        tiers = open_tiers(round.terms)
        self.least, self.most = (tiers[0].minimum, tiers[-1].maximum) if tiers else (Decimal(0), Decimal(0))
        amount: Any = self.fields["amount"]
        amount.prefix, amount.width = "£", 10
        amount.help_text = (
            f"From {pounds(self.least)} to {pounds(self.most)}. A guess is enough: it decides which questions we ask, "
            "and you can change it."
        )
        choice: Any = self.fields["group"]
        choice.choices = [*((key, group.name) for key, group in self.groups.items()), (NEW, "A group that is new here")]
        self.initial.setdefault("your_name", your_name)
        if not groups:
            del self.fields["group"]

    def clean(self) -> dict[str, Any]:
        """A new group needs its name, a second person, and who is asking."""
        cleaned = super().clean() or {}
        amount = cleaned.get("amount")
        if amount is not None and not self.least <= amount <= self.most:
            self.add_error("amount", f"The amount must be between {pounds(self.least)} and {pounds(self.most)}")
        if self.chosen is None and ("group" not in self.fields or cleaned.get("group") == NEW):
            wanted = {
                "name": "Enter the name of your group",
                "your_name": "Enter your own full name",
                "second_name": "Enter the name of a second person",
            }
            for name, sentence in wanted.items():
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return cleaned

    @property
    def chosen(self) -> Group | None:
        """The group that was chosen, where it was one of the person's own."""
        return self.groups.get(self.cleaned_data.get("group", ""))

    @property
    def second(self) -> dict[str, str]:
        """The second person."""
        return {name: self.cleaned_data.get(f"second_{name}") or "" for name in ("email", "phone")} | {
            "full_name": self.cleaned_data["second_name"]
        }


class WithdrawForm(Form):
    """Why a bid is taken back, if somebody wants to say."""

    reason = forms.CharField(
        label="Why are you withdrawing it?",
        help_text="You can leave this empty. The people in your group and the council read it.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        required=False,
    )
