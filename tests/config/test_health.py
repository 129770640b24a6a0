"""Machines that watch the site ask two questions: does the process answer, and can it serve pages?"""

import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from communities.core.clock import now
from communities.core.models import Message
from config import health


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch):
    monkeypatch.setattr(health, "_migrated", [])
    monkeypatch.setattr(health, "redis_answers", lambda: True)


def asked(client):
    answer = client.get("/readyz")
    return answer.status_code, answer.json()


def waits(minutes):
    at = now() - timedelta(minutes=minutes)
    Message.objects.create(
        template=f"test {uuid.uuid4()}", recipient="pat@example.org", subject="x", body="x", created_at=at, next_at=at
    )


def test_the_site_says_that_it_is_alive(client, db):
    assert client.get("/healthz").content == b"alive"
    assert client.post("/healthz").status_code == 405


def test_ready_when_everything_is_in_order(client, db):
    checks = {"database": "ok", "migrations": "ok", "outbox": "ok", "broker": "ok"}
    assert asked(client) == (200, {"ready": True, "checks": checks})
    assert "no-store" in client.get("/readyz")["Cache-Control"]


@pytest.mark.parametrize(("answers", "word"), [(False, "does not answer"), (None, "not used")])
def test_a_broker_that_is_away_is_said_and_pages_are_served_all_the_same(client, db, monkeypatch, answers, word):
    monkeypatch.setattr(health, "redis_answers", lambda: answers)
    status, said = asked(client)
    assert (status, said["ready"], said["checks"]["broker"]) == (200, True, word)


def test_not_ready_while_the_database_is_away_but_alive(client, db, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("connection to server at 10.1.2.3 failed for user fund")

    with monkeypatch.context() as patched:
        patched.setattr(connection, "cursor", away)
        status, said = asked(client)
        assert (status, said) == (503, {"ready": False, "checks": {"database": "does not answer", "broker": "ok"}})
        assert client.get("/healthz").status_code == 200


def test_not_ready_before_the_tables_are_there(client, db, monkeypatch):
    plan = [("communities", "0002_next")]
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda self, targets: plan)
    assert asked(client)[1]["checks"]["migrations"] == "missing"
    plan.clear()
    assert asked(client)[0] == 200


def test_not_ready_when_nobody_drains_the_outbox(client, db, settings):
    waits(settings.READY_OUTBOX_MINUTES - 1)
    assert asked(client)[0] == 200
    waits(settings.READY_OUTBOX_MINUTES + 1)
    status, said = asked(client)
    assert (status, said["checks"]["outbox"]) == (503, "messages wait")


def test_a_message_that_a_mail_server_puts_off_does_not_make_the_site_unready(client, db):
    waits(600)
    Message.objects.update(next_at=now() + timedelta(minutes=10), attempts=12)
    assert asked(client)[0] == 200
