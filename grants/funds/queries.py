"""What is left of a budget, and what happened to it in each financial year."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from grants.funds.models import Budget, LedgerEntry

ZERO = Decimal("0.00")


def headroom(budget: Budget) -> Decimal:
    """Pounds that can still be promised."""
    return budget.limit - budget.committed


@dataclass(frozen=True)
class YearTotals:
    """One line of the year-end table, in pounds; the year is the one it starts in."""

    year: int
    allocated: Decimal
    promised: Decimal
    given_back: Decimal
    paid: Decimal
    returned: Decimal

    @property
    def name(self) -> str:
        """As finance writes it: 2026-27."""
        return f"{self.year}-{(self.year + 1) % 100:02d}"


K = LedgerEntry.Kind
IN_ORDER = (K.ALLOCATE, K.COMMIT, K.RELEASE, K.PAY, K.REFUND)


def totals_by_year(budgets: Iterable[Budget]) -> dict[int, list[YearTotals]]:
    """What was allocated, promised, given back, paid and returned in each financial year, by the budget's key."""
    sums: dict[int, dict[int, dict[str, Decimal]]] = {budget.pk: {} for budget in budgets}
    rows = LedgerEntry.objects.filter(budget__in=sums).order_by().values_list("budget", "financial_year", "kind")
    for budget, year, kind, total in rows.annotate(total=Sum("amount")):
        sums[budget].setdefault(year, {})[kind] = total
    return {
        budget: [YearTotals(year, *(years[year].get(kind, ZERO) for kind in IN_ORDER)) for year in sorted(years)]
        for budget, years in sums.items()
    }


def committed_by_ledger(budget: Budget) -> Decimal:
    """What the ledger says is promised: the counter on the budget must agree with it."""
    sums = dict(budget.entries.order_by().values_list("kind").annotate(total=Sum("amount")))
    promised: Decimal = sums.get(LedgerEntry.Kind.COMMIT, ZERO)
    given_back: Decimal = sums.get(LedgerEntry.Kind.RELEASE, ZERO)
    return promised - given_back
