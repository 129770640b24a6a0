"""Check that no event was altered or removed since it was sealed."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from communities.core.sealing import verify


class Command(BaseCommand):
    """See the help text."""

    help = "Walk the chain of seals, name what was altered, and report events that are not sealed yet."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what was done."""
        verdict = verify()
        self.stdout.write(f"{verdict.sealed} events sealed, {verdict.anchors} anchors compared.")
        if verdict.unsealed:
            self.stdout.write(f"{verdict.unsealed} not sealed yet, the oldest since {verdict.oldest_unsealed}.")
        for note in verdict.notes:
            self.stdout.write(f"Note: {note}")
        for finding in verdict.findings:
            self.stderr.write(finding)
        if verdict.findings:
            self.stderr.write(f"{len(verdict.findings)} findings.")
            sys.exit(1)
        self.stdout.write("Nothing was altered.")
