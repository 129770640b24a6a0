"""Whatever order people confirm, set aside, tell and pay in, the budget's counters stay true."""

from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from communities.core.refusals import Refused
from grants.decisions import operations
from grants.decisions.models import Decision
from grants.funds.models import LedgerEntry
from grants.funds.operations import book_payment
from grants.funds.queries import headroom
from tests.cast import account
from tests.factories.assessment import AT, BidFactory, panel_of
from tests.factories.decisions import decision_on

pytestmark = pytest.mark.django_db
AMOUNTS = st.integers(min_value=100_001, max_value=500_000).map(lambda pence: Decimal(pence) / 100)


class Budgeting(RuleBasedStateMachine):
    """One budget of £10,000, bids of £1,000 to £5,000, and everybody who moves its money."""

    proposed, promised = Bundle("proposed"), Bundle("promised")

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.grace = account("Grace Miller", "senior_officer")
        self.round = panel_of().round
        self.paid = {}

    def teardown(self):
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @property
    def budget(self):
        self.round.budget.refresh_from_db()
        return self.round.budget

    @rule(target=proposed, amount=AMOUNTS)
    def propose(self, amount):
        return decision_on(BidFactory(round=self.round, requested=amount, minimum_viable=None))

    @rule(target=promised, decision=proposed)
    def confirm(self, decision):
        decision.refresh_from_db()
        fits = decision.status == "proposed" and decision.amount <= headroom(self.budget)
        try:
            confirmed = operations.ratify(decision, by=self.grace, at=AT)
        except Refused:
            assert not fits
            return multiple()
        assert fits
        return confirmed

    @rule(decision=promised)
    def set_aside(self, decision):
        decision.refresh_from_db()
        before = self.budget.committed
        try:
            operations.set_aside(decision, reason="The minute says otherwise.", by=self.grace, at=AT)
        except Refused:
            assert decision.status != "ratified"
        else:
            assert self.budget.committed == before - decision.amount

    @rule(decision=promised)
    def tell(self, decision):
        decision.refresh_from_db()
        if decision.status == "ratified":
            operations.release([decision], by=self.grace, at=AT)

    @rule(decision=promised, share=st.integers(min_value=1, max_value=100))
    def pay(self, decision, share):
        decision.refresh_from_db()
        left = decision.amount - self.paid.get(decision.pk, Decimal(0))
        if decision.status == "released" and left > 0:
            amount = max((left * share / 100).quantize(Decimal("0.01")), Decimal("0.01"))
            key = f"pay-{decision.pk}-{LedgerEntry.objects.count()}"
            book_payment(
                self.budget, amount=amount, case=decision.case, key=key, paid_on=AT.date(), by=self.grace, at=AT
            )
            self.paid[decision.pk] = self.paid.get(decision.pk, Decimal(0)) + amount

    @rule(decision=promised, more=AMOUNTS)
    def pay_more_than_was_promised(self, decision, more):
        too_much = self.budget.committed - self.budget.paid + more
        with pytest.raises(Refused):
            book_payment(
                self.budget, amount=too_much, case=decision.case, key="never", paid_on=AT.date(), by=self.grace, at=AT
            )

    @invariant()
    def counters_are_true(self):
        budget = self.budget
        standing = Decision.objects.filter(status__in=("ratified", "released"))
        booked = {
            row["kind"]: row["total"]
            for row in LedgerEntry.objects.values("kind").annotate(total=Sum("amount")).order_by()
        }
        assert budget.committed == (standing.aggregate(total=Sum("amount"))["total"] or 0)
        assert budget.committed == booked.get("commit", 0) - booked.get("release", 0)
        assert budget.paid == booked.get("pay", 0) == sum(self.paid.values())
        assert 0 <= budget.paid <= budget.committed <= budget.limit
        assert headroom(budget) == budget.limit - budget.committed


def test_the_budget_stays_true_whatever_people_do_in_whatever_order(db):
    limits = settings(max_examples=20, stateful_step_count=15, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Budgeting, settings=limits)
