"""Proves that the newest backup can be restored."""

import sys
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from communities.core.backups import BackupError, age, manifest_of, newest
from communities.core.restoring import drill


class Command(BaseCommand):
    """See the help text."""

    help = "Restore the newest backup aside, compare rows, sums, the chain and files, and throw it away again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which backup, unless the newest."""
        parser.add_argument("folder", type=Path, nargs="?")
        parser.add_argument("--from", type=Path, default=settings.BACKUPS_DIR, dest="backups")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and print what would be lost and how long people would wait."""
        try:
            folder = options["folder"] or newest(options["backups"])
            lost = timedelta(seconds=round(age(manifest_of(folder))))
            done = drill(folder)
        except BackupError as reason:
            raise CommandError(str(reason)) from None
        self.stdout.write(f"{folder}\n{done.said}")
        self.stdout.write(f"If the site were lost now: {lost} of work lost (RPO), back in {done.seconds:.1f} s (RTO).")
        if not done.passed:
            self.stderr.write("The drill FAILED: this backup does not give the fund back.")
            sys.exit(1)
        self.stdout.write("The drill passed.")
