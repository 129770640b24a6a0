"""Batches: prepared by one, approved by another, made into one file whose bytes never change."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError

from communities.core.clock import london
from communities.core.dates import financial_year
from communities.core.encryption import decrypt, encrypt
from communities.core.events import record_event
from communities.core.exports import csv_lines
from communities.core.lifecycle import unit
from communities.core.money import pounds
from communities.core.permissions import Actor
from communities.core.refusals import Refused
from grants.payments.models import PAYMENT, PAYMENT_BATCH, BatchLine, Payment, PaymentBatch
from grants.payments.operations.payments import mark_many_paid
from grants.payments.queries import control_total, row_of_file, total, verified_account


def prepare_batch(*, payments: Sequence[Payment], by: Actor, at: datetime) -> PaymentBatch:
    """Put payments together for one file. They go on only when somebody else approves."""
    if not payments:
        raise Refused("No payment was chosen.", "Choose at least one payment.", status=400)
    try:
        with unit():
            return _prepare(payments, by, at)
    except IntegrityError as taken:
        if "reference" not in str(taken):
            raise
        raise Refused("Somebody prepared another batch at the same moment.", "Try again.") from taken


def _prepare(payments: Sequence[Payment], by: Actor, at: datetime) -> PaymentBatch:
    batch = PaymentBatch(
        reference=_next_reference(at),
        total=total(payments),
        count=len(payments),
        prepared_by_id=by.pk,
        prepared_at=at,
    )
    PAYMENT_BATCH.create("prepare", batch, by=by, at=at)
    with PAYMENT.step_many("batch", payments, by=by, at=at, all_or_nothing=True) as moved:
        for payment in moved.done:
            account = verified_account(payment.award.group)
            payment.batch, payment.account = batch, account
            payment.details_by = account.entered_by if account else None
            payment.released_by, payment.sent_at = None, None
    BatchLine.objects.bulk_create(
        BatchLine(batch=batch, payment=each, account=each.account, amount=each.amount)
        for each in moved.done
        if each.account is not None  # never otherwise: nothing_stops asks for one
    )
    return batch


def _next_reference(at: datetime) -> str:
    """Batches are counted in each financial year; none is ever deleted."""
    start = f"PAY-{financial_year(london(at).date())}-"
    return f"{start}{PaymentBatch.objects.filter(reference__startswith=start).count() + 1:04d}"


def approve_batch(batch: PaymentBatch, *, by: Actor, at: datetime) -> PaymentBatch:
    """Let this money go."""
    with PAYMENT_BATCH.step("approve", batch, by=by, at=at) as found:
        found.approved_by_id, found.approved_at = by.pk, at
    return found


def export_batch(batch: PaymentBatch, *, by: Actor, at: datetime) -> bytes:
    """Make the file for the council's finance system, once. Treasurers and leads are told that money is on its way."""
    with PAYMENT_BATCH.step("export", batch, by=by, at=at) as found:
        payments = found.payments.select_related("award__application__round__fund", "award__group", "account")
        with PAYMENT.step_many("send", list(payments), by=by, at=at, all_or_nothing=True) as sent:
            for payment in sent.done:
                payment.released_by_id, payment.sent_at = found.approved_by_id, at
                payment.attempts += 1
        content = make_file(found, list(payments.order_by("pk")))
        found.content, found.digest = encrypt(content), hashlib.sha256(content.encode()).hexdigest()
        found.exported_at, found.exported_by_id = at, by.pk
    return content.encode()


def make_file(batch: PaymentBatch, payments: Sequence[Payment]) -> str:
    """The file's text, with the columns of the setting. Refused unless its amounts add up to the batch."""
    columns = settings.PAYMENT_EXPORT_COLUMNS
    rows = [row_of_file(payment, batch) for payment in payments]
    lines = csv_lines([heading for heading, _ in columns], [[row[source] for _, source in columns] for row in rows])
    content = "".join(lines).removeprefix("\ufeff")  # no byte-order mark: finance systems read it as part of a heading
    if control_total(content) != batch.total or len(rows) != batch.count:
        raise Refused(
            f"The file does not add up to the batch of {pounds(batch.total)}.",
            "Take the batch apart and prepare it anew.",
        )
    return content


def batch_file(batch: PaymentBatch, *, by: Actor, at: datetime) -> bytes:
    """The file as it was made, the same bytes every time. Each download is kept, since it shows bank details."""
    if not by.has_perm("grants.export_paymentbatch", batch):
        raise Refused("You do not have the right to do this.", "Ask finance.", status=403)
    if not batch.content:
        raise Refused("The file of this batch has not been made yet.", "It is made when the batch has been approved.")
    record_event(PAYMENT_BATCH.verb("download"), batch, by=by, at=at)
    return decrypt(batch.content).encode()


def cancel_batch(batch: PaymentBatch, *, reason: str, by: Actor, at: datetime) -> PaymentBatch:
    """Take a batch apart before its file is made. Its payments are approved and put together anew."""
    with PAYMENT_BATCH.step("cancel", batch, by=by, at=at, reason=reason) as found:
        if not reason.strip():
            raise Refused("Say why the batch is taken apart.", "One sentence is enough.", status=400)
        with PAYMENT.step_many("unbatch", list(found.payments.all()), by=by, at=at, all_or_nothing=True) as back:
            for payment in back.done:
                payment.batch = payment.account = payment.details_by = None
                payment.approved_by = payment.approved_at = None
    return found


def mark_batch_paid(
    batch: PaymentBatch, *, paid_on: date, bank_reference: str = "", by: Actor, at: datetime
) -> list[Payment]:
    """Write down that all payments of a batch that are still on their way arrived on one day."""
    under_way = list(batch.payments.filter(status=Payment.Status.IN_TRANSIT))
    if not under_way:
        raise Refused("No payment of this batch is on its way.", "Look at its payments to see how each stands.")
    return mark_many_paid(under_way, paid_on=paid_on, bank_reference=bank_reference, by=by, at=at)
