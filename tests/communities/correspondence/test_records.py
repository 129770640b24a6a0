"""Every message can be read, a failed one sent again; the record of events is read and never changed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communities.core.events import erase_detail, record_event, sentence
from communities.core.models import Event, Message
from communities.core.refusals import Refused
from communities.correspondence.operations import send_again
from communities.people.models import Person
from tests.communities.correspondence.conftest import NOON

MESSAGES, EVENTS = "/office/communities/message/", "/office/communities/event/"


def written(number=1, **fields):
    usual = {
        "template": "application_received",
        "object_pk": str(number),
        "subject": f"We have your bid {number}",
        "body": "Thank you.\n\nThe council",
        "recipient": "pat@example.org",
    }
    return Message.objects.create(**{**usual, **fields})


@pytest.fixture
def failed(db):
    return written(state="failed", error="Mailbox full", recipient_name="Pat Reeve")


@pytest.fixture
def code(db):
    """A sign-in code on its way to somebody."""
    return written(
        template="account/email/login_code", subject="Your code", body="ABCD-EFGH", recipient="grace@example.org"
    )


# -- messages ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["carol", "grace", "fiona", "una"])
def test_the_office_reads_every_message(as_, failed, request, who):
    client = as_(request.getfixturevalue(who))
    assert "We have your bid 1" in client.get(f"{MESSAGES}?q=pat@").content.decode()
    page = client.get(f"{MESSAGES}{failed.pk}/change/").content.decode()
    for words in ("Thank you.", "Pat Reeve &lt;pat@example.org&gt;", "Could not be sent", "Mailbox full"):
        assert words in page


@pytest.mark.parametrize("who", ["carol", "grace", "fiona", "una"])
def test_nobody_in_the_office_reads_a_colleagues_sign_in_code(as_, code, request, who):
    client = as_(request.getfixturevalue(who))
    assert "Your code" not in client.get(MESSAGES).content.decode()
    assert client.get(f"{MESSAGES}{code.pk}/change/").status_code == 404
    assert client.get(f"{MESSAGES}{code.pk}/history/").status_code == 404


@pytest.mark.parametrize("who", ["anil", "asha"])
def test_messages_are_not_for_everybody(as_, failed, request, who):
    client = as_(request.getfixturevalue(who))
    assert client.get(f"{MESSAGES}{failed.pk}/change/", follow=True).status_code in (403, 404)


def test_a_failed_message_is_sent_again(as_, failed, carol):
    page = as_(carol).get(f"{MESSAGES}{failed.pk}/change/")
    assert [button["text"] for button in page.context["buttons"]] == ["Try again"]
    answer = as_(carol).post(f"{MESSAGES}{failed.pk}/again/", follow=True)
    assert "We will try to send this message again." in answer.content.decode()
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == ("waiting", 0)
    assert Event.objects.get(verb="message.send_again").actor == carol


def test_a_message_that_was_sent_has_no_button_and_is_not_sent_twice(as_, carol):
    sent = written(state="sent", sent_at=NOON)
    assert "Try again" not in as_(carol).get(f"{MESSAGES}{sent.pk}/change/").content.decode()
    assert as_(carol).post(f"{MESSAGES}{sent.pk}/again/").status_code == 409
    with pytest.raises(Refused, match="not one that failed"):
        send_again(sent, by=carol, at=NOON)


def test_an_auditor_sends_nothing(as_, failed, una):
    assert as_(una).post(f"{MESSAGES}{failed.pk}/again/").status_code == 404
    with pytest.raises(Refused):
        send_again(failed, by=una, at=NOON)
    failed.refresh_from_db()
    assert failed.state == "failed"


def test_messages_are_changed_by_nobody(as_, failed, grace):
    assert as_(grace).post(f"{MESSAGES}{failed.pk}/change/", {"body": "Other"}).status_code == 403
    assert as_(grace).post(f"{MESSAGES}{failed.pk}/delete/", {"post": "yes"}).status_code == 403
    assert as_(grace).get(f"{MESSAGES}add/").status_code == 403
    failed.refresh_from_db()
    assert failed.body == "Thank you.\n\nThe council"


def test_failed_messages_stand_on_the_front_page(as_, failed, carol, anil):
    card = {"number": 1, "title": "See what could not be sent", "href": f"{MESSAGES}?state__exact=failed"}
    cards = [{**each, "reason": None} for each in as_(carol).get("/office/").context["cards"]]
    assert {**card, "reason": None} in cards
    assert "could not be sent" not in as_(anil).get("/office/").content.decode()


# -- events ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def event(case, carol):
    person = Person.objects.get(user=carol)
    detail = {"phone": ["01255 1", "01255 2"]}
    return record_event("person.correct", person, by=carol, at=NOON, reason="She moved.", detail=detail)


@pytest.mark.parametrize("who", ["grace", "una"])
def test_those_who_answer_for_it_read_the_record(as_, event, request, who):
    client = as_(request.getfixturevalue(who))
    assert sentence("person.correct") in client.get(EVENTS).content.decode()
    page = client.get(f"{EVENTS}{event.pk}/change/").content.decode()
    for words in (
        sentence("person.correct"),
        "Carol Reed",
        "She moved.",
        "phone: 01255 1, 01255 2",
        "20 Oct 2026, 12:00",
    ):
        assert words in page


@pytest.mark.parametrize("who", ["carol", "fiona", "anil"])
def test_others_in_the_office_do_not(as_, event, request, who):
    client = as_(request.getfixturevalue(who))
    assert client.get(EVENTS).status_code == 403
    assert client.get(f"{EVENTS}{event.pk}/change/").status_code in (403, 404)


def test_the_record_is_changed_by_nobody(as_, event, una, grace):
    for user in (una, grace):
        assert as_(user).post(f"{EVENTS}{event.pk}/change/", {"reason": "Other"}).status_code == 403
        assert as_(user).post(f"{EVENTS}{event.pk}/delete/", {"post": "yes"}).status_code == 403
        assert as_(user).get(f"{EVENTS}add/").status_code == 403


def test_everything_on_one_case_is_found(as_, event, case, una):
    record_event("application.submit", case=case, at=NOON)
    page = as_(una).get(f"{EVENTS}?q={case}")
    assert {each.verb for each in page.context["cl"].result_list} == {"application.start", "application.submit"}


def test_events_of_one_kind_of_thing_are_found(as_, event, una):
    page = as_(una).get(f"{EVENTS}?object_model=communities.Person")
    assert [each.pk for each in page.context["cl"].result_list] == [event.pk]


def test_an_erased_detail_says_so(as_, event, una, grace):
    erase_detail([event], by=grace, at=NOON, reason="She asked.")
    assert "Erased" in as_(una).get(f"{EVENTS}{event.pk}/change/").content.decode()


@pytest.mark.parametrize("address", [MESSAGES, EVENTS])
def test_lists_cost_the_same_for_one_and_for_thirty(as_, event, failed, una, carol, address):
    def cost():
        as_(una).get(address)
        with CaptureQueriesContext(connection) as caught:
            assert as_(una).get(address).status_code == 200
        return len(caught.captured_queries)

    few = cost()
    for number in range(2, 32):
        written(number)
        record_event("person.correct", Person.objects.get(user=carol), by=carol, at=NOON)
    assert cost() == few


def test_the_help_page_prints_every_step(as_, carol):
    page = as_(carol).get("/office/help/steps/").content.decode()
    for words in ("What can happen to what", "Remove the name", "the person has no role in the office"):
        assert words in page
    assert "/office/help/steps/" in as_(carol).get("/office/").content.decode()
