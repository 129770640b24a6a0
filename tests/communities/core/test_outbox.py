"""Messages are never lost, sent once as far as mail allows, and their failures are seen."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from email import message_from_bytes
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, connections

from communities.core.clock import moved, now
from communities.core.events import Moment
from communities.core.models import Message
from communities.core.outbox import claim, claimed, queue, retry, send_due, stop
from tests.at_once import at_once
from tests.sample.models import BID


def waiting(count=1, **values):
    return [
        Message.objects.create(
            template="sample_sent", object_pk=str(number), recipient="asha@example.org", subject="S", body="B", **values
        )
        for number in range(count)
    ]


class Refusing(EmailBackend):
    """A mail server that answers as the test says."""

    problem: Exception | None = None

    def send_messages(self, messages):
        if self.problem is not None:
            raise self.problem
        return super().send_messages(messages)


@pytest.fixture
def server(settings, monkeypatch):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    monkeypatch.setattr(Refusing, "problem", None)
    return Refusing


def test_a_waiting_message_is_sent_once(db):
    [message] = waiting()
    assert (send_due(), send_due()) == (1, 0)
    message.refresh_from_db()
    assert (message.state, message.attempts, len(mail.outbox)) == ("sent", 1, 1)
    assert message.sent_at is not None


def test_a_message_and_its_change_share_their_fate(bid, asha, at):
    with pytest.raises(ZeroDivisionError), BID.step("send", bid, by=asha, at=at):
        1 / 0  # noqa: B018
    assert not Message.objects.exists()


def test_the_same_message_about_the_same_version_is_written_once(bid, asha, at):
    for _ in range(2):
        queue("sample_sent", [bid], Moment(asha, at))
    bid.version = 2
    queue("sample_sent", [bid], Moment(asha, at))
    assert Message.objects.count() == 2


def test_nobody_is_written_to_without_an_address(bid, asha, at):
    asha.email = ""
    bid.owner = asha
    queue("sample_sent", [bid], Moment(asha, at))
    assert not Message.objects.exists()


def test_what_an_applicant_typed_is_not_escaped_and_makes_no_header(bid, asha, at):
    bid.title = "Tea & cake\nBcc: all@example.org"
    queue("sample_sent", [bid], Moment(asha, at))
    send_due()
    sent = message_from_bytes(mail.outbox[0].message().as_bytes())
    assert sent["Bcc"] is None
    assert "Tea & cake" in mail.outbox[0].body


def test_the_message_id_never_changes(db):
    [message] = waiting()
    send_due()
    Message.objects.update(state="waiting", sent_at=None, next_at=now())
    send_due()
    first, second = (each.message()["Message-ID"] for each in mail.outbox)
    assert first == second
    assert str(message.public_id) in first


@pytest.mark.django_db
@pytest.mark.parametrize("problem", [ConnectionRefusedError("away"), SMTPServerDisconnected("gone"), TimeoutError()])
def test_a_message_waits_longer_and_longer_while_the_server_is_away(server, at, problem):
    server.problem = problem
    with moved(at):
        [message] = waiting()
        assert send_due() == 0
    message.refresh_from_db()
    assert (message.state, message.next_at, message.attempts) == ("waiting", at + timedelta(minutes=1), 1)
    with moved(at + timedelta(minutes=2)):
        send_due()
    message.refresh_from_db()
    assert message.next_at == at + timedelta(minutes=7)
    server.problem = None
    with moved(at + timedelta(hours=1)):
        assert send_due() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("problem", "state"),
    [
        (SMTPRecipientsRefused({"asha@example.org": (550, b"no such person")}), "failed"),
        (SMTPRecipientsRefused({"asha@example.org": (450, b"mailbox busy")}), "waiting"),
        (SMTPDataError(554, b"refused"), "failed"),
        (SMTPDataError(451, b"later"), "waiting"),
    ],
)
def test_what_the_server_refuses_for_good_is_shown_as_failed(server, problem, state):
    server.problem = problem
    [message] = waiting()
    send_due()
    message.refresh_from_db()
    assert message.state == state
    assert type(problem).__name__ in message.error


def test_after_four_days_of_trying_it_is_a_failure_that_can_be_sent_again(db, server, at):
    with moved(at):
        [_message] = waiting()
    server.problem = ConnectionRefusedError()
    with moved(at + timedelta(days=5)):
        send_due()
        assert Message.objects.get().state == "failed"
        server.problem = None
        assert retry(Message.objects.all()) == 1
        assert send_due() == 1


def test_one_bad_message_does_not_hold_up_the_others(db):
    bad, *_ = waiting(3)
    Message.objects.filter(pk=bad.pk).update(subject="one\ntwo")
    assert send_due() == 2
    bad.refresh_from_db()
    assert (bad.state, bad.error.split(":")[0]) == ("failed", "BadHeaderError")


def test_what_killed_a_worker_comes_last_and_after_five_times_is_a_failure(db, at):
    with moved(at):
        killer, _fine = waiting(2)
        Message.objects.filter(pk=killer.pk).update(lost_tries=4)
        token = claim()
        assert [each.pk for each in claimed(token)][-1] == killer.pk
        Message.objects.filter(pk=killer.pk).update(lost_tries=5)
    with moved(at + timedelta(minutes=1)):
        assert send_due() == 1
    killer.refresh_from_db()
    assert (killer.state, "stopped the process" in killer.error) == ("failed", True)
    assert retry(Message.objects.all()) == 1
    assert send_due() == 1


def test_tries_that_ended_are_no_lost_ones(db, server, at):
    server.problem = ConnectionRefusedError()
    [message] = waiting()
    for number in range(7):
        with moved(now() + timedelta(hours=number)):
            send_due()
    message.refresh_from_db()
    assert (message.state, message.attempts, message.lost_tries) == ("waiting", 7, 0)


def test_messages_to_somebody_who_died_are_stopped(db):
    waiting()
    assert stop(Message.objects.filter(recipient="asha@example.org"), "She has died.") == 1
    assert send_due() == 0


def test_a_lease_that_ended_settles_nothing_and_the_next_one_sends_once(db, at):
    with moved(at):
        [message] = waiting()
        first = claim()
        assert claim() is None
    with moved(at + timedelta(minutes=1)):
        assert send_due() == 1
    kept = Message.objects.filter(lease_token=first, state="waiting").update(state="failed")
    assert (kept, len(mail.outbox)) == (0, 1)
    assert Message.objects.get(pk=message.pk).attempts == 1


def test_a_stopped_drain_hands_back_what_it_had_claimed(db):
    waiting(5)
    calls = iter([False, False, True, True, True])
    assert send_due(stopping=lambda: next(calls)) == 1
    rest = Message.objects.filter(state="waiting")
    assert (rest.count(), rest.filter(lease_token=None, next_at__lte=now()).count()) == (4, 4)


@pytest.mark.django_db(transaction=True)
def test_four_claimers_share_two_hundred_messages_without_overlap():
    waiting(200)

    def take():
        tokens = []
        while (token := claim()) is not None:
            tokens.append(token)
        return tokens

    tokens = [token for taken in at_once(*[take] * 4) for token in taken]
    counts = [Message.objects.filter(lease_token=token).count() for token in tokens]
    assert sum(counts) == 200
    assert 0 not in counts


KILLED = """
import os, sys, time
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
settings.EMAIL_FILE_PATH = sys.argv[2]
if len(sys.argv) > 3:
    settings.EMAIL_BACKEND = "slow.Backend"
