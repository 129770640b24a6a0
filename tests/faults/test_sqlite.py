"""F22: the embedded run under twenty writers."""

import os

import pytest
from django.urls import reverse

from tests.factories.applications import ApplicationFactory
from tests.factories.groups import make_group

WRITERS, SAVES = 20, 3
pytestmark = pytest.mark.skipif(os.environ.get("TEST_DATABASE") != "sqlite", reason="about the embedded run")


@pytest.fixture
def writers(house, round_):
    """Twenty people, each with a bid of a group of their own, before two web processes and their relays."""
    from tests.cast import account

    site = house.web()
    bids = [
        ApplicationFactory(round=round_, started_by=lead, group=make_group(lead, name=f"Group {lead}"))
        for lead in (account(f"Writer{number} Smith") for number in range(WRITERS))
    ]
    return site, [(bid, site.visitor(bid.started_by)) for bid in bids]


def write(together, writers):
    """All of them save a section, several times, at the same moment; what each got."""

    def one(bid, visitor):
        address = reverse("applications:section", args=[bid.public_id, "idea"])
        return [
            visitor.post(address, title=f"Try {version}", what="Words.", version=version, later="1").status
            for version in range(SAVES)
        ]

    return together(*[lambda pair=pair: one(*pair) for pair in writers])()


def test_twenty_writers_wait_for_each_other_and_none_is_sent_away(together, writers):
    site, pairs = writers
    assert write(together, pairs) == [[302] * SAVES] * WRITERS
    assert {bid.answers.get().version for bid, _ in pairs} == {SAVES}
    assert "database is locked" not in site.log.read_text()


def test_with_transactions_that_begin_by_reading_some_are_sent_away(house, together, writers):
    """The control: SQLite's own way to begin."""
    house.switch("deferred")
    site, pairs = writers
    write(together, pairs)
    assert "database is locked" in site.log.read_text()
