"""In a real deployment Celery does the relay's work, from the same table of periodic tasks."""

import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core import mail

from communities.core.models import Message
from communities.core.periodic import TASKS

ROOT = Path(__file__).resolve().parents[2]
SERVERS = pytest.mark.skipif(os.environ.get("TEST_DATABASE") == "sqlite", reason="the embedded run has no Celery")


@pytest.fixture
def entries():
    from config.celery import every_task

    found = []
    every_task(SimpleNamespace(scheduler=SimpleNamespace(add=lambda **entry: found.append(entry))))
    return {entry["name"]: entry for entry in found}


def test_the_beat_knows_every_periodic_task_and_its_queue(entries):
    assert {entry["args"][0]: entry["options"]["queue"] for entry in entries.values()} == {
        name: task.queue for name, task in TASKS.items()
    }
    assert {task.queue for task in TASKS.values()} == set(settings.QUEUES)


def test_what_comes_round_seldom_is_asked_for_every_minute_so_that_no_turn_is_missed(entries):
    assert entries["send_messages"]["schedule"] == timedelta(seconds=2)
    assert entries["seal_all_events"]["schedule"] == timedelta(minutes=1)


def test_a_long_import_may_take_longer_than_other_work(entries):
    limits = {name: entry["options"]["soft_time_limit"] for name, entry in entries.items()}
    assert limits["run_imports"] == 1800
    assert limits["send_messages"] == settings.CELERY_TASK_SOFT_TIME_LIMIT
    assert all(entry["options"]["time_limit"] > entry["options"]["soft_time_limit"] for entry in entries.values())


def test_a_worker_keeps_its_promises(db):
    """Each of these made the difference between work done and work lost, when it was tried."""
    from config.celery import app

    conf = app.conf
    assert (conf.task_acks_late, conf.task_reject_on_worker_lost, conf.worker_prefetch_multiplier) == (True, True, 1)
    assert (conf.task_soft_time_limit, conf.task_time_limit, conf.worker_soft_shutdown_timeout) == (240, 300, 20)
    assert conf.broker_connection_max_retries is None
    wanted = {"visibility_timeout": 600, "unacked_restore_interval": 5, "unacked_restore_throttle": 1}
    wanted |= {"socket_timeout": 5, "socket_connect_timeout": 2}
    assert conf.broker_transport_options == wanted
    assert [queue.name for queue in conf.task_queues] == ["messages", "imports", "scanning", "periodic"]


@SERVERS
def test_a_worker_told_to_serve_a_queue_that_is_not_there_says_so():
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-Q", "mesages"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0
    assert "mesages" in done.stderr + done.stdout


@pytest.mark.slow
@SERVERS
def test_a_worker_sends_what_waits_in_the_outbox(transactional_db):
    from celery.contrib.testing.worker import start_worker

    from config.celery import app, run_periodic

    Message.objects.create(template="test", recipient="pat@example.org", subject="Hello", body="Hello Pat")
    with start_worker(app, perform_ping_check=False, pool="solo", queues=settings.QUEUES):
        run_periodic.apply_async(("send_messages",), queue="messages")
        for _ in range(100):
            if Message.objects.filter(state="sent").exists():
                break
            time.sleep(0.1)
    assert [letter.to for letter in mail.outbox] == [["pat@example.org"]]
