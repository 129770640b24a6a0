"""`manage.py build_assets`: the style sheets and scripts, built once from the pinned packages."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from communities.core import assets


class Command(BaseCommand):
    """Does nothing when nothing changed since the last build."""

    help = "Build the style sheets and scripts into build/assets."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--force` builds in any case."""
        parser.add_argument("--force", action="store_true", help="build even when nothing changed")

    def handle(self, *args: Any, **options: Any) -> None:
        """Build, and say what was done."""
        if assets.up_to_date() and not options["force"]:
            return
        self.stdout.write("Building the style sheets and scripts ...")
        try:
            assets.build()
        except assets.BuildError as reason:
            raise CommandError(str(reason)) from reason
