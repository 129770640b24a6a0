"""Work that comes round: telling groups on the day that was set."""

from datetime import timedelta

from communities.core.periodic import periodic
from grants.decisions.operations import release_due


@periodic("grants.release_due", every=timedelta(minutes=1), queue="periodic")
def tell_groups() -> None:
    """Release the decisions whose embargo has ended."""
    release_due()
