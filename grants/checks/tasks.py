"""What comes round by itself: a reminder when the day for an answer has passed."""

from datetime import timedelta

from communities.core.clock import now
from communities.core.periodic import periodic
from grants.checks.operations.requests import remind_overdue


@periodic("information_overdue", every=timedelta(hours=6), queue="periodic")
def information_overdue() -> None:
    """Groups hear once that their answer is missed and still welcome."""
    remind_overdue(at=now())
