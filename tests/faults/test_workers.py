"""F1 to F4: workers that die in the middle of their work, and work that is delivered more than once."""

import os
import signal

import pytest

from communities.core.clock import now
from communities.core.models import Message
from tests.faults.processes import wait_until

pytestmark = pytest.mark.postgresql


def state(message):
    message.refresh_from_db()
    return message.state


def sender(house):
    """The worker's child that has the letter in hand, once the mail server has it as well."""
    wait_until(lambda: house.mail.record("began"), "the mail server is being told the letter")
    return int(house.noted("sending")[-1][1])


def kill(pid):
    os.kill(pid, signal.SIGKILL)


# -- F1: a child is killed ---------------------------------------------------------------------------------------------


def test_work_whose_process_was_killed_is_delivered_again(house):
    house.work()
    house.publish("held")
    [[_, pid]] = wait_until(lambda: house.noted("held"), "the work began")
    kill(int(pid))
    wait_until(lambda: len(house.noted("held")) == 2, "the work began again")
    house.switch("let_go")
    wait_until(lambda: house.redis.waiting() == 0 or house.noted("let_go"), "the work ended")
    assert len(house.noted("let_go")) == 1


def test_without_late_acknowledgement_the_work_is_lost(house):
    """The control: Celery as it comes forgets work when it begins."""
    house.switch("early_ack")
    house.work(CONTROL="early_ack")
    house.publish("held")
    [[_, pid]] = wait_until(lambda: house.noted("held"), "the work began")
    wait_until(lambda: _fetched(house) == 0, "nothing is left of the delivery")
    kill(int(pid))
    house.publish("effect")
    wait_until(lambda: house.noted("effect"), "later work is done")
    assert len(house.noted("held")) == 1


def _fetched(house):
    with house.redis.ask() as client:
        return client.hlen("unacked")


def test_a_letter_whose_sender_was_killed_is_sent_once(house, letter):
    house.mail.mode("stall")
    house.work()
    waits = letter()
    pid = sender(house)
    kill(pid)
    wait_until(lambda: house.mail.record("gone"), "the mail server misses the sender")
    waits.refresh_from_db()
    assert (waits.state, waits.lost_tries) == ("waiting", 1)
    assert (waits.next_at - now()).total_seconds() <= 60
    house.mail.mode("accept")
    house.time_passes()
    wait_until(lambda: state(waits) == "sent", "the letter is sent")
    assert len(house.mail.record("accepted")) == 1
    assert (waits.attempts, waits.lost_tries) == (2, 0)


def test_settled_before_it_is_sent_a_letter_is_lost(house, letter):
    """The control: without the lease the row says sent, and nobody has the letter."""
    house.switch("settled_first")
    house.mail.mode("stall")
    house.work()
    waits = letter()
    kill(sender(house))
    wait_until(lambda: house.mail.record("gone"), "the mail server misses the sender")
    house.mail.mode("accept")
    house.time_passes()
    second = letter("Later")
    wait_until(lambda: state(second) == "sent" and house.mail.record("accepted"), "a later letter is sent")
    assert state(waits) == "sent"
    assert len(house.mail.record("accepted")) == 1


def test_a_letter_that_kills_whoever_sends_it_ends_as_failed_and_holds_up_no_other(house, letter):
    house.switch("poison")
    house.work()
    poison, fine = letter("Poison"), letter("Fine")
    for number in range(1, 6):
        wait_until(lambda n=number: len(_poisoned(house)) == n, f"delivery {number}")
        wait_until(lambda: _lost(poison) == number, "it is counted")  # noqa: B023 (asked at once)
        house.time_passes()
    wait_until(lambda: state(poison) == "failed", "it is given up")
    wait_until(lambda: state(fine) == "sent", "the other letter is sent")
    assert len(_poisoned(house)) == 5
    assert "stopped the process" in poison.error


def _poisoned(house):
    return [line for line in house.noted("sending") if line[2] == "Poison"]


def _lost(message):
    message.refresh_from_db()
    return message.lost_tries


