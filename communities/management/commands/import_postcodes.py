"""Imports a postcode file that is too large for a browser, such as the whole ONS Postcode Directory."""

import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from communities.core.clock import now
from communities.core.jobs import Source
from communities.core.refusals import Refused
from communities.core.tables import MEGABYTE, Limits, read
from communities.people.models import User
from communities.places.models import Dataset, Publication
from communities.places.operations.releases import import_now, key, plan

HUGE = Limits(size=3_000 * MEGABYTE, rows=4_000_000, columns=120, unpacked=6_000 * MEGABYTE)


class Command(BaseCommand):
    """Reads line by line and keeps the county's postcodes only."""

    help = "Import a postcode file (ONSPD, or Code-Point Open as published in a .zip)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to import, as which release, in whose name."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--release", default="ONSPD November 2025")
        parser.add_argument("--by", required=True, help="The e-mail address of the officer who asked for it.")
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be done.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, say what there is, and write unless it is a dry run."""
        release = Publication.objects.filter(kind=Dataset.Kind.POSTCODES, release=options["release"]).first()
        by = User.objects.filter(email=options["by"].lower(), is_active=True).first()
        if release is None or by is None:
            raise CommandError("No such release of postcodes." if release is None else "No such officer.")
        if not by.has_perm("communities.add_job"):
            raise CommandError(f"{by} does not have the right to import.")
        path: Path = options["file"]
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            try:
                source = Source(path.name, digest, read(file, path.name, HUGE))
                found = (
                    plan(source, key(release)) if options["dry_run"] else import_now(source, release, by=by, at=now())
                )
            except Refused as refused:
                raise CommandError(f"{refused.sentence} {refused.next_step}") from None
        for line, sentence in found.problems[:20]:
            self.stderr.write(f"line {line}: {sentence}" if line else sentence)
        if found.problems:
            raise CommandError("Nothing was imported.")
        self.stdout.write(f"{found.new:,} new, {found.unchanged:,} unchanged, {found.skipped:,} outside the county.")
