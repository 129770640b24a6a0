"""F5 and F6: Redis killed and empty, and Redis that takes questions and never answers. No page depends on it."""

import threading

import pytest
from django.urls import reverse

from communities.core.models import Message
from tests.faults.processes import wait_until

pytestmark = pytest.mark.postgresql


def unsent():
    return Message.objects.exclude(state="sent").count()


def ask_for_code(web, number=0):
    return web.visitor().post("/sign-in/", email=f"pat{number}@example.org")


# -- F5 ----------------------------------------------------------------------------------------------------------------


def test_killed_and_back_empty_redis_loses_no_letter_and_no_page(house, bid_of, letter):
    bid, web, worker = bid_of("Asha Patel"), house.web(), house.work()
    house.publish("effect")
    wait_until(lambda: house.noted("effect"), "the worker is at work")
    visitor = web.visitor(bid.started_by)
    worker.pause()
    letters = [letter(number=number) for number in range(5)]
    house.publish("send_messages", times=5)
    assert house.redis.waiting() >= 4  # one may be on its way to the worker
    house.redis.kill()
    answers = [
        visitor.get("/home/"),
        ask_for_code(web),
        visitor.post(reverse("applications:send", args=[bid.public_id])),
    ]
    assert [answer.status for answer in answers] == [200, 302, 302]
    house.redis.start()
    assert house.redis.waiting() == 0  # what was only there is gone
    worker.resume()
    wait_until(lambda: not unsent(), "every letter is sent", seconds=90)
    accepted = house.mail.record("accepted")
    assert len(accepted) == len(set(accepted)) == Message.objects.count() > len(letters)


def test_without_its_second_leg_signing_in_breaks_while_redis_is_away(house):
    """The control."""
    web = house.web()
    house.redis.kill()
    house.switch("plain_cache")
    assert ask_for_code(web).status == 500


def test_a_worker_with_work_in_hand_outlives_its_redis(house):
    """Seen to fail with Celery 5.7.0, which ends when it gives back what it took from a line that is gone."""
    worker = house.work()
    house.publish("held")
    wait_until(lambda: house.noted("held"), "a turn is in hand")
    house.redis.kill()
    house.redis.start()
    wait_until(house.redis.waiting, "the beat, which is part of the worker, speaks to Redis again")
    house.switch("let_go")
    wait_until(lambda: house.noted("let_go"), "the turn is over")
    house.publish("effect")
    wait_until(lambda: house.noted("effect"), "the worker is at work")
    assert worker.runs


# -- F6 ----------------------------------------------------------------------------------------------------------------


def pages(web, bid):
    visitor, address = web.visitor(bid.started_by), [bid.public_id]
    return [
        web.visitor().get("/"),
        visitor.get("/home/"),
        visitor.get(reverse("applications:tasks", args=address)),
        visitor.post(reverse("applications:send", args=address)),
        visitor.get(reverse("applications:receipt", args=address)),
    ]


def test_pages_never_speak_to_redis(house, bid_of):
    bid, web = bid_of("Asha Patel"), house.web()
    if house.worker:
        house.worker.kill()
    before = house.redis.commands()
    assert [answer.status for answer in pages(web, bid)] == [200, 200, 200, 302, 200]
    assert house.redis.commands() == before
    house.redis.pause()
    assert ask_for_code(web).status == 302  # limits are kept there: when it does not answer, in the database


def test_a_page_that_publishes_waits_for_a_redis_that_hangs(house, bid_of):
    """The control: what a page would do that gives work to Celery by itself."""
    web, answers = house.web(), []
    house.redis.pause()
    house.switch("publish_in_request")
    thread = threading.Thread(target=lambda: answers.append(web.visitor().get("/healthz")), daemon=True)
    thread.start()
    wait_until(lambda: house.noted("publishing"), "the page publishes")
    (house.switches / "publish_in_request").unlink()
    for _ in range(3):
        assert web.visitor().get("/healthz").status == 200
    assert not answers
    house.redis.resume()
    thread.join(60)
    assert not thread.is_alive()


def test_workers_go_on_when_redis_answers_again(house, letter):
    worker = house.work()
    house.publish("effect")
    wait_until(lambda: house.noted("effect"), "the worker is at work")
    house.redis.pause()
    waits = letter()
    wait_until(lambda: "Timeout" in worker.log.read_text(), "somebody notices that Redis is silent")
    waits.refresh_from_db()
    house.redis.resume()
    later = letter("Later")
    wait_until(lambda: not unsent(), "both are sent", seconds=90)
    assert len(set(house.mail.record("accepted"))) == len({waits, later})
