"""What we do when somebody has signed in or out, or has set up a second factor."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed, user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from communities.core.clock import now
from communities.core.events import describe, record_event
from communities.people import operations
from communities.people.models import User

describe("user.sign_in", "Signed in")
describe("user.sign_out", "Signed out")
describe("user.factor_added", "Second factor set up")
describe("user.factor_removed", "Second factor removed")
describe("person.correct", "Details corrected")
describe("person.link", "Account tied to the person")
describe("person.declare_household", "Household noted")


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    """The first sign-in makes the account's person; each one is kept."""
    at = now()
    operations.greet(user, at=at)
    records = request.session.get("account_authentication_methods", [])
    operations.note_sign_in(user, at=at, methods=[record["method"] for record in records])


@receiver(email_changed)
def address_changed(user: User, to_email_address: EmailAddress, **_: Any) -> None:
    """Mail about the group's bids goes to the new address as well."""
    operations.follow_address(user, email=to_email_address.email, at=now())


@receiver(user_logged_out)
def signed_out(user: User | None, **_: Any) -> None:
    """Kept as well, so that a session's length can be told."""
    if user is not None:
        operations.note_sign_out(user, at=now())


@receiver(authenticator_added)
def factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Whoever just proved the new app or key is not asked for it again at once."""
    record_authentication(request, user, method="mfa", type=authenticator.type, reauthenticated=True)
    record_event("user.factor_added", user, by=user, detail={"type": authenticator.type})


@receiver(authenticator_removed)
def factor_removed(user: User, authenticator: Authenticator, **_: Any) -> None:
    """A factor that goes away is worth knowing."""
    record_event("user.factor_removed", user, by=user, detail={"type": authenticator.type})
