"""A panel of five with a bid before it; used by the rooms of assessment and decisions."""

import pytest

from tests.cast import account
from tests.factories.assessment import BidFactory, panel_of

SEATS = ("Dev Okoro", "Joan Pryor", "Hassan Ali", "Ruth Lamb", "Kit Rowe")


@pytest.fixture(scope="module")
def seated(once):
    """The panel, for all tests of a module. Rooms whose tests all need it ask for it by themselves."""
    return once(lambda: {"panel": panel_of(*[account(name, "panel") for name in SEATS])})


@pytest.fixture
def panel(db, seated):
    """Dev in the chair, Joan as vice, Hassan, Ruth, and Kit in the community seat; three make a quorum."""
    return seated()["panel"]


@pytest.fixture
def bid(panel):
    """A bid of £2,000 before the panel; £1,200 would still work."""
    return BidFactory(round=panel.round)


@pytest.fixture
def visit(client, settings):
    """Open a page as somebody: `visit(carol)` gives a client that is signed in as her."""
    settings.STAFF_SECOND_FACTOR = False

    def sign_in(user):
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in
