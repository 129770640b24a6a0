"""Makes a fund from a backup, in an empty database, and compares it with what the backup says."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from communities.core.backups import BackupError
from communities.core.restoring import restore


class Command(BaseCommand):
    """See the help text."""

    help = "Restore a backup into the empty database of DATABASE_URL, and its files. Nothing is written over."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which backup."""
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say how it differs from what it should be: not at all."""
        try:
            done = restore(options["folder"])
        except BackupError as reason:
            raise CommandError(str(reason)) from None
        if done.held:
            self.stdout.write(f"{done.held} messages waited at that moment; an officer decides whether they are sent.")
        for difference in done.differences:
            self.stderr.write(difference)
        if done.differences:
            sys.exit(1)
        self.stdout.write("Restored: rows, sums of money, the chain of events and files are as they were.")
