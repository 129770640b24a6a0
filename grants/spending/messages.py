"""What a group is told about its record of spending."""

from collections.abc import Iterator

from communities.core.lifecycle import Moment
from communities.core.outbox import Recipient, message
from communities.groups.queries import addressees, keeps_money, leads
from grants.spending.models import SpendingReturn


def _books(spending: SpendingReturn) -> list[Recipient]:
    return addressees(spending.award.group, only=lambda member: keeps_money(member) or leads(member))


@message("spending_received", subject="{object.award.reference}: we have your record of spending")
def spending_received(spending: SpendingReturn, moment: Moment) -> Iterator[Recipient]:
    """The group has it in writing that its record arrived."""
    yield from _books(spending)


@message("spending_queried", subject="{object.award.reference}: a question about your spending")
def spending_queried(spending: SpendingReturn, moment: Moment) -> Iterator[Recipient]:
    """The group reads the officer's question."""
    yield from _books(spending)


@message("spending_accepted", subject="{object.award.reference}: your record of spending is accepted")
def spending_accepted(spending: SpendingReturn, moment: Moment) -> Iterator[Recipient]:
    """The group learns that this part is done."""
    yield from _books(spending)
