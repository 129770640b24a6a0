"""Offers come to an end by the calendar, and groups are reminded in time."""

from datetime import timedelta

from communities.core.clock import now
from communities.core.periodic import periodic
from grants.awards.operations import lapse_offers, remind_of_offers


@periodic("offers", every=timedelta(minutes=15), queue="periodic")
def offers() -> None:
    """Remind groups of open offers, and end those whose last day is over."""
    at = now()
    lapse_offers(at=at)
    remind_of_offers(at=at)
