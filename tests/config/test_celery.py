"""In a real deployment Celery does the relay's work, from the same table of periodic tasks."""

import os
import time
from types import SimpleNamespace

import pytest
from django.core import mail

from communities.core.models import Message
from communities.core.periodic import TASKS


def test_the_beat_knows_every_periodic_task():
    from config.celery import every_task

    entries = []
    every_task(SimpleNamespace(scheduler=SimpleNamespace(add=lambda **entry: entries.append(entry))))
    assert {entry["args"][0] for entry in entries} == set(TASKS)
    assert all(entry["schedule"] == TASKS[entry["name"]].every for entry in entries)


@pytest.mark.slow
@pytest.mark.skipif(os.environ.get("TEST_DATABASE") == "sqlite", reason="the embedded run has no Celery")
def test_a_worker_sends_what_waits_in_the_outbox(transactional_db):
    from celery.contrib.testing.worker import start_worker

    from config.celery import app, run_periodic

    Message.objects.create(template="test", recipient="pat@example.org", subject="Hello", body="Hello Pat")
    with start_worker(app, perform_ping_check=False, pool="solo"):
        run_periodic.delay("send_messages")
        for _ in range(100):
            if Message.objects.filter(state="sent").exists():
                break
            time.sleep(0.1)
    assert [letter.to for letter in mail.outbox] == [["pat@example.org"]]
