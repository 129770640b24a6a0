"""A bid of Asha's group, written, sent, and on Carol's desk."""

import pytest

from communities.core.clock import moved
from tests.cast import account
from tests.factories.applications import ApplicationFactory, WholeRoundFactory, fill_in, framework
from tests.factories.checks import LATER, SENT, sent_bid
from tests.factories.groups import make_group


@pytest.fixture(autouse=True)
def clock():
    """A day after the round has closed."""
    with moved(LATER):
        yield


@pytest.fixture(scope="module", autouse=True)
def written(once):
    """The bid, written once for the tests of a module."""
    return once(write)


def write():
    asha, ben = account("Asha Patel"), account("Ben Carter")
    framework()
    round_ = WholeRoundFactory()
    group = make_group(asha, ben, kind="association")
    with moved(LATER):
        draft = fill_in(ApplicationFactory(round=round_, group=group, started_by=asha, title=""), asha)
    return {"round_": round_, "group": group, "draft": draft}


@pytest.fixture
def scene(db, written):
    return written()


@pytest.fixture
def round_(scene):
    return scene["round_"]


@pytest.fixture
def group(scene):
    return scene["group"]


@pytest.fixture
def draft(scene):
    return scene["draft"]


@pytest.fixture
def bid(draft, asha):
    """Sent by Asha."""
    return sent_bid(draft, asha, SENT)


@pytest.fixture
def case(bid, carol):
    """With Carol, who has begun to check it."""
    from grants.checks.operations.steps import begin_check

    begin_check(bid, by=carol, at=LATER)
    bid.refresh_from_db()
    return bid


@pytest.fixture
def as_(client, settings):
    """A browser signed in as somebody."""
    settings.STAFF_SECOND_FACTOR = False

    def sign_in(user):
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@pytest.fixture
def una(db):
    """The auditor, who reads and changes nothing."""
    return account("Una Byrne", "auditor")
