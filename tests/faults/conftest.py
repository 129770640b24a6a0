"""The site with servers of its own, and bids that are ready to be sent."""

import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.house import House
from tests.faults.processes import kill_all

HERE = Path(__file__).parent
EMBEDDED = os.environ.get("TEST_DATABASE") == "sqlite"


def pytest_collection_modifyitems(items):
    """All of this folder is about faults; what asks for servers that the embedded run lacks is skipped there."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("faults")
            item.add_marker("slow")
            if EMBEDDED and item.get_closest_marker("postgresql"):
                item.add_marker(pytest.mark.skip(reason="the embedded run has neither PostgreSQL nor Redis"))


@pytest.fixture(scope="session")
def _house(django_db_setup, django_db_blocker):
    """One house for each process of the tests, built at the first fault."""
    folder = Path(os.environ["TEST_FOLDER"]) / f"faults-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    try:
        with django_db_blocker.unblock():
            yield House(folder)
    finally:
        kill_all()


@pytest.fixture
def house(_house, django_db_blocker):
    """The whole site on servers of its own; this process works on the same database."""
    with django_db_blocker.unblock(), _house.in_use():
        yield _house
        _house.settle()


@pytest.fixture
def round_(house):
    """A round that is open at present."""
    from communities.core.clock import now
    from tests.factories.applications import WholeRoundFactory, framework

    framework()
    closes = now() + timedelta(days=30)
    return WholeRoundFactory(closes_at=closes, decision_due_on=(closes + timedelta(days=30)).date())


@pytest.fixture
def bid_of(round_):
    """A bid that is ready to be sent, by the name of the one who leads the group."""
    from tests.cast import account
    from tests.factories.applications import ApplicationFactory, fill_in
    from tests.factories.groups import make_group

    def make(name):
        lead = account(name)
        group = make_group(lead, name=f"Friends of {name}")
        return fill_in(ApplicationFactory(round=round_, group=group, started_by=lead), lead)

    return make


@pytest.fixture
def letter(house):
    """A message that waits in the outbox."""
    from communities.core.models import Message

    def write(subject="Hello", number=1):
        return Message.objects.create(
            template="test", object_pk=f"{subject} {number}", recipient="pat@example.org", subject=subject, body="Hello"
        )

    return write


@pytest.fixture
def together():
    """Let many act at the same moment, each in a thread; gives what each got, errors too."""
    running = []

    def act(*acts):
        answers = [None] * len(acts)

        def one(number, do):
            try:
                answers[number] = do()
            except Exception as error:  # noqa: BLE001
                answers[number] = error

        running[:] = [threading.Thread(target=one, args=pair, daemon=True) for pair in enumerate(acts)]
        for thread in running:
            thread.start()

        def ended():
            for thread in running:
                thread.join(60)
            assert not any(thread.is_alive() for thread in running)
            return answers

        return ended

    return act
