"""What a treasurer types about the spending."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from communities.core.files import FileField
from communities.core.forms import DateField, Form, YesNoField
from communities.core.money import MoneyFormField, pounds
from grants.awards.models import AwardLine
from grants.awards.queries import lines_of
from grants.spending.models import SpendingReturn


class ExpenditureForm(Form):
    """One thing that was bought."""

    line = forms.ModelChoiceField(
        AwardLine.objects.none(),
        label="Which line of the award does it belong to?",
        widget=forms.RadioSelect,
        empty_label=None,
    )
    description = forms.CharField(label="What did you buy?", max_length=200)
    supplier = forms.CharField(label="From whom?", max_length=120)
    spent_on = DateField(label="When did you pay?")
    amount = MoneyFormField(label="How much did it cost?", min_value=0)
    receipt = FileField(label="Receipt", required=False, allowed=("jpg", "png", "pdf"))
    no_receipt = forms.CharField(label="If you have no receipt, why?", max_length=200, required=False)
    messages: ClassVar[Mapping[str, str]] = {
        "line": "Choose the line of the award",
        "description": "Enter what you bought",
        "supplier": "Enter whom you paid",
        "spent_on": "Enter the day on which you paid",
        "amount": "Enter what it cost",
    }

    def __init__(self, *args: Any, spending: SpendingReturn, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = lines_of(spending.award)
        field: Any = self.fields["line"]
        field.queryset = AwardLine.objects.filter(pk__in=[each.pk for each in lines])
        field.label_from_instance = lambda line: f"{line.item} ({pounds(line.amount)})"
        tier = spending.award.application.tier
        if tier is not None:
            self.fields[
                "receipt"
            ].help_text = f"A photo is enough. We need one for {pounds(tier.receipts_from)} and more."

    def clean_amount(self) -> Any:
        """Nothing costs nothing."""
        amount = self.cleaned_data["amount"]
        if not amount:
            raise forms.ValidationError("The amount must be more than £0")
        return amount


class TotalForm(Form):
    """Micro awards: one total and a yes or no."""

    total = MoneyFormField(label="How much of the award did you spend?")
    as_planned = YesNoField(label="Did you spend it on what we agreed?")
    note = forms.CharField(
        label="If not, what was different?", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    messages: ClassVar[Mapping[str, str]] = {
        "total": "Enter how much you spent",
        "as_planned": "Say yes if you spent it on what we agreed",
    }


class SendForm(Form):
    """Sending the record, with a line to the officer."""

    note = forms.CharField(
        label="Anything we should know?", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class QueryForm(Form):
    """An officer's question."""

    question = forms.CharField(
        label="Your question", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The group reads it as you write it, and can change its record and send it again.",
    )  # fmt: skip
    messages: ClassVar[Mapping[str, str]] = {"question": "Write your question"}
