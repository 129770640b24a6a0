"""The operators' page says what waits and what failed, and what to do about each."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from communities.core import running
from communities.core.clock import moved
from communities.core.events import record_event
from communities.core.files import StoredFile
from communities.core.jobs import Job
from communities.core.models import Message, PeriodicRun
from communities.core.periodic import TASKS
from communities.core.running import facts
from communities.core.sealing import seal
from tests.cast import AT


@pytest.fixture(autouse=True)
def _at(settings, monkeypatch):
    settings.FILE_SCANNER = ""
    monkeypatch.setattr(running, "redis_answers", lambda: True)
    with moved(AT):
        yield


@pytest.fixture
def at_work(db):
    PeriodicRun.objects.bulk_create(
        PeriodicRun(name=name, last_at=AT, next_at=AT + task.every) for name, task in TASKS.items()
    )


def stands(name):
    [found] = [fact for fact in facts() if fact.name == name]
    return found.state, found.advice


def message(minutes, **more):
    at = AT - timedelta(minutes=minutes)
    given = {"template": str(uuid.uuid4()), "recipient": "pat@example.org", "subject": "x", "body": "x"}
    return Message.objects.create(**{**given, "created_at": at, "next_at": at, **more})


def test_when_all_is_well_nothing_is_advised(at_work):
    assert [fact for fact in facts() if fact.advice] == []


def test_while_redis_is_away_it_says_that_messages_wait_and_nothing_is_lost(at_work, monkeypatch):
    monkeypatch.setattr(running, "redis_answers", lambda: False)
    state, advice = stands("Redis")
    assert state == "Does not answer"
    assert "Messages, imports and scans wait, and nothing is lost" in advice
    PeriodicRun.objects.update(last_at=AT - timedelta(hours=2))
    assert stands("Work in “messages”")[1] == "It goes on by itself when Redis answers again."


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", ""])
def test_redis_is_asked_itself(settings, monkeypatch, url):
    monkeypatch.undo()
    settings.REDIS_URL = url
    assert running.redis_answers() is (False if url else None)


def test_a_queue_that_nobody_serves_is_named_with_the_command(at_work, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    PeriodicRun.objects.filter(name="send_messages").update(last_at=AT - timedelta(hours=2))
    state, advice = stands("Work in “messages”")
    assert state == "Last at work 2\xa0hours ago"
    assert "celery -q -A config worker -Q messages" in advice
    assert stands("Work in “periodic”") == ("Last at work less than a minute ago", "")


def test_in_the_embedded_run_the_web_process_is_named_instead(db, settings):
    settings.REDIS_URL = ""
    state, advice = stands("Work in “imports”")
    assert state == "Has never been at work"
    assert "Start the web process again" in advice


def test_messages_that_nobody_sends(at_work):
    message(3)
    assert stands("Messages to be sent") == ("1, the oldest from 3\xa0minutes ago", "")
    message(20)
    state, advice = stands("Messages to be sent")
    assert state == "2, the oldest from 20\xa0minutes ago"
    assert advice.startswith("Nobody sends them")


def test_messages_that_the_mail_server_puts_off(at_work):
    message(20, next_at=AT + timedelta(minutes=5), attempts=3)
    assert stands("Messages to be sent")[1].startswith("The mail server does not take them")


def test_messages_that_came_back(at_work):
    message(20, state="failed")
    state, advice = stands("Messages that could not be sent")
    assert state == "1"
    assert "says why" in advice


def test_work_that_failed_is_named_without_the_words_of_the_error(at_work):
    PeriodicRun.objects.filter(name="offers").update(error="ValueError: Doreen Ward has no address")
    state, advice = stands("Work that comes round")
    assert state == "offers failed less than a minute ago (ValueError)"
    assert "tried again" in advice


def test_work_whose_turn_does_not_come_is_late(at_work):
    PeriodicRun.objects.filter(name="offers").update(next_at=AT - timedelta(hours=1))
    assert stands("Work that comes round")[0] == "offers is late by 1\xa0hour"


def test_of_much_late_work_the_latest_is_named(at_work):
    PeriodicRun.objects.filter(name="offers").update(next_at=AT - timedelta(hours=3, minutes=20))
    PeriodicRun.objects.filter(name="lapse_drafts").update(next_at=AT - timedelta(hours=1))
    assert stands("Work that comes round")[0] == "offers is late by 3\xa0hours; 1 more late as well"


def test_imports_that_failed_and_imports_that_wait(at_work, carol):
    file = StoredFile.objects.create(original_name="a.csv", size=1, uploaded_at=AT, kind="import")
    given = {"kind": "x", "about": "a", "title": "A", "file": file, "sent_by": carol}
    Job.objects.create(status="failed", sent_at=AT, finished_at=AT, **given)
    Job.objects.create(status="sent", sent_at=AT - timedelta(hours=1), **given)
    state, advice = stands("Imports")
    assert state == "1, the oldest from 1\xa0hour ago; 1 failed in the last 7 days"
    assert "Nothing of a failed file was imported" in advice
    assert "whether “imports” is at work" in advice


def test_files_that_wait_for_a_scanner(at_work, settings):
    settings.FILE_SCANNER = "config.clamd.is_clean"
    given = {"original_name": "a.csv", "size": 1, "kind": "import"}
    StoredFile.objects.create(scan="waiting", uploaded_at=AT - timedelta(minutes=30), **given)
    StoredFile.objects.create(scan="harmful", uploaded_at=AT, **given)
    state, advice = stands("Files to be scanned")
    assert state.startswith("1, the oldest from 30\xa0minutes ago; 1 found harmful")
    assert "See that the scanner runs" in advice


def test_a_sealer_that_stopped(at_work):
    with moved(AT - timedelta(hours=1)):
        record_event("test.done")
    assert stands("Events to be sealed")[1].startswith("The seals are behind")
    seal()
    assert stands("Events to be sealed") == ("None", "")


def test_the_page_costs_the_same_however_much_waits(at_work, django_assert_num_queries):
    def count():
        with django_assert_num_queries(10):
            list(facts())

    count()
    for _ in range(20):
        message(20)
        message(20, state="failed")
    count()


def test_those_who_keep_it_running_find_it_in_the_office(client, grace, at_work, settings):
    settings.STAFF_SECOND_FACTOR = False
    message(20, state="failed")
    client.force_login(grace)
    address = reverse("admin:running")
    assert f'href="{address}"' in client.get("/office/").content.decode()
    page = client.get(address).content.decode()
    assert "1 of these needs somebody to look at it." in page
    assert "pat@example.org" not in page


def test_for_others_it_is_not_there(client, carol, at_work, settings):
    settings.STAFF_SECOND_FACTOR = False
    client.force_login(carol)
    assert client.get(reverse("admin:running")).status_code == 404
    assert reverse("admin:running") not in client.get("/office/").content.decode()
