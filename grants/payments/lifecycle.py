"""The ways of bank details, payments and batches. Nobody holds two neighbouring keys."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from communities.core.clock import london
from communities.core.events import describe
from communities.core.lifecycle import Moment, Step, need
from grants.awards.models import AWARD, Award
from grants.funds.models import Budget
from grants.payments.models import PAYEE_ACCOUNT, PAYMENT, PAYMENT_BATCH, PayeeAccount, Payment, PaymentBatch
from grants.payments.queries import needs_officer, verified_account, what_stops

A, P, B = PayeeAccount.Status, Payment.Status, PaymentBatch.Status

# -- bank details -------------------------------------------------------------------------------------------------


@need(
    "somebody else checks them",
    "You entered these bank details, so somebody else has to check them.",
    next_step="Ask a colleague in finance.",
)
def checked_by_another(account: PayeeAccount, moment: Moment) -> bool:
    """Entering and checking are two keys."""
    return bool(account.entered_by_id != moment.by.pk)


def accounts_of_group(accounts: Sequence[PayeeAccount]) -> list[QuerySet[PayeeAccount]]:
    """All bank details of the group are locked together: of them one is in use at a time."""
    return [PayeeAccount.objects.filter(group__in=[each.group_id for each in accounts])]


PAYEE_ACCOUNT.add(
    Step(
        "enter",
        (),
        A.ENTERED,
        "grants.enter_payeeaccount",
        message="bank_details_entered",
        label="Enter bank details",
        done="Bank details entered",
    ),
    Step(
        "verify",
        (A.ENTERED,),
        A.VERIFIED,
        "grants.verify_payeeaccount",
        needs=(checked_by_another,),
        message="bank_details_checked",
        label="Mark as checked",
        done="Bank details checked by a call",
        locks=accounts_of_group,
    ),
    Step(
        "reject",
        (A.ENTERED,),
        A.REJECTED,
        "grants.verify_payeeaccount",
        message="bank_details_rejected",
        label="Do not accept",
        done="Bank details not accepted",
    ),
    Step("replace", (A.ENTERED, A.VERIFIED), A.REPLACED, "grants.replace_payeeaccount", done="Bank details replaced"),
    Step(
        "doubt",
        (A.VERIFIED,),
        A.ENTERED,
        "grants.verify_payeeaccount",
        done="Bank details to be checked again",
    ),
)
describe(PAYEE_ACCOUNT.verb("reveal"), "Full bank details shown")

# -- payments -----------------------------------------------------------------------------------------------------


@need("nothing stands in the way of paying", "This cannot be paid now.", loads=("award.group", "award.conditions"))
def nothing_stops(payment: Payment, moment: Moment) -> bool | str:
    """An agreed award, details that were checked, conditions met, no hold."""
    return what_stops(payment.award) or True


@need(
    "its time has come",
    "The last part is paid when the project has ended and the report is accepted.",
    loads=("award",),
)
def its_time_has_come(payment: Payment, moment: Moment) -> bool:
    """The room of the reports adds its own word: here the end of the project is what is known."""
    return payment.trigger == Payment.Trigger.ACCEPTANCE or london(moment.at).date() > payment.award.ends_on


@need(
    "it is a payment that an officer approves",
    "A micro award is approved with its batch, so there is nothing to approve here.",
    loads=("award.application.tier",),
)
def officer_is_needed(payment: Payment, moment: Moment) -> bool:
    """Two officers decided a micro award together; a third look would add days and no safety."""
    return needs_officer(payment)


@need(
    "whoever approves did not enter or check the bank details",
    "You had a hand in the bank details of this group, so somebody else has to approve the payment.",
    loads=("award.group",),
    next_step="Ask another officer.",
)
def approved_by_another(payment: Payment, moment: Moment) -> bool:
    """Setting up a payee and approving a payment to it are two keys (SI 2015/234, regulation 4)."""
    account = verified_account(payment.award.group)
    return account is None or moment.by.pk not in (account.entered_by_id, account.verified_by_id)


@need(
    "an officer has approved it, or it is a micro award",
    "An officer has not approved this payment yet.",
    loads=("award.application.tier",),
)
def is_approved(payment: Payment, moment: Moment) -> bool:
    """Finance pays nothing on its own."""
    return payment.status == P.APPROVED or not needs_officer(payment)


@need(
    "the bank details are those it was approved for",
    "The bank details have changed since this payment was approved.",
    next_step="Ask an officer to look at it and approve it again.",
)
def details_unchanged(payment: Payment, moment: Moment) -> bool:
    """What was approved for one account is never sent to another."""
    account = verified_account(payment.award.group)
    return payment.status == P.FAILED or payment.account_id in (None, account.pk if account else None)


def budgets_and_awards(payments: Sequence[Payment]) -> list[QuerySet[Any]]:
    """What is written when money is booked: the budget first, then the award."""
    keys = [each.pk for each in payments]
    return [
        Budget.objects.filter(rounds__applications__award__payments__in=keys),
        Award.objects.filter(payments__in=keys),
    ]


def accounts_paid(payments: Sequence[Payment]) -> list[QuerySet[Any]]:
    """The accounts that a payment was sent to."""
    groups = [each.award.group_id for each in payments]
    return [PayeeAccount.objects.filter(group__in=groups)]


PAYMENT.add(
    Step("plan", (), P.SCHEDULED, "grants.plan_payment", done="Payment planned"),
    Step(
        "approve",
        (P.SCHEDULED, P.FAILED),
        P.APPROVED,
        "grants.approve_payment",
        needs=(officer_is_needed, its_time_has_come, nothing_stops, approved_by_another),
        label="Approve this payment",
        done="Payment approved by an officer",
    ),
    Step(
        "batch",
        (P.SCHEDULED, P.FAILED, P.APPROVED),
        P.BATCHED,
        "grants.batch_payment",
        needs=(is_approved, its_time_has_come, nothing_stops, details_unchanged),
        done="Payment put into a batch",
    ),
    Step("unbatch", (P.BATCHED,), P.SCHEDULED, "grants.unbatch_payment", done="Payment taken out of its batch"),
    Step("reopen", (P.APPROVED,), P.SCHEDULED, "grants.reopen_payment", done="Payment to be approved again"),
    Step(
        "send",
        (P.BATCHED,),
        P.IN_TRANSIT,
        "grants.batch_payment",
        needs=(nothing_stops, details_unchanged),
        message="remittance",
        done="Payment sent to the council’s finance system",
    ),
    Step(
        "mark_paid",
        (P.IN_TRANSIT,),
        P.PAID,
        "grants.settle_payment",
        label="Mark as paid",
        done="Paid",
        locks=budgets_and_awards,
    ),
    Step(
        "mark_failed",
        (P.IN_TRANSIT,),
        P.FAILED,
        "grants.settle_payment",
        message="payment_failed",
        label="The bank sent it back",
        done="Sent back by the bank",
        locks=accounts_paid,
    ),
    Step(
        "cancel",
        (P.SCHEDULED, P.FAILED, P.APPROVED),
        P.CANCELLED,
        "grants.cancel_payment",
        message="payment_cancelled",
        label="Never make this payment",
        done="Payment cancelled",
        locks=budgets_and_awards,
    ),
)

# -- batches ------------------------------------------------------------------------------------------------------


@need(
    "somebody else prepared it",
    "You prepared this batch, so somebody else has to approve it.",
    next_step="Ask another senior officer.",
)
def prepared_by_another(batch: PaymentBatch, moment: Moment) -> bool:
    """Preparing and approving are two keys."""
    return bool(batch.prepared_by_id != moment.by.pk)


@need(
    "whoever approves had no hand in its payments or their bank details",
    "You approved one of these payments, or had a hand in its bank details, so somebody else has to approve the batch.",
    loads=("payments.account",),
    next_step="Ask another senior officer.",
)
def no_neighbouring_key(batch: PaymentBatch, moment: Moment) -> bool:
    """One person in two places of the chain could pay themselves."""
    hands = set()
    for payment in batch.payments.all():
        hands.add(payment.approved_by_id)
        if payment.account is not None:
            hands |= {payment.account.entered_by_id, payment.account.verified_by_id}
    return moment.by.pk not in hands - {None}


@need(
    "somebody else approved it",
    "You approved this batch, so somebody else has to send it.",
    next_step="Ask a colleague in finance.",
)
def sent_by_another(batch: PaymentBatch, moment: Moment) -> bool:
    """Approving and sending are two keys."""
    return bool(batch.approved_by_id != moment.by.pk)


def accounts_of_batch(batches: Sequence[PaymentBatch]) -> list[QuerySet[Any]]:
    """No bank details may change while the file with them is made."""
    groups = Payment.objects.filter(batch__in=[each.pk for each in batches]).values("award__group")
    return [PayeeAccount.objects.filter(group__in=groups)]


PAYMENT_BATCH.add(
    Step("prepare", (), B.PREPARED, "grants.prepare_paymentbatch", label="Prepare a batch", done="Batch prepared"),
    Step(
        "approve",
        (B.PREPARED,),
        B.APPROVED,
        "grants.approve_paymentbatch",
        needs=(prepared_by_another, no_neighbouring_key),
        label="Approve this batch",
        done="Batch approved",
    ),
    Step(
        "export",
        (B.APPROVED,),
        B.EXPORTED,
        "grants.export_paymentbatch",
        needs=(sent_by_another,),
        label="Make the payment file",
        done="Payment file made",
        locks=accounts_of_batch,
    ),
    Step(
        "cancel",
        (B.PREPARED, B.APPROVED),
        B.CANCELLED,
        "grants.cancel_paymentbatch",
        label="Take this batch apart",
        done="Batch taken apart",
    ),
)
describe(PAYMENT_BATCH.verb("download"), "Payment file downloaded")

# -- the end of an award ------------------------------------------------------------------------------------------


@need("every planned payment is made or cancelled", "Not every payment of this award is settled.", loads=("payments",))
def payments_are_settled(award: Award, moment: Moment) -> bool | str:
    """Nothing in transit, nothing still to come."""
    open_ = [each for each in award.payments.all() if each.status not in (P.PAID, P.CANCELLED)]
    return True if not open_ else f"Payment {open_[0].number} is “{open_[0].get_status_display()}”."


AWARD.add(
    Step(
        "start",
        (Award.Status.ACCEPTED,),
        Award.Status.ACTIVE,
        "grants.start_award",
        done="Under way: first payment made",
    )
)
AWARD.require("complete", payments_are_settled)
