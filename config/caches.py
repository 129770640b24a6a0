"""The cache of a real deployment: Redis, and the database while Redis is away."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import redis.exceptions
import structlog
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache

if TYPE_CHECKING:
    from collections.abc import Callable

log = structlog.get_logger(__name__)

PAUSE = 10.0  # seconds for which Redis is not asked again, once it did not answer


class Circuit:
    """Whether this process asks Redis at present. A server that hangs costs one timeout a pause, not one a call."""

    def __init__(self) -> None:
        self.asks_again_at = 0.0

    def is_open(self) -> bool:
        """Whether to leave Redis alone. When the pause is over the first to come tries, the others still wait."""
        at = time.monotonic()
        if at < self.asks_again_at:
            return True
        if self.asks_again_at:
            self.asks_again_at = at + PAUSE
        return False

    def failed(self) -> None:
        """Redis did not answer."""
        self.asks_again_at = time.monotonic() + PAUSE

    def answered(self) -> None:
        """Redis is back."""
        self.asks_again_at = 0.0


circuit = Circuit()  # Django makes a cache for every thread; they share what they know


def or_database(name: str) -> Callable[..., Any]:
    """Ask Redis; when it does not answer, ask the table instead, so that nobody is kept from signing in."""

    def call(self: RedisOrDatabase, *args: Any, **kwargs: Any) -> Any:
        if not circuit.is_open():
            try:
                answer = getattr(RedisCache, name)(self, *args, **kwargs)
            except redis.exceptions.RedisError as error:
                circuit.failed()
                log.warning("cache_without_redis", call=name, kind=type(error).__name__)
            else:
                circuit.answered()
                return answer
        return getattr(caches["database"], name)(*args, **kwargs)

    return call


class RedisOrDatabase(RedisCache):
    """Redis with short timeouts; the database keeps the rate limits while it is away."""

    add = or_database("add")
    get = or_database("get")
    set = or_database("set")
    touch = or_database("touch")
    delete = or_database("delete")
    get_many = or_database("get_many")
    set_many = or_database("set_many")
    delete_many = or_database("delete_many")
    has_key = or_database("has_key")
    incr = or_database("incr")
    clear = or_database("clear")
