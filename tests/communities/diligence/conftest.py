"""A group that is checked, and a browser."""

import pytest

from communities.core.clock import moved
from tests.cast import account
from tests.factories.checks import LATER, CheckTypeFactory
from tests.factories.groups import make_group


@pytest.fixture(autouse=True)
def clock():
    with moved(LATER):
        yield


@pytest.fixture
def group(asha, ben):
    return make_group(asha, ben)


@pytest.fixture
def identity(db):
    return CheckTypeFactory(code="identity", valid_months=12)


@pytest.fixture
def una(db):
    """The auditor."""
    return account("Una Byrne", "auditor")


@pytest.fixture
def as_(client, settings):
    settings.STAFF_SECOND_FACTOR = False

    def sign_in(user):
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in
