"""From the promise to the last penny: whatever people do with offers and payments, in whatever order, it adds up."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from communities.core.refusals import Refused
from grants.awards import operations as awards
from grants.awards.models import Award
from grants.funds.models import Budget, LedgerEntry
from grants.funds.queries import committed_by_ledger, headroom
from grants.payments import operations
from grants.payments.models import PayeeAccount, Payment, PaymentBatch
from tests.cast import account
from tests.factories import awards as make

pytestmark = pytest.mark.django_db
SIZES = {"micro": (30_000, 100_000), "small": (100_001, 500_000), "standard": (500_001, 900_000)}
OFFERS = st.sampled_from(sorted(SIZES)).flatmap(
    lambda tier: st.tuples(st.just(tier), st.integers(*SIZES[tier]).map(lambda pence: Decimal(pence) / 100))
)


class Paying(RuleBasedStateMachine):
    """One group, one budget, offers of every size; the last part of a standard award waits for the end."""

    offers = Bundle("offers")

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.asha, self.ben = account("Asha Patel"), account("Ben Carter")
        self.carol, self.fiona = account("Carol Reed", "officer"), account("Fiona Grant", "finance")
        self.grace = account("Grace Miller", "senior_officer")
        self.at = make.AGREED
        make.money_round(limit=Decimal(60_000))
        self.group = make.FundedGroup(created_by=self.asha)
        make.join(self.group, self.asha.person, "lead", leads=True)
        make.join(self.group, self.ben.person, "treasurer")
        make.bank_details(self.group, by=self.ben, checked_by=self.fiona)

    def teardown(self):
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def attempt(self, act, row, **facts):
        """Do it; what is refused leaves no trace."""
        row.refresh_from_db()
        before = self.figures()
        try:
            act(row, at=self.at, **facts)
        except Refused:
            assert self.figures() == before
            return False
        return True

    def figures(self):
        rows = Budget.objects.values_list("committed", "paid"), Award.objects.values_list("status", "paid")
        return [
            sorted(each) for each in (*rows, Payment.objects.values_list("pk", "status"))
        ], LedgerEntry.objects.count()

    @precondition(lambda self: headroom(Budget.objects.get()) >= 9_000)
    @rule(target=offers, what=OFFERS)
    def offer(self, what):
        tier, amount = what
        return make.offer(self.group, amount=amount, tier=tier, officer=self.carol, ratifier=self.grace, at=self.at)

    @rule(offer=offers, who=st.sampled_from(["asha", "ben"]))
    def say_yes(self, offer, who):
        by = getattr(self, who)
        self.attempt(awards.accept, offer, person=by.person, by=by)

    @rule(offer=offers)
    def agree(self, offer):
        for by in (self.asha, self.ben):
            self.attempt(awards.accept, offer, person=by.person, by=by)

    @rule(offer=offers)
    def turn_down(self, offer):
        before = Budget.objects.get().committed
        if self.attempt(awards.turn_down, offer, by=self.asha):
            assert Budget.objects.get().committed == before - offer.amount

    @rule(days=st.integers(1, 40))
    def time_goes_by(self, days):
        self.at += timedelta(days=days)
        awards.lapse_offers(at=self.at)

    @rule(which=st.integers(0, 5))
    def approve(self, which):
        self.with_a_payment(which, operations.approve, by=self.carol)

    @rule(which=st.integers(0, 5))
    def cancel(self, which):
        self.with_a_payment(which, operations.cancel, reason="Not needed.", by=self.grace)

    @rule(which=st.integers(0, 5), days=st.integers(0, 3))
    def mark_paid(self, which, days):
        day = (self.at + timedelta(days=days)).date()  # a day to come is refused
        self.with_a_payment(which, operations.mark_paid, paid_on=day, by=self.fiona)

    @rule(which=st.integers(0, 5))
    def mark_failed(self, which):
        self.with_a_payment(which, operations.mark_failed, reason="Account closed.", by=self.fiona)

    def with_a_payment(self, which, act, **facts):
        rows = list(Payment.objects.order_by("-pk")[:6])
        if rows:
            self.attempt(act, rows[which % len(rows)], **facts)

    @rule()
    def check_the_account_again(self):
        for entered in PayeeAccount.objects.filter(status="entered"):
            facts = {"call_number": make.PHONE, "spoke_to": "Ben", "note": "In the register.", "by": self.fiona}
            self.attempt(operations.verify_account, entered, **facts)

    @rule(count=st.integers(1, 3), sent=st.booleans())
    def send_a_batch(self, count, sent):
        ready = list(Payment.objects.filter(status__in=("approved", "scheduled")).order_by("pk")[:count])
        try:
            batch = operations.prepare_batch(payments=ready, by=self.fiona, at=self.at)
        except Refused:
            return
        assert batch.total == sum(payment.amount for payment in ready)
        if sent:
            self.attempt(operations.approve_batch, batch, by=self.grace)
            self.attempt(operations.export_batch, batch, by=self.fiona)
        else:
            self.attempt(operations.cancel_batch, batch, reason="Not now.", by=self.fiona)

    @rule()
    def mark_a_batch_paid(self):
        for batch in PaymentBatch.objects.filter(status="exported"):
            self.attempt(operations.mark_batch_paid, batch, paid_on=self.at.date(), by=self.fiona)

    @invariant()
    def all_adds_up(self):
        budget = Budget.objects.get()
        cancelled = total(Payment.objects.filter(status="cancelled"))
        standing = Award.objects.exclude(status__in=("declined", "lapsed"))
        assert budget.committed == committed_by_ledger(budget) == total(standing) - cancelled
        assert (
            budget.paid == total(LedgerEntry.objects.filter(kind="pay")) == total(Payment.objects.filter(status="paid"))
        )
        assert 0 <= budget.paid <= budget.committed <= budget.limit
        for award in Award.objects.prefetch_related("payments"):
            planned = list(award.payments.all())
            assert award.paid == sum(each.amount for each in planned if each.status == "paid") <= award.amount
            if award.status not in ("offered", "declined", "lapsed"):
                assert sum(each.amount for each in planned) == award.amount


def total(rows):
    return rows.aggregate(total=Sum("amount"))["total"] or 0


def test_promises_payments_and_ledger_agree_whatever_people_do_in_whatever_order(db):
    limits = settings(max_examples=8, stateful_step_count=16, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Paying, settings=limits)
