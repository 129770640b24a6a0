"""A case page shows what can be done now, and doing it calls the operation."""

import pytest

from communities.core.models import Event
from tests.sample.models import Bid, Pot

pytestmark = pytest.mark.django_db


@pytest.fixture
def bid(asha):
    return Bid.objects.create(pot=Pot.objects.create(limit=500), owner=asha, status="sent", amount=75)


@pytest.fixture
def office(client, carol, settings):
    settings.STAFF_SECOND_FACTOR = False
    client.force_login(carol)
    return client


def case(bid, step=""):
    return f"/office/sample/bid/{bid.pk}/" + (f"step/{step}/" if step else "change/")


def test_the_page_shows_facts_state_and_steps_that_can_be_taken(office, bid):
    html = office.get(case(bid)).content.decode()

    assert "Asked for" in html
    assert '<strong class="govuk-tag">Received</strong>' in html
    assert case(bid, "fund") in html
    assert case(bid, "decline") in html
    assert case(bid, "send") not in html


def test_a_step_asks_before_it_is_taken(office, bid):
    html = office.get(case(bid, "decline")).content.decode()

    assert "Why?" in html
    bid.refresh_from_db()
    assert bid.status == "sent"


def test_a_step_is_taken_with_its_reason(office, carol, bid):
    response = office.post(case(bid, "decline"), {"reason": "Nobody would use it"}, follow=True)

    bid.refresh_from_db()
    assert bid.status == "declined"
    event = Event.objects.get(verb="bid.decline")
    assert (event.actor, event.reason) == (carol, "Nobody would use it")
    html = response.content.decode()
    assert "govuk-notification-banner--success" in html
    assert "Nobody would use it" in html


def test_a_step_that_cannot_be_taken_any_more_asks_for_nothing(office, bid):
    Bid.objects.filter(pk=bid.pk).update(status="declined")
    answer = office.get(case(bid, "decline"))

    assert answer.status_code == 409
    assert "This cannot be done now" in answer.content.decode()
    assert "Why?" not in answer.content.decode()


def test_a_missing_reason_is_asked_for(office, bid):
    response = office.post(case(bid, "decline"), {"reason": ""})

    assert response.status_code == 400
    assert '<a href="#id_reason">Enter the reason</a>' in response.content.decode()


def test_a_refusal_keeps_what_was_typed(office, bid):
    response = office.post(case(bid, "fund"), {"amount": "600", "reason": "It is good"})

    html = response.content.decode()
    assert response.status_code == 409
    assert "The pot does not hold that much. Fund less." in html
    assert 'value="600"' in html
    assert 'value="It is good"' in html
    bid.refresh_from_db()
    assert bid.status == "sent"


def test_a_step_taken_twice_is_refused(office, bid):
    office.post(case(bid, "decline"), {"reason": "No"})
    response = office.post(case(bid, "fund"), {"amount": "50", "reason": "Yes"})

    assert response.status_code == 409
    assert "already “Declined”" in response.content.decode()


def test_a_step_that_is_not_ones_own_does_not_exist(office, bid):
    Bid.objects.update(status="draft")

    assert office.post(case(bid, "send")).status_code == 404
    assert office.get(case(bid, "no-such-step")).status_code == 404


def test_nothing_can_be_added_or_edited_past_the_steps(office, bid):
    assert office.get("/office/sample/bid/add/").status_code == 403
