"""Background work in a real deployment: Celery runs the same periodic tasks that the relay runs in one process."""

import os
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("fund")
app.config_from_object("django.conf:settings", namespace="CELERY")


@app.task(name="run_periodic", ignore_result=True)  # type: ignore[untyped-decorator]
def run_periodic(name: str) -> None:
    """Take one turn of a periodic task."""
    from communities.core import periodic  # noqa: PLC0415 (the apps must be loaded first)

    periodic.run_periodic(name)


@signals.beat_init.connect  # type: ignore[untyped-decorator]
def every_task(sender: Any, **_: Any) -> None:
    """Give the beat its schedule: the table that the rooms filled."""
    from communities.core.periodic import TASKS  # noqa: PLC0415 (the apps must be loaded first)

    for task in TASKS.values():
        sender.scheduler.add(
            name=task.name, task="run_periodic", schedule=task.every, args=(task.name,), options={"expires": 60}
        )
