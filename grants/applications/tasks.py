"""What happens to unsent bids by the clock: reminders before the deadline, putting away after it."""

from datetime import timedelta

from communities.core.clock import now
from communities.core.periodic import periodic
from grants.applications import operations


@periodic("remind_of_drafts", every=timedelta(minutes=5), queue="periodic")
def remind_of_drafts() -> None:
    """Tell groups how much time is left."""
    operations.remind(at=now())


@periodic("lapse_drafts", every=timedelta(minutes=5), queue="periodic")
def lapse_drafts() -> None:
    """Put away what was not sent in time."""
    operations.lapse_all(at=now())
