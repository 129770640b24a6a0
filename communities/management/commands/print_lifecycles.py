"""Print every step as a table, or write docs/lifecycles.md."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from communities.core.rules import lifecycles_text


class Command(BaseCommand):
    """See the help text."""

    help = "Print every step: from, to, who may, what must hold. With --write, into docs/lifecycles.md."

    def add_arguments(self, parser: CommandParser) -> None:
        """The one choice."""
        parser.add_argument("--write", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print or write."""
        if options["write"]:
            (Path(settings.BASE_DIR) / "docs" / "lifecycles.md").write_text(lifecycles_text(), encoding="utf-8")
        else:
            self.stdout.write(lifecycles_text())
