"""Reads and writes the files that officers sent, a few seconds after they sent them."""

from datetime import timedelta

from communities.core.jobs import importer, run_waiting
from communities.core.periodic import periodic
from communities.places.operations.releases import OFFICIAL

importer(OFFICIAL)


@periodic("run_imports", every=timedelta(seconds=3), queue="imports", shared=True, limit=timedelta(minutes=30))
def run_imports() -> None:
    """Do the next piece of work of each waiting import. Jobs carry their own leases."""
    run_waiting()
