"""Fill an empty site with a demonstration: people, groups, rounds, and a bid or award in every state."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from evaluation.demonstration.load import is_loaded, load, reasons_against


class Command(BaseCommand):
    """Safe to run again: a site that has the demonstration is left as it is."""

    help = "Load the demonstration. Refused where real people are in the database, and away from this machine."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it once."""
        if is_loaded():
            self.stdout.write("The demonstration is there already; nothing was changed.")
            return
        if reasons := reasons_against():
            raise CommandError(" ".join(reasons))
        load()
        self.stdout.write("The demonstration is loaded.")
