"""Many at once, and a slow connection: with real transactions, on both engines."""

import socket
import time
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.middleware.csrf import _get_new_csrf_string, _mask_cipher_secret
from django.urls import reverse

from communities.core.clock import now
from grants.applications import operations
from grants.applications.models import Application, Submission
from tests.at_once import at_once
from tests.cast import AT
from tests.factories.applications import ApplicationFactory, fill_in
from tests.factories.groups import make_group

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_bid_sent_eight_times_at_once_is_sent_once(ready, asha):
    bids = [Application.objects.get(pk=ready.pk) for _ in range(8)]
    answers = at_once(*(lambda bid=bid: operations.submit(bid, by=asha, at=AT) for bid in bids))
    assert [type(answer) for answer in answers].count(Submission) == 1
    assert Submission.objects.count() == 1


def test_eight_bids_sent_at_once_get_eight_references_in_a_row(round_, asha):
    bids = []
    for number in range(8):
        group = make_group(asha, name=f"Group {number}")
        bids.append(fill_in(ApplicationFactory(round=round_, group=group, started_by=asha), asha))
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
