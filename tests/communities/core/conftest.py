"""A pot, an owner, an officer, a bid: the miniature's usual scene."""

import pytest

from tests.cast import AT


@pytest.fixture
def at():
    return AT


@pytest.fixture
def pot(db):
    from tests.sample.models import Pot

    return Pot.objects.create()


@pytest.fixture
def bid(asha, pot):
    from tests.sample.models import Bid

    return Bid.objects.create(pot=pot, owner=asha)


@pytest.fixture
def sent_bids(asha, pot):
    from tests.sample.models import Bid

    return [Bid.objects.create(pot=pot, owner=asha, status="sent") for _ in range(3)]
