import itertools

import pytest

from benchmark.browser import Answer
from benchmark.load import Tally, at_rate, most_saves


class Fake:
    """Saves at once; after so many saves of all, each fails."""

    done = itertools.count()

    def __init__(self, fails_after):
        self.fails_after = fails_after

    def save(self, tally):
        status = 302 if next(Fake.done) < self.fails_after else 503
        tally.note("save", lambda: Answer(status, b"", "/apply/", 0.001), 302)


@pytest.fixture(autouse=True)
def _from_the_beginning(monkeypatch):
    monkeypatch.setattr(Fake, "done", itertools.count())


@pytest.mark.parametrize(("status", "place"), [(500, ""), (200, ""), (409, ""), (302, "/sign-in/?next=/apply/")])
def test_whatever_is_not_done_is_an_error(status, place):
    tally = Tally()

    assert tally.note("save", lambda: Answer(status, b"", place, 0.1), 302) is False
    assert tally.errors == [f"save: {status}"]


def test_a_broken_connection_is_an_error_and_is_counted():
    tally = Tally()

    def broken():
        raise ConnectionResetError

    tally.note("read", broken, 200)

    assert tally.errors == ["read: ConnectionResetError()"]
    assert tally.told()["read"]["count"] == 1


def test_as_many_saves_are_begun_as_were_asked_for():
    tally, reached = at_rate([Fake(1000), Fake(1000)], rate=200, seconds=0.2)

    assert tally.told()["save"]["count"] == 40
    assert tally.errors == []
    assert reached > 0


def test_steps_end_with_the_first_that_is_not_held():
    steps = most_saves([Fake(60) for _ in range(5)], seconds=1)

    assert steps[-1]["held"] is False
    assert all(step["held"] for step in steps[:-1])
