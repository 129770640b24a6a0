"""Send the messages that are due, and do the other periodic work once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from communities.core.outbox import send_due
from communities.core.periodic import run_due


class Command(BaseCommand):
    """See the help text."""

    help = "Send the messages that are due. With --all, do all periodic work that is due."

    def add_arguments(self, parser: CommandParser) -> None:
        """The one choice."""
        parser.add_argument("--all", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what was done."""
        if options["all"]:
            run_due()
        self.stdout.write(f"{send_due()} messages sent.")
