"""What a group is told about its bank details and its money. Never more than the last four digits."""

from collections.abc import Iterator

from communities.core.lifecycle import Moment
from communities.core.outbox import Recipient, message
from communities.groups.models import Group
from communities.groups.queries import PEOPLE, addressees, keeps_money
from grants.awards.messages import people_told
from grants.payments.models import PayeeAccount, Payment

TOLD = ("account", f"award.group.{PEOPLE}")  # what a batch of these letters reads


def purse_holders(group: Group) -> list[Recipient]:
    """The treasurer and the lead."""
    return addressees(group, only=keeps_money)


@message("bank_details_entered", subject="Bank details for your group were entered")
def bank_details_entered(account: PayeeAccount, moment: Moment) -> Iterator[Recipient]:
    """Everybody who signs is warned at once, and so is whoever gave the details used until now."""
    told = people_told(account.group)
    yield from told
    before = PayeeAccount.objects.filter(group=account.group).exclude(pk=account.pk).select_related("entered_by")
    known = {each.email.lower() for each in told}
    for user in {each.entered_by for each in before}:
        if user.is_active and user.email.lower() not in known:
            yield Recipient(user.email, user.full_name, user)


@message("bank_details_checked", subject="Bank details for your group are checked")
def bank_details_checked(account: PayeeAccount, moment: Moment) -> Iterator[Recipient]:
    """The group learns that its money goes to this account from now on."""
    yield from people_told(account.group)


@message("bank_details_rejected", subject="We could not use the bank details of your group")
def bank_details_rejected(account: PayeeAccount, moment: Moment) -> Iterator[Recipient]:
    """The group learns why, and what to do."""
    yield from people_told(account.group)


@message("remittance", subject="{object.award.reference}: a payment is on its way", loads=TOLD)
def remittance(payment: Payment, moment: Moment) -> Iterator[Recipient]:
    """Treasurer and lead learn how much comes, where to, and under which reference."""
    yield from purse_holders(payment.award.group)


@message("payment_failed", subject="{object.award.reference}: the bank sent a payment back", loads=TOLD)
def payment_failed(payment: Payment, moment: Moment) -> Iterator[Recipient]:
    """Treasurer and lead learn that the money has not arrived, and what we do about it."""
    yield from purse_holders(payment.award.group)


@message("payment_cancelled", subject="{object.award.reference}: a payment will not be made", loads=TOLD)
def payment_cancelled(payment: Payment, moment: Moment) -> Iterator[Recipient]:
    """Treasurer and lead learn that a planned payment does not come, and why."""
    yield from purse_holders(payment.award.group)
