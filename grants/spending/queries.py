"""What was planned, what was spent, what remains: line by line, or in one total."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from grants.awards.models import Award, AwardLine
from grants.awards.queries import lines_of
from grants.rounds.models import Tier
from grants.spending.models import Expenditure, SpendingReturn

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class LineBalance:
    """One line of the award with what was spent on it."""

    line: AwardLine
    spent: Decimal

    @property
    def left(self) -> Decimal:
        """What remains; below zero when more was spent than planned."""
        return self.line.amount - self.spent

    @property
    def is_over(self) -> bool:
        """More was spent on it than planned."""
        return self.spent > self.line.amount


@dataclass(frozen=True)
class Balance:
    """The whole of it."""

    lines: tuple[LineBalance, ...]
    planned: Decimal
    spent: Decimal

    @property
    def left(self) -> Decimal:
        """What remains of the award; below zero when the group spent money of its own as well."""
        return self.planned - self.spent

    @property
    def over(self) -> Decimal:
        """What was spent beyond the award: the group's own money."""
        return max(self.spent - self.planned, ZERO)


def by_total(award: Award) -> bool:
    """Whether this size of grant asks for one total and a yes or no."""
    tier = award.application.tier
    return tier is not None and tier.spending == Tier.Spending.TOTAL


def bought(spending: SpendingReturn) -> QuerySet[Expenditure]:
    """What was bought, without what was taken out again."""
    return spending.expenditure.filter(removed_at=None).select_related("line", "receipt", "entered_by")


def balance(spending: SpendingReturn) -> Balance:
    """Plan, actual and remaining of an award, in three queries."""
    award = spending.award
    sums: dict[Any, Decimal] = dict(
        spending.expenditure.filter(removed_at=None).order_by().values_list("line").annotate(total=Sum("amount"))
    )
    lines = tuple(LineBalance(line, sums.get(line.pk, ZERO)) for line in lines_of(award))
    spent = (spending.total or ZERO) if by_total(award) else sum(sums.values(), ZERO)
    return Balance(lines, award.amount, spent)


def spent_on(awards: Sequence[Award]) -> dict[Any, Decimal]:
    """What was spent of each award so far, in one query."""
    returns = SpendingReturn.objects.filter(award__in=[each.pk for each in awards])
    return {award: total or ZERO for award, total in returns.values_list("award", "total")}


def receipts_from(award: Award) -> Decimal:
    """The price from which something needs a receipt."""
    tier = award.application.tier
    return tier.receipts_from if tier is not None else ZERO
