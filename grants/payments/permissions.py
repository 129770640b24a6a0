"""Who may enter, check and read bank details, and who moves a payment. Separation of duties is a need on each step."""

from django.db.models import Q

from communities.core.files import StoredFile, may_open
from communities.core.permissions import NONE, Actor, permission, rule
from communities.groups.models import Group
from communities.groups.permissions import member_of
from communities.people.roles import AUDITOR, FINANCE, OFFICER, SENIOR_OFFICER
from grants.awards.permissions import holds_purse
from grants.payments.models import BatchLine, PayeeAccount, Payment, PaymentBatch

READERS = (OFFICER.code, SENIOR_OFFICER.code, FINANCE.code, AUDITOR.code)
OFFICERS = (OFFICER.code,)
MONEY = (FINANCE.code,)
SENIOR = (SENIOR_OFFICER.code,)


# -- bank details -------------------------------------------------------------------------------------------------


@permission("grants.view_payeeaccount", PayeeAccount, "The office, and the group's treasurer and lead", roles=READERS)
def view_account(user: Actor) -> Q:
    """Always masked: the last four digits."""
    return holds_purse(user)


@permission("grants.enter_group_account", Group, "The group's treasurer and lead; officers for them", roles=OFFICERS)
def enter_group_account(user: Actor) -> Q:
    """The people who keep the group's money say where it goes."""
    return holds_purse(user, "")


@permission(
    "grants.enter_payeeaccount", PayeeAccount, "The group's treasurer and lead; officers for them", roles=OFFICERS
)
def enter_account(user: Actor) -> Q:
    """The people who keep the group's money say where it goes."""
    return holds_purse(user)


@permission(
    "grants.replace_payeeaccount", PayeeAccount, "Treasurer, lead, officers and finance", roles=(*OFFICERS, *MONEY)
)
def replace_account(user: Actor) -> Q:
    """Newer details take the place of older ones when they are entered or checked."""
    return holds_purse(user)


@permission("grants.verify_payeeaccount", PayeeAccount, "Finance", roles=MONEY)
def verify_account(user: Actor) -> Q:
    """Finance rings a number held before, and only then are details used."""
    return NONE


@permission("grants.reveal_payeeaccount", PayeeAccount, "Finance; each time is written down", roles=MONEY)
def reveal_account(user: Actor) -> Q:
    """The full numbers are for whoever has to compare them."""
    return NONE


@may_open("bank_statement")
def open_statement(user: Actor) -> Q:
    """A statement shows as much as the details themselves."""
    every = PayeeAccount.objects.filter(rule(user, "grants.view_payeeaccount"))
    return Q(pk__in=StoredFile.objects.filter(pk__in=every.values("statement")))


# -- payments and batches -----------------------------------------------------------------------------------------


@permission("grants.view_payment", Payment, "The office, and the group's own members", roles=READERS)
def view_payment(user: Actor) -> Q:
    """A group sees what it was paid and what is to come."""
    return member_of(user, "award__group__")


@permission("grants.plan_payment", Payment, "Whoever accepts the offer", roles=(*OFFICERS, *SENIOR))
def plan_payment(user: Actor) -> Q:
    """The plan follows from the agreement."""
    return member_of(user, "award__group__")


@permission("grants.approve_payment", Payment, "Officers", roles=OFFICERS)
def approve_payment(user: Actor) -> Q:
    """An officer says that this group is due this money now."""
    return NONE


@permission("grants.batch_payment", Payment, "Finance", roles=MONEY)
def batch_payment(user: Actor) -> Q:
    """Finance puts payments together."""
    return NONE


@permission(
    "grants.unbatch_payment", Payment, "Finance and senior officers, by cancelling a batch", roles=(*MONEY, *SENIOR)
)
def unbatch_payment(user: Actor) -> Q:
    """A cancelled batch gives its payments back."""
    return NONE


@permission("grants.reopen_payment", Payment, "Finance, when bank details are replaced", roles=MONEY)
def reopen_payment(user: Actor) -> Q:
    """What was approved for one account is not sent to another."""
    return NONE


@permission("grants.settle_payment", Payment, "Finance", roles=MONEY)
def settle_payment(user: Actor) -> Q:
    """Finance writes down what the bank did."""
    return NONE


@permission("grants.cancel_payment", Payment, "Senior officers", roles=SENIOR)
def cancel_payment(user: Actor) -> Q:
    """A payment that will never be made gives its promise back."""
    return NONE


@permission("grants.view_paymentbatch", PaymentBatch, "The office", roles=READERS)
def view_batch(user: Actor) -> Q:
    """Batches are the council's own."""
    return NONE


@permission("grants.view_batchline", BatchLine, "The office", roles=READERS)
def view_batch_line(user: Actor) -> Q:
    """Batches are the council's own."""
    return NONE


@permission("grants.prepare_paymentbatch", PaymentBatch, "Finance", roles=MONEY)
def prepare_batch(user: Actor) -> Q:
    """Finance prepares, somebody else approves."""
    return NONE


@permission("grants.approve_paymentbatch", PaymentBatch, "Senior officers", roles=SENIOR)
def approve_batch(user: Actor) -> Q:
    """A senior officer lets the money go."""
    return NONE


@permission("grants.export_paymentbatch", PaymentBatch, "Finance", roles=MONEY)
def export_batch(user: Actor) -> Q:
    """Finance makes the file and gives it to the council's finance system."""
    return NONE


@permission("grants.cancel_paymentbatch", PaymentBatch, "Finance and senior officers", roles=(*MONEY, *SENIOR))
def cancel_batch(user: Actor) -> Q:
    """Until the file is made, a batch can be taken apart again."""
    return NONE
