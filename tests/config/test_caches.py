"""Rate limits live in Redis, and in the database while Redis is away: nobody is kept from signing in."""

import contextlib
import socket
import threading
from types import SimpleNamespace

import pytest
from django.core.cache import caches
from django.test import Client

from config import caches as module
from config.caches import Circuit, RedisOrDatabase

AWAY = {"OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}}


@pytest.fixture(autouse=True)
def circuit(monkeypatch):
    """Each test begins believing that Redis answers, and leaves the others no doubt."""
    monkeypatch.setattr(module, "circuit", Circuit())
    return module.circuit


@pytest.fixture
def hung():
    """A Redis that takes every call and never says a word; `hung.calls` are those it took."""
    server, calls = socket.create_server(("127.0.0.1", 0)), []

    def take():
        with contextlib.suppress(OSError):
            while True:
                calls.append(server.accept()[0])

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    yield SimpleNamespace(calls=calls, url=f"redis://127.0.0.1:{server.getsockname()[1]}/0")
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()
    for call in calls:
        call.close()


def test_while_redis_is_away_the_database_answers_at_once(db):
    away = RedisOrDatabase("redis://127.0.0.1:1/0", AWAY)
    assert away.add("tries", 1, 60)
    assert not away.add("tries", 1, 60)
    assert away.incr("tries") == 2
    assert (away.get("tries"), away.get("nothing", "so")) == (2, "so")
    assert away.get_many(["tries"]) == {"tries": 2}
    assert away.has_key("tries")
    assert away.touch("tries", 30)
    assert away.delete("tries")
    assert away.set_many({"a": 1}) == []
    away.delete_many(["a"])
    away.set("b", 1)
    away.clear()
    assert away.get("b") is None


def test_a_code_can_be_asked_for_while_redis_is_away(db, settings, monkeypatch):
    monkeypatch.setattr(caches._connections, "default", RedisOrDatabase("redis://127.0.0.1:1/0", AWAY), raising=False)
    client = Client()
    answers = [client.post("/sign-in/", {"email": "pat@example.org"}).status_code]
    client.post("/sign-in/out/")
    assert answers == [302]


def test_a_redis_that_hangs_is_asked_once_not_at_every_call(db, hung):
    cache = RedisOrDatabase(hung.url, AWAY)
    for number in range(20):
        cache.set(f"try-{number}", number)
    assert [cache.get(f"try-{number}") for number in range(20)] == list(range(20))
    assert len(hung.calls) == 1


def test_without_the_circuit_every_call_would_wait_for_it(db, hung, monkeypatch):
    monkeypatch.setattr(module, "PAUSE", 0)
    cache = RedisOrDatabase(hung.url, AWAY)
    for _ in range(3):
        cache.get("try")
    assert len(hung.calls) == 3


def test_when_the_pause_is_over_one_call_tries_and_the_others_still_ask_the_database(monkeypatch, circuit):
    clock = iter([100, 105, 111, 112, 113])
    monkeypatch.setattr(module.time, "monotonic", lambda: next(clock))
    circuit.failed()
    assert [circuit.is_open() for _ in range(3)] == [True, False, True]
    circuit.answered()
    assert not circuit.is_open()


def test_all_threads_share_what_they_know_of_redis(db, hung):
    RedisOrDatabase(hung.url, AWAY).get("first")
    RedisOrDatabase(hung.url, AWAY).get("of-another-thread")
    assert len(hung.calls) == 1


def test_pages_and_signing_in_do_not_wait_for_a_redis_that_hangs(client, asha, hung, monkeypatch):
    monkeypatch.setattr(caches._connections, "default", RedisOrDatabase(hung.url, AWAY), raising=False)
    client.force_login(asha)
    assert client.get("/home/").status_code == 200
    assert len(hung.calls) == 0  # no page asks the cache at all: sessions are rows
    assert Client().post("/sign-in/", {"email": "pat@example.org"}).status_code == 302
    assert len(hung.calls) == 1
