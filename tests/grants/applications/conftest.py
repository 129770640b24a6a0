"""Asha's group, a round that is open, a bid in it."""

import pytest

from tests.factories.applications import ApplicationFactory, WholeRoundFactory, fill_in, framework
from tests.factories.groups import make_group


@pytest.fixture
def canvey(db):
    return framework()


@pytest.fixture
def round_(canvey):
    return WholeRoundFactory()


@pytest.fixture
def group(asha, ben):
    return make_group(asha, ben)


@pytest.fixture
def bid(round_, group, asha):
    return ApplicationFactory(round=round_, group=group, started_by=asha, title="")


@pytest.fixture
def ready(bid, asha):
    return fill_in(bid, asha)
