"""A query for each row of a list fails whichever test sees it, without anybody having to count.

django-zeal watches each request, and each unit of work outside of one. What it finds while a test runs, in the live
server's threads as well, fails that test and names the place. The cure is select_related or prefetch_related. There
are no exceptions.
"""

import sys
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace

import pytest

found: dict[str, str] = {}  # where, and what, since the last test


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_load_initial_conftests():
    """Install it before Django is set up, and after the servers are there."""
    from config import settings

    settings.INSTALLED_APPS.append("zeal")
    settings.MIDDLEWARE.insert(0, "zeal.middleware.zeal_middleware")
    return (yield)


def pytest_configure():
    """Count in our own way; and let the app's unit of work be watched like a request."""
    from zeal.listeners import n_plus_one_listener

    from communities.core import locking

    n_plus_one_listener.notify = asks
    n_plus_one_listener.ignore = got
    locking.transaction = SimpleNamespace(atomic=watched)


# zeal's own count also takes two questions about the same row, which grow with nothing; and it raises, where errors may
# be survived and those behind it stay hidden. So it tells us what it sees, and we count the rows.


def asks(model, field, instance_key):
    """Somewhere a row's relation or missing column is fetched, or (without a key) some row by `get`."""
    context = watching()
    if context.enabled:
        question = (model, field, place())
        if instance_key is None:
            vars(context)["getting"] = question
        elif instance_key not in context.ignored:
            count(context, question, instance_key)


def got(instance_key):
    """A row was fetched by itself: what is then asked about it is not asked for each row of a list."""
    context = watching()
    if context.enabled and instance_key:
        question = vars(context).pop("getting", None)
        if question and instance_key.startswith(f"{question[0]._meta.label}:"):
            count(context, question, instance_key)
        context.ignored.add(instance_key)


def count(context, question, row):
    rows = context.calls[question]
    if row not in rows:
        rows.append(row)
    if len(rows) > 1:
        model, field, where = question
        found.setdefault(where, f"{model._meta.label}.{field}")


def watching():
    from zeal.listeners import _nplusone_context

    return _nplusone_context.get()


NOT_ASKING = (__file__, "site-packages", "contextlib.py", "core/locking.py", "core/lifecycle.py", "core/outbox.py")


def place():
    """Who asks: the line of ours that is nearest. What serves every room asks for the room that it serves."""
    frame = sys._getframe(1)
    while frame.f_back and any(part in frame.f_code.co_filename for part in NOT_ASKING):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_name}"


@contextmanager
def watched():
    """A transaction that is watched by itself, unless a request around it is."""
    from django.db import transaction
    from zeal import zeal_context

    with nullcontext() if watching().enabled else zeal_context(), transaction.atomic():
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call():
    """Fail the test that saw a query for each row."""
    answer = yield
    seen = [f"N+1 detected: {what} at {where}" for where, what in found.items()]
    found.clear()
    if seen:
        pytest.fail("\n".join(seen), pytrace=False)
    return answer
