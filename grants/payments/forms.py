"""What people type about bank details and payments."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from communities.core.clock import today
from communities.core.files import FileField
from communities.core.forms import DateField, Form
from communities.core.refusals import Refused
from grants.payments.models import Payment
from grants.payments.operations.accounts import clean_account_number, clean_sort_code
from grants.payments.queries import ready_for_batch

DIGITS = {"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}


class AccountForm(Form):
    """Bank details, as they stand on a card or a statement."""

    name_on_account = forms.CharField(
        label="Name on the account", max_length=120, help_text="As on the bank statement.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    sort_code = forms.CharField(
        label="Sort code", max_length=20, help_text="Must be 6 digits long", widget=forms.TextInput(attrs=DIGITS)
    )
    account_number = forms.CharField(
        label="Account number", max_length=20, help_text="Must be between 6 and 8 digits long",
        widget=forms.TextInput(attrs=DIGITS),
    )  # fmt: skip
    account_roll_number = forms.CharField(
        label="Building society roll number", required=False, max_length=20,
        help_text="You can find it on your card, statement or passbook",
    )  # fmt: skip
    messages: ClassVar[Mapping[str, str]] = {
        "name_on_account": "Enter the name on the account",
        "sort_code": "Enter a sort code",
        "account_number": "Enter an account number",
    }

    def clean_sort_code(self) -> str:
        """Spaces and dashes are welcome."""
        try:
            return clean_sort_code(self.cleaned_data["sort_code"])
        except Refused:
            raise ValidationError("Enter a valid sort code like 309430") from None

    def clean_account_number(self) -> str:
        """Six to eight digits; shorter ones are filled up."""
        try:
            return clean_account_number(self.cleaned_data["account_number"])
        except Refused:
            typed = re.sub(r"[\s\-]", "", self.cleaned_data["account_number"])
            wrong = "Account number must be between 6 and 8 digits" if typed.isdecimal() else None
            raise ValidationError(wrong or "Enter a valid account number like 00733445") from None

    def clean_account_roll_number(self) -> str:
        """Letters and numbers, with the marks that building societies use."""
        typed: str = self.cleaned_data["account_roll_number"].strip()
        if typed and not re.fullmatch(r"[A-Za-z0-9 ./\-]{1,18}", typed):
            raise ValidationError("Roll number must be between 1 and 18 letters and numbers")
        return typed


class StatementForm(Form):
    """What goes with bank details that were looked at once more."""

    statement = FileField(
        label="A bank statement from the last three months",
        required=False,
        allowed=("pdf", "jpg", "png"),
        help_text="A photo is enough. You can cover the sums; we need the name, the sort code and the number.",
    )


class VerifyForm(Form):
    """What a call confirmed."""

    call_number = forms.CharField(label="Which number did you ring?", max_length=30)
    spoke_to = forms.CharField(label="Whom did you speak to?", max_length=120)
    supplier_number = forms.CharField(
        label="Supplier number",
        max_length=20,
        required=False,
        help_text="If the finance system has one for this payee.",
    )
    note = forms.CharField(
        label="Note", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Where you found the number if we do not hold it; why another group uses the same account.",
    )  # fmt: skip


class RejectForm(Form):
    """Why bank details cannot be used."""

    reason = forms.CharField(
        label="Why can these details not be used?", max_length=200, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The group reads this.",
    )  # fmt: skip


class RevealForm(Form):
    """Why the full details are needed."""

    reason = forms.CharField(
        label="Why do you need to see them?", max_length=200, help_text="This is kept with your name and the time."
    )


class PaidForm(Form):
    """When the money arrived."""

    paid_on = DateField(label="On which day was it paid?")
    bank_reference = forms.CharField(label="Bank reference", max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"paid_on": today()} | dict(kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)


class FailedForm(Form):
    """What the bank wrote."""

    reason = forms.CharField(
        label="What did the bank write?", max_length=200, help_text="For instance: account closed. The group reads it."
    )


class BatchForm(Form):
    """Which payments go together."""

    payments = forms.ModelMultipleChoiceField(
        Payment.objects.none(), label="Which payments?", widget=forms.CheckboxSelectMultiple
    )
    messages: ClassVar[Mapping[str, str]] = {"payments": "Choose at least one payment"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["payments"]
        field.queryset = ready_for_batch()
        self.ready = list(field.queryset)
        # read once, for the list, its sum and the boxes; what is sent is still looked up among what is ready then
        field.choices = [(each.pk, _named(each)) for each in self.ready]


def _named(payment: Payment) -> str:
    award = payment.award
    return (
        f"£{payment.amount:,.2f} to {award.group} ({award.reference}/{payment.number}), due {payment.due_on:%-d %B %Y}"
    )
