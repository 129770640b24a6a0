"""Payments: planned with the agreement, approved, and what the bank did with them."""

from collections.abc import Sequence
from datetime import date, datetime

from communities.core.clock import london
from communities.core.dates import add_working_days
from communities.core.money import pounds, split
from communities.core.permissions import Actor
from communities.core.refusals import Refused
from grants.awards.models import AWARD, Award
from grants.funds.operations import book_payment, give_back
from grants.payments.models import PAYEE_ACCOUNT, PAYMENT, PayeeAccount, Payment
from grants.payments.queries import verified_account, waiting_account

DAYS_TO_PAY = 10  # working days from the second yes; groups have no cash to wait with


def plan(award: Award, *, by: Actor, at: datetime) -> list[Payment]:
    """Plan the payments of an award as its size of grant says; together they are the award, to the penny."""
    tier = award.application.tier
    shares = (tier.payment_shares if tier is not None else None) or [100]
    due = add_working_days(london(at).date(), DAYS_TO_PAY)
    last = max(due, add_working_days(award.ends_on, DAYS_TO_PAY))
    parts = [part for part in split(award.amount, shares) if part]
    return [
        PAYMENT.create(
            "plan",
            Payment(
                case=award.case,
                award=award,
                number=number,
                amount=part,
                trigger=Payment.Trigger.ACCEPTANCE if number == 1 else Payment.Trigger.REPORT,
                due_on=due if number == 1 else last,
            ),
            by=by,
            at=at,
        )
        for number, part in enumerate(parts, start=1)
    ]


def approve(payment: Payment, *, by: Actor, at: datetime) -> Payment:
    """Say that this group is due this money now, at the account that was checked."""
    with PAYMENT.step("approve", payment, by=by, at=at) as found:
        account = verified_account(found.award.group)
        found.account, found.details_by = account, account.entered_by if account else None
        found.approved_by_id, found.approved_at = by.pk, at
        found.released_by, found.batch, found.sent_at = None, None, None
    return found


def mark_paid(payment: Payment, *, paid_on: date, bank_reference: str = "", by: Actor, at: datetime) -> Payment:
    """Write down that the money arrived. It is booked in the year of that day and can never be changed."""
    return mark_many_paid([payment], paid_on=paid_on, bank_reference=bank_reference, by=by, at=at)[0]


def mark_many_paid(
    payments: Sequence[Payment], *, paid_on: date, bank_reference: str = "", by: Actor, at: datetime
) -> list[Payment]:
    """Write down that several payments arrived on one day: all of them, or none."""
    if paid_on > london(at).date():
        raise Refused("The day it was paid cannot be in the future.", "Look at the bank’s list.", status=400)
    with PAYMENT.step_many("mark_paid", payments, by=by, at=at, all_or_nothing=True) as batch:
        awards = Award.objects.select_related("application__round__budget").in_bulk({p.award_id for p in batch.done})
        for payment in batch.done:
            if payment.sent_at is not None and paid_on < london(payment.sent_at).date():
                raise Refused("It was paid before it was sent?", "Check the day against the bank’s list.", status=400)
            awards[payment.award_id] = _book(payment, awards[payment.award_id], paid_on, by, at)
            payment.paid_on, payment.bank_reference, payment.failure = paid_on, bank_reference.strip()[:40], ""
    return batch.done


def _book(payment: Payment, award: Award, paid_on: date, by: Actor, at: datetime) -> Award:
    """The ledger, the award's own counter, and its start with the first money; returns the award as it is then."""
    if award.paid + payment.amount > award.amount:
        raise Refused(
            f"This would pay more than was awarded: {pounds(award.paid)} of {pounds(award.amount)} is paid already.",
            "Check the payments of this award with a colleague.",
        )
    payment.ledger_entry = book_payment(
        award.application.round.budget,
        amount=payment.amount,
        case=payment.case,
        key=f"payment-{payment.pk}",
        paid_on=paid_on,
        by=by,
        at=at,
        note=f"{award.reference}/{payment.number}",
    )
    if award.status == Award.Status.ACCEPTED:
        with AWARD.step("start", award, by=by, at=at) as begun:
            begun.paid += payment.amount
        return begun
    with AWARD.record("pay", award, by=by, at=at, who="grants.start_award") as going:
        going.paid += payment.amount
    return going


def mark_failed(payment: Payment, *, reason: str, by: Actor, at: datetime) -> Payment:
    """Write down that the bank sent the money back. The account is looked at again before anything else is paid."""
    with PAYMENT.step("mark_failed", payment, by=by, at=at, reason=reason) as found:
        if not reason.strip():
            raise Refused("Say what the bank wrote.", "For instance: account closed.", status=400)
        found.failure = reason.strip()[:200]
        account = found.account
        if account is not None and account.status == PayeeAccount.Status.VERIFIED:
            _look_again(account, found.failure, by, at)
    return found


def _look_again(account: PayeeAccount, why: str, by: Actor, at: datetime) -> None:
    trouble = f"The bank sent a payment back: {why}"[:200]
    if waiting_account(account.group) is not None:  # newer details wait already: the failed ones are put away
        with PAYEE_ACCOUNT.step("replace", account, by=by, at=at, reason=why) as old:
            old.trouble = trouble
        return
    with PAYEE_ACCOUNT.step("doubt", account, by=by, at=at, reason=why) as doubted:
        doubted.trouble, doubted.verified_by, doubted.verified_at = trouble, None, None


def cancel(payment: Payment, *, reason: str, by: Actor, at: datetime) -> Payment:
    """Say that a planned payment will never be made. What was promised for it goes back to the round."""
    with PAYMENT.step("cancel", payment, by=by, at=at, reason=reason) as found:
        if not reason.strip():
            raise Refused("Say why this payment will not be made.", "The group reads it.", status=400)
        give_back(
            found.award.application.round.budget,
            amount=found.amount,
            case=found.case,
            key=f"payment-{found.pk}-cancelled",
            by=by,
            at=at,
            note=reason[:200],
        )
    return found
