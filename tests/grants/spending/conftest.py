"""The funded group of awards. Its award of £1,180 is agreed and paid: once for the tests of a module."""

import pytest

from tests.cast import account
from tests.factories import awards as make
from tests.grants.awards.conftest import micro_offer, offered, signed_page

__all__ = ["micro_offer", "offered", "signed_page"]


@pytest.fixture(scope="module", autouse=True)
def funded(once):
    return once(fund)


def fund():
    asha, ben, carol = account("Asha Patel"), account("Ben Carter"), account("Carol Reed", "officer")
    fiona, grace = account("Fiona Grant", "finance"), account("Grace Miller", "senior_officer")
    meadow = make.swan_meadow(asha, ben, make.somebody("Mina Shah", phone="01268 555 0199"))
    make.bank_details(meadow, by=ben, checked_by=fiona)
    award = make.agree(make.offer(meadow, officer=carol, ratifier=grace), asha, ben)
    make.paid(award, officer=carol, finance=fiona, senior=grace)
    return {"meadow": meadow, "award": award}


@pytest.fixture
def scene(db, funded):
    return funded()


@pytest.fixture
def meadow(scene):
    return scene["meadow"]


@pytest.fixture
def award(scene):
    return scene["award"]


@pytest.fixture
def micro(micro_offer, asha, ben, carol, fiona, grace):
    """A second award, of £800: the smallest size has its own way."""
    award = make.agree(micro_offer, asha, ben)
    make.paid(award, officer=carol, finance=fiona, senior=grace)
    return award
