"""Many at once, and a slow connection: with real transactions, on both engines."""

import socket
import time
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection, connections
from django.middleware.csrf import _get_new_csrf_string, _mask_cipher_secret
from django.test import Client
from django.urls import reverse

from communities.core.clock import moved, now
from communities.core.models import Event, Message
from grants.applications import operations
from grants.applications.models import Application, SectionAnswer, Submission
from grants.rounds.operations import finish
from tests.at_once import at_once, crowd, refused, unexpected
from tests.cast import AT
from tests.factories.applications import copied
from tests.factories.groups import make_group

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_bid_sent_eight_times_at_once_is_sent_once(ready, asha):
    bids = [Application.objects.get(pk=ready.pk) for _ in range(8)]
    answers = at_once(*(lambda bid=bid: operations.submit(bid, by=asha, at=AT) for bid in bids))
    assert [type(answer) for answer in answers].count(Submission) == 1
    assert Submission.objects.count() == 1


def test_eight_bids_sent_at_once_get_eight_references_in_a_row(ready, asha):
    bids = [ready, *(copied(ready, make_group(asha, name=f"Group {number}")) for number in range(7))]
    answers = at_once(*(lambda bid=bid: operations.submit(bid, by=asha, at=AT) for bid in bids))
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    references = sorted(Application.objects.values_list("reference", flat=True))
    assert references == [f"CCF-2026-{number:04}" for number in range(1, 9)]


def test_two_writers_at_the_same_moment_never_overwrite_each_other(bid, asha, ben):
    pairs = [(Application.objects.get(pk=bid.pk), who) for who in (asha, ben)]
    answers = at_once(
        *(
            lambda row=row, who=who: operations.save_section(
                row, section="idea", content={"title": who.full_name, "what": "-"}, version=0, by=who, at=AT
            )
            for row, who in pairs
        )
    )
    assert sum(isinstance(answer, operations.StaleAnswer) for answer in answers) == 1
    assert bid.answers.get().version == 1


@pytest.fixture
def browsers(settings):
    """A browser of each of these people, signed in."""

    def sign_in(*users):
        clients = [Client() for _ in users]
        for client, user in zip(clients, users, strict=True):
            client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return clients

    return sign_in


def test_two_browsers_save_one_section_and_the_later_sees_both_texts(bid, asha, ben, browsers):
    """Ten times at the same moment: nothing is overwritten, nothing is lost."""
    page = reverse("applications:section", args=[bid.public_id, "idea"])
    people = {"Asha’s words": asha, "Ben’s words": ben}
    clients = dict(zip(people, browsers(*people.values()), strict=True))
    with moved(AT), crowd(2) as together:
        for version in range(10):

            def save(words, version=version):
                return words, clients[words].post(page, {"title": "Suppers", "what": words, "version": version})

            answers = together(*(lambda words=words: save(words) for words in people))
            assert unexpected(answers) == []
            (first, saved), (second, refused) = sorted(answers, key=lambda each: each[1].status_code)
            assert (saved.status_code, refused.status_code) == (302, 409)
            assert bid.answers.get().content["what"] == first
            assert all(words in refused.content.decode() for words in (first, second))
    assert bid.answers.get().version == 10


def test_two_browsers_and_two_clicks_send_one_bid_once(ready, asha, ben, browsers):
    type(ready.group.memberships.first()).objects.update(is_leader=True)
    clients = [*browsers(asha, ben)] * 2
    with moved(AT):
        answers = at_once(
            *(
                lambda client=client: client.post(reverse("applications:send", args=[ready.public_id]))
                for client in clients
            )
        )
    assert unexpected(answers) == []
    assert [answer.status_code for answer in answers].count(302) >= 1
    assert {answer.status_code for answer in answers} <= {302, 409}
    assert Submission.objects.count() == Event.objects.filter(verb="application.submit").count() == 1
    assert Message.objects.filter(template="application_received").count() == 2


