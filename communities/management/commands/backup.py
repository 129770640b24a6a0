"""Takes a backup of the whole fund while people work on."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from communities.core.backups import BackupError, take


class Command(BaseCommand):
    """See the help text."""

    help = "Back up tables, files and the head of the chain, of one moment, with the figures that prove them whole."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, and whether files are kept elsewhere."""
        parser.add_argument("--into", type=Path, default=settings.BACKUPS_DIR)
        parser.add_argument("--without-files", action="store_true", help="their storage keeps copies of its own")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what was done."""
        try:
            done = take(options["into"], with_files=not options["without_files"])
        except BackupError as reason:
            raise CommandError(str(reason)) from None
        manifest = done.manifest
        self.stdout.write(
            f"{done.folder}: {sum(manifest.rows.values()):,} rows, {len(manifest.files):,} files, "
            f"chain up to place {manifest.chain[0]:,}. The keys are not in it."
        )
        for problem in done.problems:
            self.stderr.write(problem)
        if done.problems:
            sys.exit(1)
