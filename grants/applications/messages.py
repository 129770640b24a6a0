"""What a group is told about its bid, from the first reminder to the receipt."""

from collections.abc import Iterable, Iterator

from communities.core.lifecycle import Moment
from communities.core.outbox import Recipient, message
from communities.groups.queries import PEOPLE, addressees
from grants.applications.models import Application
from grants.applications.queries import first_submission

TOLD = ("round", f"group.{PEOPLE}")  # what a batch of these letters reads


@message("application_received", subject="We have your bid {object.reference}")
def application_received(bid: Application, moment: Moment) -> Iterable[Recipient]:
    """Everybody in the group gets the receipt; it names who sent the bid."""
    return addressees(bid.group, extra={"submission": first_submission(bid)})


@message("application_withdrawn", subject="Your bid was withdrawn")
def application_withdrawn(bid: Application, moment: Moment) -> Iterator[Recipient]:
    """The group reads who took the bid back; the officer who had it reads it too."""
    yield from addressees(bid.group)
    if bid.officer is not None:
        yield Recipient(bid.officer.email, bid.officer.full_name, bid.officer)


@message("application_lapsed", subject="Your bid was not sent before the deadline", loads=TOLD)
def application_lapsed(bid: Application, moment: Moment) -> Iterable[Recipient]:
    """The group can still read and copy what it wrote."""
    return addressees(bid.group)


@message("draft_week_left", subject="One week left to send your bid", loads=TOLD)
def draft_week_left(bid: Application, moment: Moment) -> Iterable[Recipient]:
    """A week before the deadline, to everybody in the group."""
    return addressees(bid.group)


@message("draft_day_left", subject="One day left to send your bid", loads=TOLD)
def draft_day_left(bid: Application, moment: Moment) -> Iterable[Recipient]:
    """A day before the deadline, to everybody in the group."""
    return addressees(bid.group)


@message("draft_ready_today", subject="Your bid is complete but not sent. The deadline is today", loads=TOLD)
def draft_ready_today(bid: Application, moment: Moment) -> Iterable[Recipient]:
    """On the morning of the deadline: any declared leader can send it, also when the one who wrote it cannot."""
    return addressees(bid.group)
