"""Work that comes round: one table of tasks, run by Celery's beat or by the relay thread of the one-command run."""

import atexit
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from django.db import close_old_connections, connections
from django.db.models import Q

from communities.core.clock import now
from communities.core.models import PeriodicRun

log = logging.getLogger(__name__)

Work = Callable[[], object]


@dataclass(frozen=True)
class Task:
    """A piece of work and how often it comes round."""

    name: str
    every: timedelta
    work: Work
    shared: bool = False


TASKS: dict[str, Task] = {}


def periodic(name: str, *, every: timedelta, shared: bool = False) -> Callable[[Work], Work]:
    """Declare periodic work. It must be safe to run twice.

    Of several processes one runs it each time round; with `shared` all of them may, because the work itself takes
    leases (the outbox).
    """

    def declare(work: Work) -> Work:
        if name in TASKS:
            raise ValueError(f"The periodic task {name} is declared twice.")
        TASKS[name] = Task(name, every, work, shared)
        return work

    return declare


def run_periodic(name: str) -> bool:
    """Run a task if its time has come and no other process has taken this turn. An error is kept, not raised."""
    task = TASKS[name]
    if not task.shared and not _taken(task):
        return False
    try:
        task.work()
        error = ""
    except Exception as problem:
        log.exception("The periodic task %s failed.", name)
        error = f"{type(problem).__name__}: {problem}"[:1000]
    if not task.shared or error:
        PeriodicRun.objects.filter(name=name).update(last_at=now(), error=error)
    return not error


def _taken(task: Task) -> bool:
    at = now()
    slack = task.every / 10  # a clock that ticks a little early must not lose its turn
    due = PeriodicRun.objects.filter(Q(next_at__lte=at + slack) | Q(next_at__gt=at + 2 * task.every), name=task.name)
    if due.update(next_at=at + task.every):
        return True
    if PeriodicRun.objects.filter(name=task.name).exists():
        return False
    return PeriodicRun.objects.get_or_create(name=task.name, defaults={"next_at": at + task.every})[1]


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
