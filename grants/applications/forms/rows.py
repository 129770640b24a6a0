"""The rows that people add: one cost, one target."""

from typing import Any, ClassVar

from django import forms

from communities.core.forms import Form, Lines, typed
from communities.core.money import MoneyFormField
from communities.framework.models import Indicator
from grants.applications.models import Application, BidLine, Category


class PayerField(forms.ChoiceField):
    """Who pays. Unchanged it says this grant, so that an empty row stays an empty row."""

    def __init__(self, **kwargs: Any) -> None:
        first, *others = BidLine.FundedBy.choices
        super().__init__(choices=[("", first[1]), *others], required=False, **kwargs)
        self.required = True  # the page does not call it optional

    def validate(self, value: str) -> None:
        """Nothing chosen is an answer."""
        if value and value not in BidLine.FundedBy.values:
            super().validate(value)

    def clean(self, value: Any) -> str:
        """The code of who pays."""
        return super().clean(value) or BidLine.FundedBy.GRANT

    def prepare_value(self, value: Any) -> Any:
        """This grant is the first of the list."""
        return "" if value == BidLine.FundedBy.GRANT else value


class CostForm(Form):
    """One cost."""

    item = forms.CharField(label="What is it?", max_length=120)
    category = forms.ChoiceField(label="What kind of cost is it?", choices=[("", "Choose one"), *Category.choices])
    amount = MoneyFormField(label="How much?", min_value=1)
    funded_by = PayerField(label="Who pays for it?")
    messages: ClassVar[dict[str, str]] = {
        "item": "Enter what it is",
        "category": "Choose what kind of cost it is",
        "amount": "Enter how much it costs",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        amount: Any = self.fields["amount"]
        amount.prefix, amount.width = "£", 10


class TargetForm(Form):
    """One thing that will be different."""

    own_words = forms.CharField(label="In your own words", max_length=250, required=False)
    indicator = forms.ChoiceField(label="Or pick from our list", required=False)
    value = forms.DecimalField(label="What number do you aim for?", max_digits=10, decimal_places=2, min_value=0)
    baseline = forms.DecimalField(
        label="What is the number now, if you know it?", max_digits=10, decimal_places=2, required=False
    )
    messages: ClassVar[dict[str, str]] = {"value": "Enter the number you aim for"}

    def __init__(self, *args: Any, indicators: list[tuple[str, str]], words: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["indicator"]
        choice.choices = indicators
        own: Any = self.fields["own_words"]
        own.help_text = f"{words} words or fewer" if words else ""
        for name in ("value", "baseline"):
            field: Any = self.fields[name]
            field.widget = forms.TextInput(attrs={"inputmode": "decimal"})
            field.width = 5
            field.error_messages["invalid"] = "Enter a number, like 40"


def indicator_choices(bid: Application) -> list[tuple[str, str]]:
    """What groups can count, from the catalogue: that of the bid's own goals first."""
    own = set(bid.goals.values_list("goal", flat=True))
    rows = Indicator.objects.filter(active=True).exclude(level=Indicator.Level.PLACE)
    found = sorted(rows, key=lambda each: (each.goal_id not in own, each.order))
    return [("", "Nothing from the list"), *((each.code, each.name) for each in found)]


def raw_rows(lines: Lines) -> list[dict[str, Any]]:
    """The rows as typed, unjudged, without empty ones."""
    rows = [{name: value or "" for name, value in typed(form).items()} for form in lines.forms]
    return [row for row in rows if any(row.values())]
