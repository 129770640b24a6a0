"""Money moves only through the ledger, never beyond the budget, and never twice."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from communities.core.models import Event
from communities.core.refusals import Refused
from grants.funds import operations
from grants.funds.models import Budget, LedgerEntry
from grants.funds.queries import committed_by_ledger, headroom, totals_by_year
from tests.factories.rounds import BudgetFactory, FundFactory

AT = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
CASE = uuid4()

pytestmark = pytest.mark.django_db


def commit(budget, amount, key="a", by=None):
    return operations.commit(budget, amount=Decimal(amount), case=CASE, key=key, by=by, at=AT)


def test_a_promise_counts_against_the_budget_and_leaves_an_event(grace):
    budget = BudgetFactory(limit=1000)
    entry = commit(budget, "600.00", by=grace)
    budget.refresh_from_db()
    assert (budget.committed, headroom(budget), entry.financial_year) == (Decimal("600.00"), Decimal("400.00"), 2026)
    assert Event.objects.filter(verb="budget.commit", case=CASE, actor=grace).count() == 1


def test_a_promise_beyond_the_budget_is_refused_with_what_is_left(grace):
    budget = BudgetFactory(limit=1000, committed=900)
    with pytest.raises(Refused, match="There is £100 left"):
        commit(budget, "100.01", by=grace)
    assert LedgerEntry.objects.count() == 0


def test_the_database_refuses_what_the_code_would_let_through():
    budget = BudgetFactory(limit=1000)
    with pytest.raises(IntegrityError), transaction.atomic():
        Budget.objects.filter(pk=budget.pk).update(committed=Decimal("1000.01"))


def test_the_same_act_is_never_booked_twice(grace):
    budget = BudgetFactory(limit=1000)
    commit(budget, "100", by=grace)
    with pytest.raises(IntegrityError), transaction.atomic():
        commit(budget, "100", by=grace)
    budget.refresh_from_db()
    assert budget.committed == Decimal("100.00")


def test_a_ledger_row_cannot_be_changed_or_deleted(grace):
    entry = commit(BudgetFactory(limit=1000), "100", by=grace)
    for act in (lambda: LedgerEntry.objects.filter(pk=entry.pk).update(amount=1), entry.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_money_given_back_can_be_promised_again(grace):
    budget = BudgetFactory(limit=1000)
    commit(budget, "1000", by=grace)
    operations.give_back(budget, amount=Decimal(400), case=CASE, key="back", by=grace, at=AT)
    budget.refresh_from_db()
    assert headroom(budget) == committed_by_ledger(budget) - Decimal("200.00") == Decimal("400.00")


def test_a_payment_belongs_to_the_financial_year_of_the_day_it_was_paid(grace):
    budget = BudgetFactory(limit=1000)
    commit(budget, "900", by=grace)
    operations.book_payment(
        budget, amount=Decimal(900), case=CASE, key="pay", paid_on=date(2027, 4, 6), by=grace, at=AT
    )
    assert [(year.name, year.promised, year.paid) for year in totals_by_year([budget])[budget.pk]] == [
        ("2026-27", Decimal("900.00"), Decimal("0.00")),
        ("2027-28", Decimal("0.00"), Decimal("900.00")),
    ]


def test_more_than_was_promised_is_never_paid(grace):
    budget = BudgetFactory(limit=1000)
    commit(budget, "100", by=grace)
    with pytest.raises(Refused, match="More would be paid"):
        operations.book_payment(
            budget, amount=Decimal("100.01"), case=CASE, key="pay", paid_on=date(2027, 1, 4), by=grace, at=AT
        )


def test_only_a_senior_officer_adds_money(grace, carol):
    budget = operations.open_budget(FundFactory(), name="2026", limit=Decimal(5000), by=grace, at=AT)
    assert budget.limit == Decimal("5000.00")
    with pytest.raises(Refused):
        operations.allocate(budget, amount=Decimal(1), by=carol, at=AT)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.sampled_from(["commit", "back", "pay"]), st.integers(1, 60_000)), max_size=12))
def test_whatever_is_tried_the_counters_agree_with_the_ledger(moves, grace):
    budget = BudgetFactory(limit=1000)
    for number, (move, pence) in enumerate(moves):
        amount, key = Decimal(pence) / 100, f"{budget.pk}-{number}"
        try:
            with transaction.atomic():
                if move == "commit":
                    commit(budget, amount, key, grace)
                elif move == "back":
                    operations.give_back(budget, amount=amount, case=CASE, key=key, by=grace, at=AT)
                else:
                    operations.book_payment(
                        budget, amount=amount, case=CASE, key=key, paid_on=date(2027, 1, 4), by=grace, at=AT
                    )
        except (Refused, IntegrityError):
            pass
        budget.refresh_from_db()
        paid = sum((entry.amount for entry in budget.entries.filter(kind="pay")), Decimal(0))
        assert budget.committed == committed_by_ledger(budget)
        assert Decimal(0) <= budget.paid == paid <= budget.committed <= budget.limit
