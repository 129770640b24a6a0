"""Many people at the same moment, on whichever database the tests run with."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection, connections
from django.db.models import Sum

from communities.core.models import Event, Message
from grants.decisions import operations, queries
from grants.decisions.models import Decision, Motion, Vote
from grants.funds.models import Budget, LedgerEntry
from tests.at_once import at_once, crowd, refused, unexpected
from tests.cast import account
from tests.factories.assessment import AT, BidFactory, declare, panel_of
from tests.factories.decisions import HELD, decision_on, meeting_of, motion_on

pytestmark = pytest.mark.django_db(transaction=True)
EIGHT = 8


@pytest.fixture
def eight(panel):
    """Eight decisions of £2,000 on a budget of £10,000: five fit."""
    return [decision_on(BidFactory(round=panel.round)) for _ in range(EIGHT)]


def promised():
    confirmed = Decision.objects.filter(status="ratified").aggregate(total=Sum("amount"))["total"] or 0
    ledger = LedgerEntry.objects.filter(kind="commit").aggregate(total=Sum("amount"))["total"] or 0
    return confirmed, ledger, Budget.objects.get().committed


def test_eight_confirmations_at_once_never_overspend_the_budget(eight, grace):
    met = at_once(*(lambda each=each: operations.ratify(each, by=grace, at=AT) for each in eight))
    assert unexpected(met) == []
    assert len(refused(met)) == 3
    assert promised() == (10000, 10000, 10000)


def test_without_the_lock_the_same_eight_do_overspend(eight, grace, monkeypatch):
    """The control: it shows that the test above would notice a missing lock."""
    with no_guards(monkeypatch):
        at_once(*(lambda each=each: operations.ratify(each, by=grace, at=AT) for each in eight))
    assert promised()[0] > Decimal(10000)


@contextmanager
def no_guards(monkeypatch):
    """Take the budget's lock away, and the constraint that stands behind it."""

    def read(queryset):
        found = list(queryset.model._base_manager.filter(pk__in=queryset.order_by().values("pk")).order_by("pk"))
        if queryset.model is Budget:
            time.sleep(0.3)  # all eight have read before one has written
        return found

    monkeypatch.setattr("communities.core.locking.lock", read)
    monkeypatch.setattr("grants.funds.operations.lock", read)
    table = Budget._meta.db_table
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT budget_committed_within_limit')
        yield
        return
    # SQLite has no locks of rows: its guard is that a whole step holds the one place of the writer
    monkeypatch.setattr("communities.core.locking.transaction", SimpleNamespace(atomic=nullcontext))
    options = connections.databases["default"]["OPTIONS"]
    monkeypatch.setitem(options, "init_command", options["init_command"] + "PRAGMA ignore_check_constraints=ON;")
    yield


def test_one_decision_confirmed_eight_times_at_once_is_promised_once(bid, grace):
    decision = decision_on(bid)
    met = at_once(*[lambda: operations.ratify(decision, by=grace, at=AT)] * EIGHT)
    assert unexpected(met) == []
    assert (len(refused(met)), promised()) == (7, (2000, 2000, 2000))


def test_groups_told_eight_times_at_once_get_one_letter_each(bid, panel, grace):
    operations.ratify(decision_on(bid, outcome="decline"), by=grace, at=AT)
    met = at_once(*[lambda: operations.release(panel.round, by=grace, at=AT)] * EIGHT)
    assert unexpected(met) == []
    assert len(refused(met)) == 7
    assert Message.objects.filter(template="decision_told").count() == 2


def test_one_vote_sent_eight_times_at_once_counts_once(panel, bid, dev, joan, hassan):
    declare(bid, dev, joan, hassan)
    motion = motion_on(meeting_of(panel, dev, joan, hassan), bid)
    seat = panel.seats.get(person__user=dev)
    met = at_once(*[lambda: operations.cast_vote(motion, seat=seat, choice="for", by=dev, at=HELD)] * EIGHT)
    assert unexpected(met) == []
    assert (len(refused(met)), Vote.objects.count()) == (7, 1)


@pytest.fixture
def sitting():
    """A meeting of five who all have a vote on one bid."""
    members = [account(f"M{number} Ember{number}", "panel") for number in range(5)]
    panel = panel_of(*members, quorum=3)
    bid = BidFactory(round=panel.round)
    declare(bid, *members)
    return SimpleNamespace(
        meeting=meeting_of(panel, *members), bid=bid, seats=list(panel.seats.select_related("person__user"))
    )


def race(together, sitting, run, clerk):
    """One has voted, the others vote while the clerk closes; what they met, the motion, and its tally as announced."""
    Decision.objects.update(status="set_aside")
    motion = motion_on(sitting.meeting, sitting.bid)
    first, *others = sitting.seats
    Vote.objects.create(motion=motion, seat=first, choice="for", cast_at=HELD, recorded_by=clerk)
    acts = [
        lambda seat=seat, number=number: operations.cast_vote(
            motion, seat=seat, choice="for", by=seat.person.user, at=HELD + timedelta(milliseconds=number)
        )
        for number, seat in enumerate(others)
    ]
    acts.insert(run % (len(acts) + 1), lambda: operations.close_motion(motion, by=clerk, at=HELD))
    met = together(*acts)
    return met, Motion.objects.get(pk=motion.pk), Event.objects.filter(verb="motion.carry").latest("pk").detail.data


def test_votes_that_race_the_close_are_counted_or_refused_and_never_lost(sitting, carol):
    """A hundred times."""
    with crowd(len(sitting.seats)) as together:
        for run in range(100):
            met, closed, announced = race(together, sitting, run, carol)
            assert unexpected(met) == []
            cast = list(closed.votes.values_list("cast_at", flat=True))
            assert closed.status == "carried"
            assert len(cast) + len(refused(met)) == len(sitting.seats)
            assert announced["for"] == len(cast)
            assert all(each <= closed.closed_at for each in cast)


@pytest.mark.postgresql
def test_without_the_locks_a_vote_comes_after_the_close(sitting, carol, monkeypatch):
    """The control: it shows that the test above would notice a missing lock. (SQLite has one writer at a time.)"""
    looked, closed = threading.Event(), threading.Event()
    motion = motion_on(sitting.meeting, sitting.bid)
    first, late, *_ = sitting.seats
    operations.cast_vote(motion, seat=first, choice="for", by=carol, at=HELD)

    def circles(*args):
        if threading.current_thread() is not threading.main_thread():
            looked.set()  # the motion was open when this member's vote looked
            closed.wait(20)
        return queries.circles(*args)

    for module in ("motions", "meetings"):
        monkeypatch.setattr(f"grants.decisions.operations.{module}.lock", lambda rows: list(rows.order_by("pk")))
    monkeypatch.setattr("grants.decisions.operations.motions.circles", circles)
    with crowd(1) as together, ThreadPoolExecutor(1) as pool:
        vote = pool.submit(
            together, lambda: operations.cast_vote(motion, seat=late, choice="for", by=late.person.user, at=HELD)
        )
        assert looked.wait(20)
        operations.close_motion(motion, by=carol, at=HELD)
        closed.set()
        assert unexpected(vote.result()) == refused(vote.result()) == []
    assert Event.objects.get(verb="motion.carry").detail.data["for"] == 1
    assert motion.votes.count() == 2
