"""Rate limits live in Redis, and in the database while Redis is away: nobody is kept from signing in."""

import time

from django.core.cache import caches
from django.test import Client

from config.caches import RedisOrDatabase

AWAY = {"OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}}


def test_while_redis_is_away_the_database_answers_at_once(db):
    away = RedisOrDatabase("redis://127.0.0.1:1/0", AWAY)
    began = time.monotonic()
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
    assert time.monotonic() - began < 3


def test_a_code_can_be_asked_for_while_redis_is_away(db, settings, monkeypatch):
    monkeypatch.setattr(caches._connections, "default", RedisOrDatabase("redis://127.0.0.1:1/0", AWAY), raising=False)
    client = Client()
    answers = [client.post("/sign-in/", {"email": "pat@example.org"}).status_code]
    client.post("/sign-in/out/")
    assert answers == [302]
