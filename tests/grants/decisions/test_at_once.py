"""Many people at the same moment, on whichever database the tests run with."""

import threading
import time
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection, connections
from django.db.models import Sum

from communities.core.models import Message
from communities.core.refusals import Refused
from grants.decisions import operations
from grants.decisions.models import Decision, Motion, Vote
from grants.funds.models import Budget, LedgerEntry
from tests.cast import account
from tests.factories.assessment import AT, BidFactory, declare, panel_of
from tests.factories.decisions import HELD, decision_on, meeting_of, motion_on

pytestmark = pytest.mark.django_db(transaction=True)
EIGHT = 8


def at_once(*works):
    """Do all of these at the same moment, each in its own thread and connection; answer what each of them met."""
    barrier, met = threading.Barrier(len(works)), [None] * len(works)

    def run(number, work):
        try:
            connection.ensure_connection()
            barrier.wait(20)
            met[number] = work()
        except Exception as problem:  # noqa: BLE001 (the test looks at it)
            met[number] = problem
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return met


def refused(met):
    return [each for each in met if isinstance(each, Refused)]


def unexpected(met):
    return [each for each in met if isinstance(each, Exception) and not isinstance(each, Refused)]


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


def test_votes_that_race_the_close_are_counted_or_refused_and_never_lost(carol):
    members = [account(f"M{number} Ember{number}", "panel") for number in range(12)]
    panel = panel_of(*members[:5], quorum=3)
    for user in members[5:]:
        panel.seats.create(person=user.person)
    meeting = meeting_of(panel, *members)
    seats = list(panel.seats.select_related("person__user"))
    for run in range(3):
        bid = BidFactory(round=panel.round)
        declare(bid, *members)
        motion = motion_on(meeting, bid)
        operations.cast_vote(motion, seat=seats[0], choice="for", by=carol, at=HELD)
        votes = [
            lambda seat=seat, motion=motion, run=run: operations.cast_vote(
                motion, seat=seat, choice="for", by=seat.person.user, at=HELD + timedelta(milliseconds=run)
            )
            for seat in seats[1:]
        ]
        met = at_once(*votes[:6], lambda motion=motion: operations.close_motion(motion, by=carol, at=HELD), *votes[6:])
        assert unexpected(met) == []
        closed = Motion.objects.get(pk=motion.pk)
        assert closed.status == "carried"
        cast = list(closed.votes.values_list("cast_at", flat=True))
        assert len(cast) + len(refused(met)) == len(seats)
        assert all(each <= closed.closed_at for each in cast)
