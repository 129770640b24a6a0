"""Every movement of money. The budget is locked first, then read, then the ledger and its counters move together."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from communities.core.clock import london
from communities.core.dates import financial_year
from communities.core.events import record_event
from communities.core.lifecycle import lock, unit
from communities.core.money import pounds
from communities.core.permissions import Actor
from communities.core.refusals import Refused
from grants.funds.models import Budget, Fund, LedgerEntry
from grants.funds.queries import headroom


def open_budget(fund: Fund, *, name: str, limit: Decimal, by: Actor, at: datetime) -> Budget:
    """Give a fund a budget to promise money from."""
    _permit(by, "grants.add_budget")
    with unit():
        budget = Budget.objects.create(fund=fund, name=name, limit=0)
        record_event("budget.open", budget, by=by, at=at)
        allocate(budget, amount=limit, by=by, at=at, note="First allocation")
    budget.refresh_from_db()
    return budget


def allocate(budget: Budget, *, amount: Decimal, by: Actor, at: datetime, note: str = "") -> LedgerEntry:
    """Add money to a budget."""
    _permit(by, "grants.change_budget")
    with _locked(budget) as row:
        number = row.entries.filter(kind=LedgerEntry.Kind.ALLOCATE).count() + 1
        row.limit += amount
        return _book(row, LedgerEntry.Kind.ALLOCATE, amount, f"allocate-{row.pk}-{number}", None, by, at, note)


def commit(
    budget: Budget, *, amount: Decimal, case: UUID, key: str, by: Actor, at: datetime, note: str = ""
) -> LedgerEntry:
    """Promise money. Refused with what is left where the budget cannot carry it."""
    with _locked(budget) as row:
        if amount > headroom(row):
            raise Refused(
                f"There is {pounds(headroom(row))} left in {row.name}, and this needs {pounds(amount)}.",
                "Fund a smaller sum, put the bid on the reserve list, or ask for more money in the budget.",
            )
        row.committed += amount
        return _book(row, LedgerEntry.Kind.COMMIT, amount, key, case, by, at, note)


def give_back(
    budget: Budget, *, amount: Decimal, case: UUID, key: str, by: Actor, at: datetime, note: str = ""
) -> LedgerEntry:
    """Free money that was promised and will not be paid."""
    with _locked(budget) as row:
        row.committed -= amount
        return _book(row, LedgerEntry.Kind.RELEASE, amount, key, case, by, at, note)


def book_payment(
    budget: Budget, *, amount: Decimal, case: UUID, key: str, paid_on: date, by: Actor, at: datetime, note: str = ""
) -> LedgerEntry:
    """Book a payment in the financial year of the day it was paid; never more than was promised."""
    with _locked(budget) as row:
        if row.paid + amount > row.committed:
            raise Refused(
                "More would be paid than was promised from this budget.", "Check the amount against the award."
            )
        row.paid += amount
        return _book(row, LedgerEntry.Kind.PAY, amount, key, case, by, at, note, paid_on)


@contextmanager
def _locked(budget: Budget) -> Iterator[Budget]:
    with unit():
        [row] = lock(Budget.objects.filter(pk=budget.pk))
        yield row


def _book(
    budget: Budget,
    kind: str,
    amount: Decimal,
    key: str,
    case: UUID | None,
    by: Actor,
    at: datetime,
    note: str,
    on: date | None = None,
) -> LedgerEntry:
    budget.version += 1
    budget.save(update_fields=("limit", "committed", "paid", "version"))
    entry = LedgerEntry.objects.create(
        budget=budget,
        kind=kind,
        amount=amount,
        financial_year=financial_year(on or london(at).date()),
        case=case,
        note=note,
        key=key,
        at=at,
        by_id=by.pk,
    )
    record_event(f"budget.{kind}", budget, by=by, at=at, case=case, detail={"amount": amount, "note": note})
    return entry


def _permit(by: Actor, name: str) -> None:
    if not by.has_perm(name):
        raise Refused("You do not have the right to do this.", "Ask a senior officer.", status=403)
