"""The developer's server, with the relay beside it: mail leaves and deadlines pass as in `make run`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.staticfiles.management.commands.runserver import Command as StaticFilesCommand

from communities.core.periodic import Relay


class Command(StaticFilesCommand):
    """Django's own, plus the relay. (Found because this app stands before the static files' in the settings.)"""

    def inner_run(self, *args: Any, **options: Any) -> None:
        """Serve, in the reloaded child only."""
        if settings.REDIS_URL:
            super().inner_run(*args, **options)  # Celery's workers do the relay's work then
            return
        with Relay():
            super().inner_run(*args, **options)