def test_twenty_writers_at_once_meet_no_locked_database(bid, asha):
    met = at_once(*writing(bid, asha, 20))
    assert unexpected(met) == []
    assert SectionAnswer.objects.filter(content__what="Four").count() == 20


def test_in_sqlites_own_mode_the_same_twenty_do(bid, asha, monkeypatch):
    """The control: transactions that ask for the writer's place only when they write cannot wait for it."""
    if connection.vendor != "sqlite":
        pytest.skip("about SQLite alone")
    monkeypatch.setitem(connections.databases["default"]["OPTIONS"], "transaction_mode", None)
    met = at_once(*writing(bid, asha, 20))
    assert {str(each) for each in unexpected(met)} == {"database is locked"}


def writing(bid, by, count):
    """So many people who each save a section of a bid of their own five times."""

    def write(row):
        for version, word in enumerate(("Nought", "One", "Two", "Three", "Four")):
            operations.save_section(
                row, section="idea", content={"title": "T", "what": word}, version=version, by=by, at=AT
            )

    rows = [copied(bid, make_group(by, name=f"Group {number}")) for number in range(count)]
    return [lambda row=row: write(row) for row in rows]


def test_a_bid_sent_in_the_last_second_is_taken_while_the_round_is_cleared_up(ready, asha, grace):
    """What arrived in time is looked at minutes later, at the moment of the sweep: ten minutes are left for that."""
    round_ = ready.round
    swept = round_.last_moment + timedelta(minutes=9, seconds=59)
    met = at_once(
        lambda: operations.submit(ready, by=asha, at=round_.last_moment),
        lambda: operations.lapse_all(at=swept),
        lambda: finish(round_, by=grace, at=swept),
        lambda: operations.lapse_all(at=swept),
    )
    assert isinstance(met[0], Submission)
    assert (met[1], met[3]) == (0, 0)
    assert refused(met) == [met[2]]


def test_a_bid_is_either_sent_or_put_away_and_told_so_once(ready, asha):
    """However late both are looked at, one of them comes first."""
    round_ = ready.round
    late = round_.settled_at + timedelta(seconds=1)
    met = at_once(
        lambda: operations.submit(ready, by=asha, at=round_.last_moment),
        *[lambda: operations.lapse_all(at=late)] * 3,
    )
    assert unexpected(met) == []
    ready.refresh_from_db()
    sent = isinstance(met[0], Submission)
    assert ready.status == ("submitted" if sent else "lapsed")
    assert sum(met[1:]) == (0 if sent else 1)
    templates = Message.objects.filter(template__startswith="application_").values_list("template", flat=True)
    assert set(templates) == {"application_received" if sent else "application_lapsed"}


def test_a_slow_connection_makes_nobody_late(ready, asha, client, live_server, settings):
    """The request begins a second before the end of the grace and its body arrives after it."""
    ends = now() + timedelta(seconds=2)
    type(ready.round).objects.filter(pk=ready.round_id).update(
        closes_at=ends, grace_minutes=0, decision_due_on="2030-01-01"
    )
    client.force_login(asha, backend="allauth.account.auth_backends.AuthenticationBackend")
    secret = _get_new_csrf_string()
    body = f"csrfmiddlewaretoken={_mask_cipher_secret(secret)}".encode()
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    place = urlsplit(live_server.url)
    head = (
        f"POST {reverse('applications:send', args=[ready.public_id])} HTTP/1.1\r\nHost: {place.netloc}\r\n"
        f"Cookie: {settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={secret}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection((place.hostname, place.port)) as line:
        line.sendall(head.encode() + body[:10])
        time.sleep(3)
        line.sendall(body[10:])
        answer = line.recv(4096).decode()
    assert now() > ends
    assert answer.startswith("HTTP/1.1 302"), answer[:300]
    assert Application.objects.get().status == "submitted"


def test_the_same_a_moment_too_late_is_refused(ready, asha, client):
    type(ready.round).objects.filter(pk=ready.round_id).update(closes_at=now() - timedelta(seconds=1), grace_minutes=0)
    client.force_login(asha, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(reverse("applications:send", args=[ready.public_id])).status_code == 409
