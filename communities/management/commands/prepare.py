"""Make this machine ready to serve the fund: tables, the council's facts, the demonstration, static files."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandParser

from communities.people.models import User
from communities.people.queries import demonstration_cast


class Command(BaseCommand):
    """Safe to run again: what is there stays."""

    help = "Make ready to serve: tables, facts, demonstration data (once), static files."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--bare` for a site without facts or demonstration."""
        parser.add_argument("--bare", action="store_true", help="Tables only.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what is missing, then say where to go."""
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        if options["bare"]:
            return
        self.run_if_there("load_framework")
        if settings.DEMONSTRATION and not User.objects.exists():
            self.run_if_there("load_demo", "Making the demonstration: groups, bids and decisions in every state ...")
        self.collect_static()
        self.say_where()

    def run_if_there(self, name: str, sentence: str = "") -> None:
        """Run another command of the project."""
        if name in get_commands():
            self.stdout.write(sentence, ending="\n" if sentence else "")
            call_command(name, verbosity=0)

    def collect_static(self) -> None:
        """Gather the static files, unless they are those of the last start."""
        stamp = Path(settings.STATIC_ROOT) / ".made-from"
        now = digest_of(Path(folder) for folder in settings.STATICFILES_DIRS)
        if settings.STATIC_MANIFEST and not (stamp.exists() and stamp.read_text() == now):
            call_command("collectstatic", interactive=False, clear=True, verbosity=0)
            stamp.write_text(now)

    def say_where(self) -> None:
        """Print the address, and who can be signed in as."""
        cast = demonstration_cast() if settings.DEMONSTRATION else []
        self.stdout.write(f"\n{settings.FUND_NAME}: {settings.SITE_URL}\n")
        if cast:
            self.stdout.write("\nSign in with one click on the sign-in page, as:\n")
            for user, does in cast:
                self.stdout.write(f"  {user.full_name:<20} {does}\n")
        if "filebased" in settings.EMAIL_BACKEND:
            self.stdout.write(f"\nEmails are files in {Path(settings.EMAIL_FILE_PATH)}\n")
        self.stdout.write("Ctrl-C stops.\n")


def digest_of(folders: Any) -> str:
    """What the static files were at this moment: names, sizes, times."""
    made_of = hashlib.sha256((settings.BASE_DIR / "requirements.lock").read_bytes())
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            made_of.update(f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}".encode())
    return made_of.hexdigest()
