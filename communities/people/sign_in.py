"""How people get in: mail through the outbox, browsers we have seen before, the second factor of the office."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import Context, Engine
from django.urls import reverse
from django.utils.http import urlencode

from communities.core.models import Message
from communities.people.models import User
from communities.people.queries import DEMONSTRATION_DOMAIN

SEEN_HERE = "seen_here"  # the cookie of a browser that signed in before
SEEN_FOR = 60 * 60 * 24 * 180
PATHS_WITHOUT_SECOND_FACTOR = ("/static/", "/healthz", "/help/", "/sign-in/2fa/", "/sign-in/again/", "/sign-in/out/")

signer = TimestampSigner(salt="communities.people.seen_here")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """What we do differently from allauth: nobody waits for the mail server, and codes open accounts."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": f"Too many tries for now. Wait five minutes, or ring us on {settings.HELP_PHONE}.",
        "incorrect_code": "This code is not right. Check the newest email from us, or ask for another code.",
        "email_password_mismatch": "The email address or the password is not right.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """There is nothing to sign up for: a code sent to an address opens its account."""
        return False

    def send_mail(self, template_prefix: str, email: str, context_data: dict[str, Any]) -> None:
        """Put a sign-in mail into the outbox. No account is named on it, so that nobody reads it on a page."""
        words = {"email": email, "site": settings.SITE_URL, "council": settings.COUNCIL, **context_data}
        Message.objects.create(
            template=template_prefix,
            object_pk=uuid.uuid4().hex,  # two codes are two mails
            recipient=email.lower(),
            subject=" ".join(worded(f"{template_prefix}_subject.txt", words).split()),
            body=worded(f"{template_prefix}_message.txt", words).strip() + "\n",
        )

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Let this browser ask for codes of this address even while a stranger spends the address's limit."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        response.set_cookie(
            SEEN_HERE,
            signer.sign(mark(user.email)),
            max_age=SEEN_FOR,
            httponly=True,
            secure=not settings.IS_LOCAL,
            samesite="Lax",
        )
        return response


def worded(template: str, words: dict[str, Any]) -> str:
    """The plain text of a mail."""
    return Engine.get_default().get_template(template).render(Context(words, autoescape=False))


def mark(email: str) -> str:
    """An address as the cookie keeps it: not readable by the next person at the keyboard."""
    return hashlib.sha256(f"{settings.SECRET_KEY}{email.strip().lower()}".encode()).hexdigest()[:32]


def limit_key(email: str) -> str:
    """Which limit a request for a code counts towards: the browser's own, where this address was used before."""
    cookie = context.request.COOKIES.get(SEEN_HERE, "")
    try:
        known = signer.unsign(cookie, max_age=SEEN_FOR) == mark(email)
    except BadSignature:
        known = False
    return f"seen here {hashlib.sha256(cookie.encode()).hexdigest()}" if known else email


def second_factor(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Send people of the office to their second factor before anything else."""

    def ask(request: HttpRequest) -> HttpResponse:
        if settings.STAFF_SECOND_FACTOR and (missing := missing_factor(request)):
            return redirect(missing)
        return get_response(request)

    return ask


def missing_factor(request: HttpRequest) -> str:
    """Where somebody of the office must go first; nothing for everybody else."""
    user = request.user
    if not (user.is_authenticated and user.is_staff) or request.path.startswith(PATHS_WITHOUT_SECOND_FACTOR):
        return ""
    records = get_authentication_records(request, user)
    if any(record["method"] == "mfa" and counts(record) for record in records):
        return ""
    if not has_factor(user):
        return reverse("mfa_activate_totp")
    return f"{reverse('mfa_reauthenticate')}?{urlencode({'next': request.get_full_path()})}"


def counts(record: dict[str, Any]) -> bool:
    """A one-click sign-in stands for a second factor only while the demonstration is on."""
    return record.get("type") != "demonstration" or settings.DEMONSTRATION


def has_factor(user: Any) -> bool:
    """Whether somebody has set up an app or a security key."""
    types = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user=user, type__in=types).exists())


# --- One-click sign-in of the demonstration ---------------------------------------------------------------------------

HERE = {"127.0.0.1", "::1"}
FORWARDED = ("HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")


def demonstration_allowed(request: HttpRequest) -> bool:
    """Only on this very machine, asked by it, through no proxy, and while the switch is on."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    forwarded = any(name in request.META for name in FORWARDED) or any(
        name.startswith("HTTP_X_FORWARDED") for name in request.META
    )
    return bool(
        settings.DEMONSTRATION
        and settings.IS_LOCAL
        and request.META.get("REMOTE_ADDR") in HERE
        and host.strip("[]") in {*HERE, "localhost"}
        and not forwarded
    )


def is_of_the_cast(user: User) -> bool:
    """Made-up people only, and none with all keys."""
    return user.is_active and user.email.endswith(DEMONSTRATION_DOMAIN) and not user.is_superuser
