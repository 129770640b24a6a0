"""Background work in a real deployment: Celery runs the same periodic tasks that the relay runs in one process."""

import os
from datetime import timedelta
from logging.config import dictConfig
from typing import Any

from celery import Celery, signals
from django.conf import settings
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("fund")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)  # each line of the log names its task


@app.task(name="run_periodic", ignore_result=True)  # type: ignore[untyped-decorator]
def run_periodic(name: str) -> None:
    """Take one turn of a periodic task."""
    from communities.core import periodic  # noqa: PLC0415 (the apps must be loaded first)

    periodic.run_periodic(name)


@signals.setup_logging.connect  # type: ignore[untyped-decorator]
def our_log(**_: Any) -> None:
    """Write the same lines as the web processes: Celery sets up no log of its own when somebody listens here."""
    dictConfig(settings.LOGGING)


@signals.beat_init.connect  # type: ignore[untyped-decorator]
def every_task(sender: Any, **_: Any) -> None:
    """Give the beat its schedule: the table that the rooms filled.

    What comes round seldom is asked for every minute; the database knows whether its time has come. So nothing is
    missed because Redis was away, or because the beat was started anew, at the one moment of the day.
    """
    from communities.core.periodic import TASKS  # noqa: PLC0415 (the apps must be loaded first)

    for task in TASKS.values():
        limits = {
            "soft_time_limit": task.limit.total_seconds(),
            "time_limit": (task.limit + timedelta(minutes=1)).total_seconds(),
        }
        sender.scheduler.add(
            name=task.name,
            task="run_periodic",
            schedule=min(task.every, timedelta(minutes=1)),
            args=(task.name,),
            options={"queue": task.queue, "expires": 60, **limits},
        )
