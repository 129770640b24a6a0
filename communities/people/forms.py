"""What people type to get in, and about themselves."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ConfirmLoginCodeForm, LoginForm, RequestLoginCodeForm
from allauth.core import context, ratelimit
from django import forms

from communities.core import forms as fund
from communities.people.operations import open_account
from communities.people.sign_in import limit_key


class EmailField(forms.EmailField):
    """One address; phones offer the right keys and the person's own address."""

    def __init__(self, label: str, **options: Any) -> None:
        widget = forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"})
        wrong = "Enter an email address in the correct format, like name@example.com"
        words = {"required": "Enter your email address", "invalid": wrong}
        super().__init__(label=label, widget=widget, error_messages=words, max_length=254, **options)


class RequestCodeForm(RequestLoginCodeForm):  # type: ignore[misc]
    """Asks for a code. A new address gets an account: known and unknown addresses cannot be told apart."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = EmailField("Your email address")

    def clean_email(self) -> str:
        """Count the request towards a limit, then find or open the account."""
        email = str(self.cleaned_data["email"]).lower()
        if not ratelimit.consume(context.request, action="request_login_code", key=limit_key(email)):
            raise get_adapter().validation_error("too_many_login_attempts")
        user = open_account(email)
        self._user = user if user.is_active else None
        return email


class ConfirmCodeForm(ConfirmLoginCodeForm):  # type: ignore[misc]
    """Takes the code, however it was typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.CharField(
            label="Code from the email",
            help_text="Eight letters and numbers. Capital letters, spaces and the dash do not matter.",
            error_messages={"required": "Enter the code from the email"},
            widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false", "size": "10"}),
        )


class PasswordForm(LoginForm):  # type: ignore[misc]
    """For people who set a password for themselves."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = EmailField("Your email address")
        password = self.fields["password"]
        password.label, password.help_text = "Your password", ""
        password.error_messages = {"required": "Enter your password"}


class DetailsForm(fund.Form):
    """How the council addresses somebody."""

    full_name = forms.CharField(
        label="Your full name",
        max_length=120,
        error_messages={"required": "Enter your full name"},
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
    )
    phone = forms.CharField(
        label="Your phone number (optional)",
        max_length=30,
        required=False,
        help_text="Only for questions about your group's bids.",
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
