"""What is left of a budget, and what happened to it in each financial year."""

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


def totals_by_year(budget: Budget) -> list[YearTotals]:
    """What was allocated, promised, given back, paid and returned in each financial year."""
    sums: dict[int, dict[str, Decimal]] = {}
    rows = budget.entries.order_by().values_list("financial_year", "kind").annotate(total=Sum("amount"))
    for year, kind, total in rows:
        sums.setdefault(year, {})[kind] = total
    kinds = LedgerEntry.Kind
    return [
        YearTotals(
            year,
            *(
                sums[year].get(kind, ZERO)
                for kind in (kinds.ALLOCATE, kinds.COMMIT, kinds.RELEASE, kinds.PAY, kinds.REFUND)
            ),
        )
        for year in sorted(sums)
    ]


def committed_by_ledger(budget: Budget) -> Decimal:
    """What the ledger says is promised: the counter on the budget must agree with it."""
    sums = dict(budget.entries.order_by().values_list("kind").annotate(total=Sum("amount")))
    promised: Decimal = sums.get(LedgerEntry.Kind.COMMIT, ZERO)
    given_back: Decimal = sums.get(LedgerEntry.Kind.RELEASE, ZERO)
    return promised - given_back
