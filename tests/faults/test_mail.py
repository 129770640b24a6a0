"""F11: the mail server refuses, stalls, or says no. People notice nothing, and no letter is lost."""

from django.urls import reverse

from communities.core.clock import now
from communities.core.models import Message
from tests.cast import account
from tests.faults.processes import wait_until


def send(bid):
    return reverse("applications:send", args=[bid.public_id])


def tried(message, times):
    """Wait until a letter was tried so often and nobody has it in hand; returns the minutes until the next try."""

    def settled():
        message.refresh_from_db()
        return message.attempts >= times and message.lease_token is None

    wait_until(settled, f"try {times}")
    assert (message.state, message.attempts) == ("waiting", times)
    return (message.next_at - now()).total_seconds() / 60


def test_no_letter_is_lost_and_nobody_waits_whatever_the_mail_server_does(house, bid_of):
    bid, site = bid_of("Asha Patel"), house.web(relay=True, MAIL_TIMEOUT="1")
    asha = site.visitor(bid.started_by)
    house.mail.stop()
    assert asha.post(send(bid)).status == 302
    received = Message.objects.get(template="application_received")
    waits = [tried(received, 1)]
    assert "Refused" in received.error

    house.mail.mode("stall")
    house.mail.start()
    house.time_passes()
    wait_until(lambda: house.mail.record("began"), "the mail server has begun to stall")
    assert asha.get(reverse("applications:receipt", args=[bid.public_id])).status == 200
    waits.append(tried(received, 2))
    assert "Timeout" in received.error or "Disconnected" in received.error

    house.mail.mode("later")
    house.time_passes()
    waits.append(tried(received, 3))
    assert "451" in received.error
    assert waits == sorted(waits), "each time a longer wait"
    assert waits[0] > 0

    house.mail.mode("never asha@example.org")
    house.time_passes()
    asked = site.visitor().post("/sign-in/", email="pat@example.org")
    assert asked.status == 302
    wait_until(lambda: not Message.objects.filter(state="waiting").exists(), "all is settled")
    received.refresh_from_db()
    assert received.state == "failed"
    assert Message.objects.exclude(pk=received.pk).exclude(state="sent").count() == 0

    officer = account("Carol Reed", "officer")
    carol = site.visitor(officer)
    case = carol.get(reverse("admin:grants_application_change", args=[bid.pk])).location
    assert "Could not be sent" in carol.get(case).text

    house.mail.mode("accept")
    carol.post(reverse("admin:communities_message_again", args=[received.pk]))
    wait_until(lambda: not Message.objects.exclude(state="sent").exists(), "it is sent after all")
    accepted = house.mail.record("accepted")
    assert len(accepted) == len(set(accepted)) == Message.objects.count()


def test_a_page_that_sends_mail_itself_breaks_with_the_mail_server(house, bid_of):
    """The control."""
    bid, site = bid_of("Asha Patel"), house.web()
    house.switch("mail_in_request")
    house.mail.stop()
    assert site.visitor(bid.started_by).post(send(bid)).status == 500
