"""Work that comes round is done by one process at a time, and its failures are kept."""

import threading
from datetime import timedelta

import pytest
from django.core.management import call_command

from communities.core import periodic as module
from communities.core.clock import moved
from communities.core.models import PeriodicRun
from communities.core.periodic import TASKS, Relay, periodic, run_due, run_periodic, stopping
from tests.communities.core.test_lifecycle import in_threads


@pytest.fixture
def tasks(monkeypatch):
    monkeypatch.setattr(module, "TASKS", {})
    return module.TASKS


def counted(name="count", every=timedelta(minutes=5), **more):
    done = []
    periodic(name, every=every, **more)(lambda: done.append(1))
    return done


def test_a_task_runs_when_its_time_has_come(db, tasks, at):
    done = counted()
    for minutes in (0, 1, 4, 5, 6, 30, 31):
        with moved(at + timedelta(minutes=minutes)):
            run_due()
    assert len(done) == 3


def test_a_beat_that_ticks_a_little_early_loses_no_turn(db, tasks, at):
    done = counted()
    for minutes in (0, 4.9, 9.7):
        with moved(at + timedelta(minutes=minutes)):
            run_periodic("count")
    assert len(done) == 3


def test_a_clock_put_back_does_not_stop_the_work(db, tasks, at):
    done = counted()
    with moved(at + timedelta(days=300)):
        run_due()
    with moved(at):
        run_due()
    assert len(done) == 2


def test_a_failure_is_kept_and_the_next_turn_clears_it(db, tasks, at, caplog):
    results = iter([ZeroDivisionError("oh"), None])

    def work():
        if problem := next(results):
            raise problem

    periodic("fails", every=timedelta(minutes=1))(work)
    with moved(at):
        assert run_periodic("fails") is False
    assert PeriodicRun.objects.get().error == "ZeroDivisionError: oh"
    with moved(at + timedelta(minutes=1)):
        assert run_periodic("fails") is True
    assert PeriodicRun.objects.get().error == ""


def test_a_name_declared_twice_is_a_mistake(tasks):
    counted()
    with pytest.raises(ValueError, match="twice"):
        counted()


@pytest.mark.django_db(transaction=True)
def test_of_eight_processes_one_takes_the_turn(tasks):
    done = counted()
    in_threads(8, lambda number: run_periodic("count"))
    assert len(done) == 1


def test_shared_work_is_done_by_whoever_comes(db, tasks):
    done = counted(shared=True)
    run_due()
    run_due()
    assert len(done) == 2


def test_a_relay_stops_when_told_and_says_so_to_long_work(transactional_db, tasks):
    begun, seen = threading.Event(), []

    def work():
        begun.set()
        for _ in range(1000):
            if stopping():
                seen.append("stopped")
                return
            threading.Event().wait(0.01)

    periodic("long", every=timedelta(minutes=1))(work)
    with Relay(pause=0.01) as relay:
        assert begun.wait(5)
    assert seen == ["stopped"]
    assert not relay.thread.is_alive()


def test_the_house_has_its_own_periodic_work():
    assert {"send_messages", "seal_events"} <= TASKS.keys()


def test_the_command_does_all_that_is_due(db, tasks):
    done = counted()
    call_command("send_due", all=True)
    assert len(done) == 1
