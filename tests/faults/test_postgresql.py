"""F7 and F8: PostgreSQL restarted in the middle of everything, and away for a while."""

import pytest
from django.urls import reverse

from communities.core.models import Event, Message
from grants.applications.models import Application, Submission
from tests.faults.processes import wait_until

pytestmark = pytest.mark.postgresql
NAMES = ("Asha Patel", "Ben Carter", "Chloe Dean", "Dina Shah", "Emil Novak", "Faye Obi")
AWAY = "The service is not available just now"


def send(bid):
    return reverse("applications:send", args=[bid.public_id])


def traces(bid):
    """All that a sent bid leaves: its state, copies, events and letters."""
    bid.refresh_from_db()
    sent = Event.objects.filter(case=bid.case, verb="application.submit").count()
    letters = Message.objects.filter(case=bid.case, template="application_received").count()
    return bid.status, bool(bid.reference), bid.submissions.count(), sent, letters


NOTHING = ("draft", False, 0, 0, 0)
ONCE = ("submitted", True, 1, 1, 1)


def test_a_restart_under_a_storm_of_sent_bids_leaves_none_half_written_and_loses_none(house, bid_of, together):
    bids, web = [bid_of(name) for name in NAMES], house.web()
    visitors = [web.visitor(bid.started_by) for bid in bids]
    with house.held():
        storm = together(*[lambda b=bid, v=v: v.post(send(b)) for bid, v in zip(bids, visitors, strict=True)])
        house.wait_for_waiting(len(bids))
        house.postgresql.restart_at_once()
    answers = storm()
    assert [answer.status for answer in answers] == [503] * len(bids)
    assert all(AWAY in answer.text and "What you had saved is still there." in answer.text for answer in answers)
    house.reconnect()
    assert [traces(bid) for bid in bids] == [NOTHING] * len(bids)
    for _ in range(2):  # people try again, some of them twice
        again = together(*[lambda b=bid, v=v: v.post(send(b)) for bid, v in zip(bids, visitors, strict=True)])()
        assert [answer.status for answer in again] == [302] * len(bids)
    assert [traces(bid) for bid in bids] == [ONCE] * len(bids)
    assert len(set(Application.objects.values_list("reference", flat=True))) == len(bids)
    assert Submission.objects.count() == len(bids)


def test_after_a_restart_the_next_page_comes_as_if_nothing_had_been(house, bid_of):
    visitor = opened(house, bid_of("Asha Patel"))
    house.postgresql.restart_at_once()
    house.reconnect()
    assert statuses(visitor) == {200}


def test_lines_that_are_not_looked_at_break_the_next_pages(house, bid_of):
    """The control."""
    visitor = opened(house, bid_of("Asha Patel"))
    house.switch("no_health_checks")
    house.postgresql.restart_at_once()
    house.reconnect()
    wait_until(lambda: visitor.get("/home/").status == 503, "a page comes over a line that is gone")


def opened(house, bid):
    """Somebody for whom the web processes have opened lines to the database."""
    visitor = house.web().visitor(bid.started_by)
    assert statuses(visitor) == {200}
    return visitor


def statuses(visitor):
    """What comes of a few pages, enough that each of the web processes has its turn."""
    return {visitor.get("/home/").status for _ in range(8)}


def test_while_the_database_is_away_pages_say_so_and_afterwards_everything_goes_on(house, bid_of, letter):
    bid, web, worker = bid_of("Asha Patel"), house.web(), house.work()
    visitor = web.visitor(bid.started_by)
    waits = letter()
    wait_until(lambda: _sent(waits), "the worker is at work")
    second = letter("Second")
    house.postgresql.stop()
    assert web.visitor().get("/healthz").status == 200
    assert web.visitor().get("/readyz").status == 503
    pages = [visitor.get("/home/"), visitor.post("/home/details/", full_name="Asha Lovelace", phone="01632 1")]
    assert [page.status for page in pages] == [503, 503]
    assert all(AWAY in page.text for page in pages)
    assert "Asha Lovelace" in pages[1].text  # given back
    house.postgresql.start()
    house.reconnect()
    assert visitor.get("/home/").status == 200
    assert web.visitor().get("/readyz").status == 200
    assert visitor.post(send(bid)).status == 302
    wait_until(lambda: _sent(second) and not Message.objects.exclude(state="sent").exists(), "all letters are sent")
    accepted = house.mail.record("accepted")
    assert len(accepted) == len(set(accepted)) == Message.objects.count()
    assert worker.runs


def _sent(message):
    message.refresh_from_db()
    return message.state == "sent"
