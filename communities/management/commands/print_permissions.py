"""Print every role and permission, or write docs/permissions.md."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from communities.core.rules import permissions_text
from communities.people.roles import ROLES


class Command(BaseCommand):
    """See the help text."""

    help = "Print every role and permission. With --write, into docs/permissions.md."

    def add_arguments(self, parser: CommandParser) -> None:
        """The one choice."""
        parser.add_argument("--write", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print or write."""
        text = permissions_text(ROLES.values())
        if options["write"]:
            (Path(settings.BASE_DIR) / "docs" / "permissions.md").write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text)
