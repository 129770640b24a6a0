"""A case on which something has happened, and a browser."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from communities.core.clock import moved
from communities.core.events import record_event
from tests.cast import account

NOON = datetime(2026, 10, 20, 11, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with moved(NOON):
        yield


@pytest.fixture
def case(db):
    """The key of a case that has begun."""
    key = uuid4()
    record_event("application.start", case=key, at=NOON)
    return key


@pytest.fixture
def as_(client, settings):
    settings.STAFF_SECOND_FACTOR = False

    def sign_in(user):
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@pytest.fixture
def una(db):
    """The auditor."""
    return account("Una Byrne", "auditor")
