"""The cache of a real deployment: Redis, and the database while Redis is away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import redis.exceptions
import structlog
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache

if TYPE_CHECKING:
    from collections.abc import Callable

log = structlog.get_logger(__name__)


def or_database(name: str) -> Callable[..., Any]:
    """Ask Redis; when it does not answer, ask the table instead, so that nobody is kept from signing in."""

    def call(self: RedisOrDatabase, *args: Any, **kwargs: Any) -> Any:
        try:
            return getattr(RedisCache, name)(self, *args, **kwargs)
        except redis.exceptions.RedisError as error:
            log.warning("cache_without_redis", call=name, error=type(error).__name__)
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
