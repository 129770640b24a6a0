"""The funded group of awards, with its offer of £1,180: once for the tests of a module."""

import pytest

from tests.cast import account
from tests.factories import awards as make
from tests.grants.awards.conftest import micro_offer, signed_page

__all__ = ["micro_offer", "signed_page"]


@pytest.fixture(scope="module", autouse=True)
def funded(once):
    return once(fund)


def fund():
    asha, ben = account("Asha Patel"), account("Ben Carter")
    carol, grace = account("Carol Reed", "officer"), account("Grace Miller", "senior_officer")
    mina = make.somebody("Mina Shah", phone="01268 555 0199")
    meadow = make.swan_meadow(asha, ben, mina)
    return {"mina": mina, "meadow": meadow, "offered": make.offer(meadow, officer=carol, ratifier=grace)}


@pytest.fixture
def scene(db, funded):
    return funded()


@pytest.fixture
def mina(scene):
    return scene["mina"]


@pytest.fixture
def meadow(scene):
    return scene["meadow"]


@pytest.fixture
def offered(scene):
    return scene["offered"]