django.setup()
from communities.core.outbox import send_due
print(send_due(), flush=True)
"""
SLOW = """
import time
from django.core.mail.backends.filebased import EmailBackend
class Backend(EmailBackend):
    def send_messages(self, messages):
        print("sending", flush=True)
        time.sleep(60)
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_claimer_killed_in_mid_send_loses_nothing_and_stops_nobody(tmp_path):
    """kill -9: its messages wait for the end of the lease, the others go out at once."""
    waiting(15)
    (tmp_path / "run.py").write_text(KILLED)
    (tmp_path / "slow.py").write_text(SLOW)
    name = connection.settings_dict["NAME"]
    connections.close_all()
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    environment = {**os.environ, "PYTHONPATH": path, "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, str(tmp_path / "run.py"), str(name), str(tmp_path / "mail")]
    killed = subprocess.Popen([*command, "slow"], env=environment, stdout=subprocess.PIPE, text=True)
    assert killed.stdout.readline() == "sending\n"
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    killed.stdout.close()
    at_once = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert at_once.stdout == "5\n", at_once.stderr
    assert Message.objects.filter(state="waiting").count() == 10
    with moved(now() + timedelta(minutes=1)):
        assert send_due() == 10
    assert not Message.objects.exclude(state="sent").exists()


def test_the_command_sends_what_is_due(db, capsys):
    from django.core.management import call_command

    waiting(2)
    call_command("send_due")
    assert capsys.readouterr().out == "2 messages sent.\n"


def test_a_message_goes_out_within_a_turn_of_the_relay(transactional_db):
    from communities.core.periodic import Relay

    waiting(3)
    with Relay(pause=0.05):
        for _ in range(100):
            if not Message.objects.filter(state="waiting").exists():
                break
            time.sleep(0.05)
    assert Message.objects.filter(state="sent").count() == 3
