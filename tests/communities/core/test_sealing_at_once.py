"""Bursts of events, and several who seal: one chain, nothing left out, and sealing is less work than writing."""

import threading
import time

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from communities.core import sealing
from communities.core.events import Fact, record_event, record_facts
from communities.core.models import Event, Link
from communities.core.sealing import seal, verify
from tests.at_once import at_once, crowd, meanwhile, unexpected

pytestmark = pytest.mark.django_db(transaction=True)


def burst(bid, by, at, *, times, each=1):
    """So many transactions, one after the other, each with so many events."""
    for number in range(times):
        record_facts([Fact("note", bid, detail={"n": [number, which]}) for which in range(each)], by=by, at=at)


def test_five_thousand_events_in_bursts_are_sealed_by_two_sealers_without_a_fork(bid, asha, at):
    with meanwhile(seal, seal) as sealed:
        written = at_once(*[lambda: burst(bid, asha, at, times=25, each=25)] * 8)
    assert unexpected(written) + unexpected(sealed) == []
    rest = seal()
    assert sum(sealed) + rest == Event.objects.count() == 5000
    positions = list(Link.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(1, 5001))
    verdict = verify()
    assert (verdict.sealed, verdict.unsealed, verdict.findings) == (5000, 0, [])


def test_sealing_a_thousand_events_is_less_work_than_writing_them(bid, asha, at):
    with crowd(4) as together:
        begun = time.perf_counter()
        written = together(*[lambda: burst(bid, asha, at, times=250)] * 4)
        writing = time.perf_counter() - begun
    assert unexpected(written) == []
    begun = time.perf_counter()
    with CaptureQueriesContext(connection) as statements:
        assert seal() == 1000
    assert time.perf_counter() - begun < writing
    # a look for more at the end, and on SQLite, which takes 999 values in a statement, four inserts
    assert len(statements) <= 20


def test_an_event_of_a_slow_transaction_is_sealed_when_it_appears(bid, asha, at):
    """Its key is lower than one that is sealed already; on SQLite, with one writer at a time, it comes later."""
    began, may_end = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            record_event("slow", bid, by=asha, at=at)
            began.set()
            assert may_end.wait(60)
        connections.close_all()

    other = threading.Thread(target=slow)
    other.start()
    assert began.wait(60)
    if connection.vendor == "postgresql":
        record_event("quick", bid, by=asha, at=at)
        assert seal() == 1
    may_end.set()
    other.join()
    assert seal() == 1
    verdict = verify()
    assert (verdict.unsealed, verdict.findings) == (0, [])


def test_without_the_lease_two_sealers_meet_and_the_key_of_the_place_stops_the_fork(bid, asha, at, monkeypatch):
    """The control: it shows that the tests above would notice a missing lease."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one writer in at a time, lease or not")
    seal()
    burst(bid, asha, at, times=1, each=50)
    gate, find = threading.Barrier(2), Link.objects.order_by
    monkeypatch.setattr(sealing.PeriodicRun.objects, "select_for_update", lambda **_: sealing.PeriodicRun.objects)

    def meet(*args):
        gate.wait(20)  # both have chosen their events and now read the same head of the chain
        return find(*args)

    monkeypatch.setattr(Link.objects, "order_by", meet)
    met = at_once(*[lambda: sealing._seal_some(0)] * 2)
    assert [type(each) for each in unexpected(met)] == [IntegrityError]
    assert Link.objects.count() == 50
