"""What people type to get in, and about themselves."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.core import context, ratelimit
from allauth.mfa.base import forms as factor
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms

from communities.core import forms as fund
from communities.people.operations import open_account
from communities.people.sign_in import limit_key


class Plain:
    """Gives allauth's forms our labels, hints and error messages. `words`: field -> label, or (label, hint)."""

    words: ClassVar[dict[str, tuple[str, str]]] = {}
    messages: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, forms.Field] = self.fields  # type: ignore[attr-defined]
        for name, (label, hint) in self.words.items():
            fields[name].label, fields[name].help_text = label, hint
        fund.speak_plainly(self, self.messages)  # type: ignore[arg-type]


EMAIL = ("Your email address", "")
CODE = ("Code from the email", "Eight letters and numbers. Capital letters, spaces and the dash do not matter.")
FIGURES = ("Code", "Six figures from the app.")


class RequestCodeForm(Plain, account.RequestLoginCodeForm):  # type: ignore[misc]
    """Asks for a code. A new address gets an account: known and unknown addresses cannot be told apart."""

    words: ClassVar = {"email": EMAIL}
    messages: ClassVar = {"email": "Enter your email address"}

    def clean_email(self) -> str:
        """Count the request towards a limit, then find or open the account."""
        email = str(self.cleaned_data["email"]).lower()
        if not ratelimit.consume(context.request, action="request_login_code", key=limit_key(email)):
            raise get_adapter().validation_error("too_many_login_attempts")
        user = open_account(email)
        self._user = user if user.is_active else None
        return email


class ConfirmCodeForm(Plain, account.ConfirmLoginCodeForm):  # type: ignore[misc]
    """Takes the code, however it was typed."""

    words: ClassVar = {"code": CODE}
    messages: ClassVar = {"code": "Enter the code from the email"}


class ConfirmAddressForm(Plain, account.ConfirmEmailVerificationCodeForm):  # type: ignore[misc]
    """Takes the code sent to a new address."""

    words: ClassVar = {"code": CODE}
    messages: ClassVar = {"code": "Enter the code from the email"}


class NewAddressForm(Plain, account.AddEmailForm):  # type: ignore[misc]
    """A new address to sign in with."""

    words: ClassVar = {"email": ("Your new email address", "")}
    messages: ClassVar = {"email": "Enter your new email address"}


class PasswordForm(Plain, account.LoginForm):  # type: ignore[misc]
    """For people who set a password for themselves."""

    words: ClassVar = {"login": EMAIL, "password": ("Your password", "")}
    messages: ClassVar = {"login": "Enter your email address", "password": "Enter your password"}


class SetPasswordForm(Plain, account.SetPasswordForm):  # type: ignore[misc]
    """A first password."""

    words: ClassVar = {"password1": ("Password", ""), "password2": ("The same password again", "")}


class ChangePasswordForm(Plain, account.ChangePasswordForm):  # type: ignore[misc]
    """Another password."""

    words: ClassVar = {
        "oldpassword": ("The password you have now", ""),
        "password1": ("New password", ""),
        "password2": ("The new password again", ""),
    }


class AskPasswordForm(Plain, account.ReauthenticateForm):  # type: ignore[misc]
    """The password once more."""

    words: ClassVar = {"password": ("Your password", "")}


class FactorForm(Plain, factor.AuthenticateForm):  # type: ignore[misc]
    """The second proof at sign-in."""

    words: ClassVar = {"code": ("Code", "Six figures from the app, or a recovery code.")}


class AskFactorForm(Plain, factor.ReauthenticateForm):  # type: ignore[misc]
    """The second proof once more."""

    words: ClassVar = {"code": ("Code", "Six figures from the app, or a recovery code.")}


class SetUpAppForm(Plain, ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new app."""

    words: ClassVar = {"code": FIGURES}


class AddKeyForm(Plain, AddWebAuthnForm):  # type: ignore[misc]
    """A new security key."""

    words: ClassVar = {"name": ("Name of the key", "So that you can tell your keys apart.")}


class RenameKeyForm(Plain, EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a security key."""

    words: ClassVar = {"name": ("Name of the key", "")}


class DetailsForm(fund.Form):
    """How the council addresses somebody."""

    full_name = forms.CharField(
        label="Your full name",
        max_length=120,
        error_messages={"required": "Enter your full name"},
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
    )
    phone = forms.CharField(
        label="Your phone number",
        max_length=30,
        required=False,
        help_text="Only for questions about your group's bids.",
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )


class PersonForm(fund.Form):
    """Somebody's details, as an officer corrects them."""

    full_name = forms.CharField(label="Full name", max_length=120)
    email = forms.EmailField(label="Email address", required=False, help_text="May be shared with somebody, or empty.")
    phone = forms.CharField(label="Phone number", max_length=30, required=False)
