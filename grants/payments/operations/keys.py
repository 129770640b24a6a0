"""A change of keys: everything that is locked is locked again with the newest, so that the older can be retired."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from communities.core.encryption import fingerprint, is_newest, rotate
from communities.core.events import describe, record_event
from communities.core.triggers import lifted
from grants.payments.models import PayeeAccount, PaymentBatch
from grants.payments.queries import full_details

describe("bank_keys.change", "Bank details locked with a new key")


@dataclass(frozen=True)
class Relocked:
    """How much was locked again."""

    accounts: int
    batches: int


def change_keys(*, at: datetime) -> Relocked:
    """Lock all bank details and payment files with the newest key. What they say does not change; a second time does
    nothing.

    The files of exported batches are frozen, so this needs the right to lift their triggers for a moment: the owner's.
    """  # noqa: D205
    with transaction.atomic():
        done = Relocked(_accounts(), _batches())
        if done.accounts or done.batches:
            detail = {"accounts": done.accounts, "batches": done.batches}
            record_event("bank_keys.change", at=at, detail=detail)
    return done


def _accounts() -> int:
    older = [each for each in PayeeAccount.objects.order_by("pk") if not is_newest(each.sort_code)]
    for account in older:
        mark = fingerprint(full_details(account).identity)
        locked = {name: rotate(getattr(account, name)) for name in ("sort_code", "account_number")}
        roll_number = rotate(account.roll_number) if account.roll_number else ""
        PayeeAccount.objects.filter(pk=account.pk).update(**locked, roll_number=roll_number, fingerprint=mark)
    return len(older)


def _batches() -> int:
    with_files = PaymentBatch.objects.exclude(content="").order_by("pk").only("content")
    older = [batch for batch in with_files if not is_newest(batch.content)]
    if older:
        with lifted([PaymentBatch]):
            for batch in older:
                PaymentBatch.objects.filter(pk=batch.pk).update(content=rotate(batch.content))
    return len(older)
