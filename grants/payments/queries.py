"""Reading payments: which account counts, what stands in the way, what is in transit, where else an account is used."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

from django.conf import settings
from django.db.models import Q, QuerySet, Sum

from communities.core.clock import LONDON, london
from communities.core.encryption import decrypt, fingerprints, keys_are_changing
from communities.core.models import Event
from communities.diligence.queries import has_hold
from communities.groups.models import Group
from communities.groups.queries import accountable_body
from grants.awards.models import Award
from grants.awards.queries import is_micro, open_conditions
from grants.payments.models import PayeeAccount, Payment, PaymentBatch

ZERO = Decimal("0.00")
A, P = PayeeAccount.Status, Payment.Status


def verified_account(group: Group) -> PayeeAccount | None:
    """The bank details that were checked and may be paid."""
    return PayeeAccount.objects.filter(group=group, status=A.VERIFIED).first()


def waiting_account(group: Group) -> PayeeAccount | None:
    """Bank details that nobody has checked yet. While there are any, nothing is sent."""
    return PayeeAccount.objects.filter(group=group, status=A.ENTERED).first()


def what_stops(award: Award) -> str:
    """The sentence why no money can be sent for this award now, or nothing."""
    if award.status not in (Award.Status.ACCEPTED, Award.Status.ACTIVE):
        return f"The award is “{award.get_status_display()}”, so nothing can be paid on it."
    if has_hold(award.group):
        return "There is a hold on the group, so nothing is paid for now."
    if open_ones := open_conditions(award):
        return f"Before payment this has to be done: {'; '.join(each.text for each in open_ones)}"
    if waiting_account(award.group) is not None:
        return "Bank details are waiting to be checked by a call, so nothing is paid for now."
    if verified_account(award.group) is None:
        return "The group has no bank details that were checked."
    return ""


def needs_officer(payment: Payment) -> bool:
    """Whether an officer approves this payment by itself. Micro payments are approved with their batch."""
    return not is_micro(payment.award)


def ready_for_batch() -> QuerySet[Payment]:
    """What finance could put into a batch now, as far as the list can tell; each is checked again when it is done."""
    delegated = Q(award__application__tier__route="delegated")
    ready = Q(status=P.APPROVED) | Q(delegated, status__in=(P.SCHEDULED, P.FAILED))
    verified = Q(award__group__payee_accounts__status=A.VERIFIED)
    waiting = PayeeAccount.objects.filter(status=A.ENTERED).values("group")
    found = Payment.objects.filter(ready, verified).exclude(award__group__in=waiting)
    return found.select_related("award__group", "award__application__tier").order_by("due_on", "pk")


@dataclass(frozen=True)
class SharedAccount:
    """Another group that uses the same bank account, and whether that is to be expected."""

    group: Group
    expected: bool


def shared_with(account: PayeeAccount) -> list[SharedAccount]:
    """Other groups on the same account. Groups whose money the same body holds are expected to share it."""
    others = PayeeAccount.objects.filter(fingerprint__in=marks(account)).exclude(group=account.group_id)
    others = others.exclude(status=A.REJECTED).select_related("group").order_by("group__name", "pk")
    body = _body(account.group)
    groups = {each.group_id: each.group for each in others}
    return [SharedAccount(group, bool(body) and _body(group) == body) for group in groups.values()]


def marks(account: PayeeAccount) -> list[str]:
    """What marks the same account elsewhere: its own mark, and while keys are changing one for each key."""
    return fingerprints(full_details(account).identity) if keys_are_changing() else [account.fingerprint]


def used_by_strangers(account: PayeeAccount) -> list[Group]:
    """Other groups on the same account for which we know no reason. A person looks at it; nothing is blocked."""
    return [each.group for each in shared_with(account) if not each.expected]


def _body(group: Group) -> str:
    """The body that holds a group's money, by its number or else its name."""
    body = accountable_body(group)
    return "" if body is None else (body.charity_number or body.company_number or body.name).strip().lower()


# -- the file -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FullDetails:
    """Bank details in the clear: for the file and for finance's eyes."""

    sort_code: str
    account_number: str
    roll_number: str

    @property
    def identity(self) -> str:
        """What makes two accounts the same."""
        return f"{self.sort_code}{self.account_number}{self.roll_number.upper()}"


def full_details(account: PayeeAccount) -> FullDetails:
    """Read the encrypted details. Whoever shows them to a person writes that down."""
    return FullDetails(
        decrypt(account.sort_code),
        decrypt(account.account_number),
        decrypt(account.roll_number) if account.roll_number else "",
    )


def row_of_file(payment: Payment, batch: PaymentBatch) -> dict[str, str]:
    """Everything a column of the payment file can be made of."""
    account = payment.account
    assert account is not None  # noqa: S101  a payment in a batch has one (see prepare_batch)
    details = full_details(account)
    return {
        "supplier_number": account.supplier_number,
        "payee": account.name_on_account,
        "sort_code": f"{details.sort_code[:2]}-{details.sort_code[2:4]}-{details.sort_code[4:]}",
        "account_number": details.account_number,
        "roll_number": details.roll_number,
        "amount": f"{payment.amount:.2f}",
        "reference": f"{payment.award.reference}/{payment.number}",
        "group": payment.award.group.name,
        "due_on": payment.due_on.isoformat(),
        "batch": batch.reference,
        "cost_code": payment.award.application.round.fund.cost_code or settings.COST_CODE,
        "ledger_code": settings.LEDGER_CODE,
    }


def control_total(content: str) -> Decimal:
    """The sum of the amounts as they stand in a file: it must be the total of the batch."""
    headings = [source for _, source in settings.PAYMENT_EXPORT_COLUMNS]
    rows = list(csv.reader(io.StringIO(content)))[1:]
    return sum((Decimal(row[headings.index("amount")]) for row in rows), ZERO)


# -- year end -----------------------------------------------------------------------------------------------------


def in_transit_at(moment: datetime) -> list[Payment]:
    """Payments that had left us by then and that the bank had neither made nor sent back."""
    verbs = ("payment.send", "payment.mark_paid", "payment.mark_failed")
    last: dict[str, str] = {}
    for event in Event.objects.filter(verb__in=verbs, at__lt=moment).order_by("at", "pk"):
        last[event.object_pk] = event.verb
    under_way = [int(pk) for pk, verb in last.items() if verb == "payment.send"]
    found = Payment.objects.filter(pk__in=under_way).select_related("award__group").order_by("pk")
    # the bank's day counts, not the day on which finance wrote it down
    return [each for each in found if each.paid_on is None or each.paid_on >= london(moment).date()]


def year_end(year: int) -> datetime:
    """The last moment of a financial year, as clocks in Essex show it."""
    return datetime.combine(date(year + 1, 4, 1), time(0), tzinfo=LONDON).astimezone(UTC)


def total(payments: Iterable[Payment]) -> Decimal:
    """What they come to."""
    return sum((each.amount for each in payments), ZERO)


def unpaid(award: Award) -> Decimal:
    """What is still to be paid on an award."""
    open_ = award.payments.exclude(status__in=(P.PAID, P.CANCELLED)).aggregate(total=Sum("amount"))["total"]
    return open_ or ZERO
