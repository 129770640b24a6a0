"""The log: lines of JSON on the standard error stream, from web processes, workers and beat alike.

They say what happened, with the number of the request or task, and never who the people are.
"""

from __future__ import annotations

import re
import sys
import traceback
from itertools import product
from typing import Any

import redis.exceptions
import structlog
from django.core.exceptions import ImproperlyConfigured
from django.db import InterfaceError, OperationalError

# What these errors say is about servers. Others quote what somebody typed, or whole rows.
ABOUT_SERVERS = (
    OperationalError, InterfaceError, ImproperlyConfigured, redis.exceptions.RedisError, ConnectionError, TimeoutError,
)  # fmt: skip
PERSONAL = (
    (re.compile(r"[^\s<>()\[\]{}'\",;:=]+@[^\s<>()\[\]{}'\",;:=]+"), "[email address]"),
    (re.compile(r"\bip=[0-9a-fA-F.:]+"), "ip=[address]"),  # gunicorn, of a request that it cannot read
)


def without_words(logger: Any, method: str, event: Any) -> Any:
    """Tell of an error where it happened and of which kind it was, and leave out what it says."""
    given = event.pop("exc_info", None)
    if isinstance(given, tuple):
        given = given[1]
    elif given and not isinstance(given, BaseException):
        given = sys.exc_info()[1]
    problem = given or event.get("exception")
    if isinstance(problem, BaseException):
        event["exception"] = what_broke(problem)
        event.pop("error", None)
    return event


def what_broke(problem: BaseException) -> str:
    """The places and kinds of an error and of those that led to it. Its own words only when they are about servers."""
    before = problem.__cause__ or (None if problem.__suppress_context__ else problem.__context__)
    said = f": {problem}" if isinstance(problem, ABOUT_SERVERS) else ""
    places = "".join(traceback.format_tb(problem.__traceback__))
    first = f"{what_broke(before)}\n" if before is not None else ""
    return f"{first}{places}{type(problem).__module__}.{type(problem).__qualname__}{said}"


def without_personal_data(logger: Any, method: str, event: Any) -> Any:
    """Drop what people searched for, what their browser says of itself, and addresses that some library wrote out."""
    for name in ("user_agent", "ip"):
        event.pop(name, None)
    if "request" in event:
        event["request"] = str(event["request"]).partition("?")[0]
    texts = [name for name, value in event.items() if isinstance(value, str)]
    for name, (pattern, instead) in product(texts, PERSONAL):
        event[name] = pattern.sub(instead, event[name])
    return event


PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso"),
    without_words,
    without_personal_data,
]
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *PROCESSORS,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)


def as_json(*, level: str, server_level: str = "WARNING") -> dict[str, Any]:
    """What `logging.config.dictConfig` takes, in Django, in gunicorn and in Celery."""
    quiet = {
        "django.request": "ERROR",
        "gunicorn.error": server_level,
        "gunicorn.access": "CRITICAL",  # knows addresses; every request has its line already
        "celery.app.trace": "CRITICAL",  # quotes errors; every failure has its line already
        "celery.beat": "WARNING",  # these would tell of every turn, several a second
        "celery.worker.strategy": "WARNING",
        "celery.worker.request": "WARNING",
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processor": structlog.processors.JSONRenderer(),
                "foreign_pre_chain": PROCESSORS,
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
        "loggers": {name: {"level": least, "handlers": []} for name, least in quiet.items()},
        "root": {"handlers": ["console"], "level": level},
    }
