"""Work that comes round: one table of tasks, run by Celery's beat or by the relay thread of the one-command run."""

import atexit
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import close_old_connections, connections
from django.db.models import Q

from communities.core.clock import now
from communities.core.models import PeriodicRun

log = logging.getLogger(__name__)

Work = Callable[[], object]

LIMIT = timedelta(minutes=4)
SLACK = timedelta(seconds=30)
NOTED = timedelta(seconds=15)  # shared work comes round every other second: it is noted now and then


@dataclass(frozen=True)
class Task:
    """A piece of work, how often it comes round, in which of Celery's queues, and how long it may take there."""

    name: str
    every: timedelta
    work: Work
    queue: str
    shared: bool = False
    limit: timedelta = LIMIT

    @property
    def lease(self) -> timedelta:
        """How long a turn is taken for: who was killed in it keeps others from it no longer."""
        return min(self.every, self.limit + 2 * SLACK)


TASKS: dict[str, Task] = {}


def periodic(
    name: str, *, every: timedelta, queue: str, shared: bool = False, limit: timedelta = LIMIT
) -> Callable[[Work], Work]:
    """Declare periodic work. It must be safe to run twice.

    Of several processes one runs it each time round; with `shared` all of them may, because the work itself takes
    leases (the outbox).
    """

    def declare(work: Work) -> Work:
        if name in TASKS:
            raise ValueError(f"The periodic task {name} is declared twice.")
        if queue not in settings.QUEUES:
            raise ValueError(f"The periodic task {name} names the queue {queue}, which no worker serves.")
        TASKS[name] = Task(name, every, work, queue, shared, limit)
        return work

    return declare


def run_periodic(name: str) -> bool:
    """Run a task if its time has come and no other process has taken this turn. An error is kept, not raised."""
    task, began = TASKS[name], now()
    if not task.shared and not _taken(task, began):
        return False
    try:
        task.work()
        error = ""
    except Exception as problem:
        log.exception("The periodic task %s failed.", name)
        error = f"{type(problem).__name__}: {problem}"[:1000]
    _noted(task, began, error)
    return not error


def _taken(task: Task, at: datetime) -> bool:
    # a clock that ticks a little early must not lose its turn
    on_time = Q(next_at__lte=at + min(task.every / 10, SLACK))
    due = PeriodicRun.objects.filter(on_time | Q(next_at__gt=at + 2 * task.every), name=task.name)
    if due.update(next_at=at + task.lease):
        return True
    if PeriodicRun.objects.filter(name=task.name).exists():
        return False
    return PeriodicRun.objects.get_or_create(name=task.name, defaults={"next_at": at + task.lease})[1]


def _noted(task: Task, began: datetime, error: str) -> None:
    row = PeriodicRun.objects.filter(name=task.name)
    if not task.shared:
        # what failed comes round again as soon as its lease ends
        row.update(last_at=now(), error=error, **({} if error else {"next_at": began + task.every}))
        return
    last = row.first()
    if last is None or last.last_at is None or last.error != error or abs(began - last.last_at) > NOTED:
        noted = {"last_at": now(), "next_at": began + task.every, "error": error}
        PeriodicRun.objects.update_or_create(name=task.name, defaults=noted)


def run_due(stopping: Callable[[], bool] = lambda: False) -> None:
    """Run every task whose time has come."""
    for name in list(TASKS):
        if not stopping():
            run_periodic(name)


class Relay:
    """A thread that does the periodic work inside the web process of the one-command run."""

    def __init__(self, pause: float = 0.5) -> None:
        self.pause = pause
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._run, name="relay", daemon=True)

    def __enter__(self) -> Self:
        _running.add(self.stopped)
        atexit.register(self.stop)  # else Ctrl-C under runserver leaves claimed messages leased
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Finish the message in hand, give the others back, and end."""
        self.stopped.set()
        if self.thread.is_alive():
            self.thread.join(timeout=10)
        _running.discard(self.stopped)
        atexit.unregister(self.stop)

    def _run(self) -> None:
        while not self.stopped.wait(self.pause):
            close_old_connections()
            try:
                run_due(self.stopped.is_set)
            except Exception:  # the database is away for a moment: the next turn tries again
                log.exception("The relay missed a turn.")
        connections.close_all()  # this thread's own


_running: set[threading.Event] = set()


def stopping() -> bool:
    """Has a relay of this process been told to stop: long work asks between two pieces."""
    return any(event.is_set() for event in _running)
