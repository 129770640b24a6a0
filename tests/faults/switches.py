"""Switches inside the servers under test: faults to provoke, and guards to take away for the negative controls.

A switch is on while a file of its name lies in SWITCHES, so that a running server can be switched. None of this is in
the site itself: `tests.faults.settings` installs it.
"""

import os
import signal
import time
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

from django.apps import AppConfig

FOLDER = Path(os.environ["SWITCHES"])
RECORD = Path(os.environ["RECORD"])


def on(name):
    return (FOLDER / name).exists()


def once(name):
    """Whether a switch is on, for the first who asks."""
    try:
        (FOLDER / name).unlink()
    except FileNotFoundError:
        return False
    return True


def note(*words):
    """One line in the record, whole even when many processes write."""
    with RECORD.open("a") as lines:
        lines.write(" ".join(map(str, words)) + "\n")


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def unless(name, guarded, naive):
    """The guarded function, and the naive one while the switch is on."""

    def choose(*args, **kwargs):
        return (naive if on(name) else guarded)(*args, **kwargs)

    return choose


class Switches(AppConfig):
    name = "tests.faults"
    label = "faults"

    def ready(self):
        """After all rooms are loaded."""
        mail()
        turns()
        transactions()
        lines_to_the_database()
        redis()


def mail():
    from communities.core import outbox
    from communities.core.clock import now
    from communities.core.models import Message

    class Watched(outbox.EmailMessage):
        def send(self, fail_silently=False):
            note("sending", os.getpid(), self.subject)
            if on("poison") and "Poison" in self.subject:
                die()
            if on("own_ids"):
                self.extra_headers.pop("Message-ID")
            sent = super().send(fail_silently)
            if once("crash_after_send"):
                die()
            return sent

    def settled_first(each, token, connection):
        Message.objects.filter(pk=each.pk).update(state="sent", sent_at=now(), lease_token=None)
        outbox.as_email(each, connection).send()
        return True

    def claimed_by_all(limit=10):
        token, waiting = outbox.uuid.uuid4(), Message.objects.filter(state="waiting")
        return token if waiting.update(lease_token=token, next_at=now()) else None

    outbox.EmailMessage = Watched
    outbox._send_one = unless("settled_first", outbox._send_one, settled_first)
    outbox.claim = unless("claimed_by_all", outbox.claim, claimed_by_all)
    outbox.LEASE = timedelta(seconds=float(os.environ.get("LEASE", outbox.LEASE.total_seconds())))


def turns():
    from communities.core import jobs, periodic

    def held():
        """Work that is in hand until the test lets it go."""
        note("held", os.getpid())
        for _ in range(3000):
            if on("let_go"):
                break
            time.sleep(0.02)
        note("let_go", os.getpid())

    def noted(name):
        done = run(name)
        note("turn", name, done)
        return done

    class WithOurs(dict):
        """The house's tasks, and two of ours that only run when a test asks for them by name."""

        def __missing__(self, name):
            return ours[name]

    run, day, soon = periodic.run_periodic, timedelta(days=1), timedelta(seconds=0.5)
    periodic.TASKS = WithOurs(periodic.TASKS)
    for name in ("send_messages", "run_imports"):
        periodic.TASKS[name] = replace(periodic.TASKS[name], every=soon)
    pattern = replace(periodic.TASKS["send_messages"], every=day)
    ours = {
        "held": replace(pattern, name="held", work=held),
        "effect": replace(pattern, name="effect", work=lambda: note("effect"), shared=False),
    }
    periodic.run_periodic = noted
    periodic._taken = unless("no_turns", periodic._taken, lambda *_: True)
    jobs.preview = unless("poison", jobs.preview, lambda *_, **__: note("reading") or die())


def transactions():
    from django.db import transaction
    from django.db.models import QuerySet

    from communities.core import locking

    whole = unless("no_transaction", transaction.atomic, nullcontext)
    locking.transaction = SimpleNamespace(atomic=whole)
    unlocked = unless("no_transaction", QuerySet.select_for_update, lambda self, **_: self._chain())
    QuerySet.select_for_update = unless("no_lock", unlocked, lambda self, **_: self._chain())


def lines_to_the_database():
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.sqlite3.base import DatabaseWrapper

    BaseDatabaseWrapper.close_if_health_check_failed = unless(
        "no_health_checks", BaseDatabaseWrapper.close_if_health_check_failed, lambda self: None
    )
    DatabaseWrapper._start_transaction_under_autocommit = unless(
        "deferred", DatabaseWrapper._start_transaction_under_autocommit, lambda self: self.cursor().execute("BEGIN")
    )


def redis():
    from config import caches

    kept = caches.caches

    class Instead:
        """What a cache without a second leg does: the error reaches the page."""

        def __getitem__(self, name):
            if on("plain_cache"):
                raise ConnectionError("Redis is away.")
            return kept[name]

    caches.caches = Instead()


def faulty(get_response):
    """Middleware outside all others."""
    from django.core.mail import EmailMessage

    from config.celery import run_periodic

    def answer(request):
        if on("publish_in_request"):
            note("publishing")
            run_periodic.delay("send_messages")
        response = get_response(request)
        if request.method == "POST" and on("mail_in_request"):
            EmailMessage("Now", "Now", to=["now@example.org"]).send()
        if request.method == "POST" and once("crash_after_answer"):
            die()
        return response

    return answer
