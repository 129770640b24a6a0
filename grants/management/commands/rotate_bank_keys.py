"""Locks bank details with the newest of BANK_DETAIL_KEYS, so that the older keys can be retired."""

from typing import Any

from django.core.management.base import BaseCommand

from communities.core.clock import now
from grants.payments.operations import change_keys


class Command(BaseCommand):
    """See the help text."""

    help = "Lock all bank details and payment files with the newest key (as the database's owner). Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what was done."""
        done = change_keys(at=now())
        self.stdout.write(f"{done.accounts} accounts and {done.batches} payment files locked with the newest key.")
