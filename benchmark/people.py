"""Signing in without the sign-in pages: sessions made in the database, second factor included."""

import time

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from communities.people.models import User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def sign_in(user: User) -> str:
    """A session of this person; for the office with the second factor given just now."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods"] = [
        {"method": "code", "at": time.time(), "email": user.email},
        {"method": "mfa", "at": time.time(), "type": "totp"},
    ]
    session.create()
    return str(session.session_key)


def staff(name: str) -> User:
    """One of the council's people or of the panel, by first name."""
    return User.objects.get(email=f"{name}@demo.invalid")
