"""Work that comes round is done by one process at a time, and its failures are kept."""

import threading
from datetime import timedelta

import pytest
from django.core.management import call_command

from communities.core import periodic as module
from communities.core.clock import moved
from communities.core.models import PeriodicRun
from communities.core.periodic import TASKS, Relay, periodic, run_due, run_periodic, stopping
from tests.at_once import at_once


@pytest.fixture
def tasks(monkeypatch):
    monkeypatch.setattr(module, "TASKS", {})
    return module.TASKS


def counted(name="count", every=timedelta(minutes=5), queue="periodic", **more):
    done = []
    periodic(name, every=every, queue=queue, **more)(lambda: done.append(1))
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

    periodic("fails", every=timedelta(minutes=1), queue="periodic")(work)
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
    at_once(*[lambda: run_periodic("count")] * 8)
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

    periodic("long", every=timedelta(minutes=1), queue="periodic")(work)
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


def test_a_turn_in_which_a_process_was_killed_is_taken_again_soon_not_at_the_next_time_round(db, tasks, at):
    done = []

    def work():
        done.append(1)
        if len(done) == 1:
            raise SystemExit  # as when the process ends in the middle: nothing is noted

    periodic("rare", every=timedelta(hours=6), queue="periodic")(work)
    with moved(at), pytest.raises(SystemExit):
        run_periodic("rare")
    for minutes in (1, 4, 6, 7, 200, 366):
        with moved(at + timedelta(minutes=minutes)):
            run_periodic("rare")
    assert len(done) == 3  # killed, again six minutes later, then six hours after that


def test_work_that_failed_is_tried_again_before_its_next_time_round(db, tasks, at):
    tries = []

    def work():
        tries.append(1)
        if len(tries) < 3:
            raise ZeroDivisionError

    periodic("rare", every=timedelta(hours=6), queue="periodic")(work)
    for minutes in range(0, 60, 2):
        with moved(at + timedelta(minutes=minutes)):
            run_periodic("rare")
    assert len(tries) == 3


def test_a_queue_that_no_worker_serves_is_a_mistake(tasks):
    with pytest.raises(ValueError, match="no worker serves"):
        counted(queue="elsewhere")


def test_shared_work_is_noted_now_and_then_so_that_operators_see_it_alive(db, tasks, at):
    counted(shared=True)
    seen = []
    for seconds in (0, 2, 4, 20, 22):
        with moved(at + timedelta(seconds=seconds)):
            run_periodic("count")
            seen.append((PeriodicRun.objects.get().last_at - at).total_seconds())
    assert seen == [0, 0, 0, 20, 20]


def test_shared_work_that_fails_is_kept_at_once(db, tasks, at):
    results = iter([None, ZeroDivisionError("oh"), None])

    def work():
        if problem := next(results):
            raise problem

    periodic("send", every=timedelta(seconds=2), queue="messages", shared=True)(work)
    errors = []
    for seconds in (0, 2, 4):
        with moved(at + timedelta(seconds=seconds)):
            run_periodic("send")
            errors.append(PeriodicRun.objects.get().error)
    assert errors == ["", "ZeroDivisionError: oh", ""]