def test_a_file_that_kills_whoever_reads_it_ends_as_failed(house):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from communities.core import jobs
    from communities.places.operations.facts import load_places
    from tests.cast import account

    load_places()
    house.switch("poison")
    house.work()
    file = SimpleUploadedFile("imd.csv", b"a,b\n1,2\n", "text/csv")
    job = jobs.send(file, kind="official", about="imd/2019", by=account("Carol Reed", "officer"), at=now())
    for number in range(1, jobs.GIVE_UP_TRIES + 1):
        wait_until(lambda n=number: len(house.noted("reading")) == n, f"delivery {number}")
        house.time_passes()
    wait_until(lambda: state_of_job(job) == "failed", "it is given up")
    assert len(house.noted("reading")) == jobs.GIVE_UP_TRIES
    assert "stopped our server each time" in job.problems[0][1]


def state_of_job(job):
    job.refresh_from_db()
    return job.status


# -- F2: all of a worker is killed -------------------------------------------------------------------------------------


def test_another_worker_sends_what_a_killed_one_had_in_hand_when_its_lease_ends(house, letter):
    house.mail.mode("stall")
    first = house.work(LEASE="2")
    letters = [letter(number=number) for number in range(5)]
    sender(house)
    first.kill()
    wait_until(lambda: house.mail.record("gone"), "the mail server misses the sender")
    house.mail.mode("accept")
    house.work(LEASE="2")
    # no help from here: neither time nor Redis's visibility timeout of ten minutes is moved
    wait_until(lambda: {state(each) for each in letters} == {"sent"}, "all are sent")
    accepted = house.mail.record("accepted")
    assert (len(accepted), len(set(accepted))) == (5, 5)


# -- F3: a crash between the effect and its acknowledgement ------------------------------------------------------------


def test_a_letter_sent_twice_after_a_crash_is_recognised_as_one(house, letter):
    house.switch("crash_after_send")
    accepted = _crashed(house, letter())
    assert (len(accepted), len(set(accepted))) == (2, 1)


def test_with_a_new_number_each_time_it_is_two_letters(house, letter):
    """The control: what the fixed Message-ID is for."""
    house.switch("crash_after_send", "own_ids")
    accepted = _crashed(house, letter())
    assert len(set(accepted)) == 2


def _crashed(house, waits):
    house.work()
    wait_until(lambda: house.mail.record("accepted"), "the letter is out")
    wait_until(lambda: _lost(waits) == 1 and not (house.switches / "crash_after_send").exists(), "the crash")
    house.time_passes()
    wait_until(lambda: state(waits) == "sent", "it is settled")
    return house.mail.record("accepted")


# -- F4: delivered ten times -------------------------------------------------------------------------------------------


def test_delivered_ten_times_to_four_workers_work_is_done_once(house):
    house.work()
    house.publish("effect", times=10)
    wait_until(lambda: len(house.noted("turn", "effect")) == 10, "ten deliveries")
    assert len(house.noted("effect")) == 1
    assert len(house.noted("turn", "effect", "False")) == 9


def test_where_turns_are_not_taken_it_is_done_ten_times(house):
    """The control."""
    house.switch("no_turns")
    house.work()
    house.publish("effect", times=10)
    wait_until(lambda: len(house.noted("turn", "effect")) == 10, "ten deliveries")
    assert len(house.noted("effect")) == 10


def test_while_one_has_a_letter_in_hand_nobody_else_sends_it(house, letter):
    house.mail.mode("stall")
    house.work()
    waits = letter()
    sender(house)
    before = len(house.noted("turn", "send_messages"))
    house.publish("send_messages", times=10)
    wait_until(lambda: len(house.noted("turn", "send_messages")) >= before + 10, "ten deliveries that find nothing")
    assert len(house.mail.record("began")) == 1
    house.mail.mode("accept")
    wait_until(lambda: state(waits) == "sent", "it is sent")
    assert (len(house.mail.record("accepted")), Message.objects.get().attempts) == (1, 1)


def test_without_leases_several_send_it(house, letter):
    """The control: each takes what waits."""
    house.switch("claimed_by_all")
    house.mail.mode("stall")
    house.work()
    letter()
    house.publish("send_messages", times=4)
    wait_until(lambda: len(house.mail.record("began")) >= 2, "two have it in hand")
    house.mail.mode("accept")
    wait_until(lambda: len(house.mail.record("accepted")) >= 2, "it came twice")
