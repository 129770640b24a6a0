"""Fifty confirm at the same moment, twenty times over: a budget is never overspent."""

from decimal import Decimal

import pytest
from django.db.models import Sum

from grants.decisions import operations
from grants.decisions.models import Decision
from grants.funds.models import Budget, LedgerEntry
from tests.at_once import crowd, done, refused, unexpected
from tests.factories import awards as make

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE, RUNS, FIT = 50, 20, 10


@pytest.fixture
def bids(asha):
    """Fifty bids of £1,200 in assessment; ten fit into the budget."""
    make.money_round(limit=Decimal(1200 * FIT))
    group = make.FundedGroup(created_by=asha)
    return make.funded_bids(group, PEOPLE, amount=1200, by=asha, status="in_assessment")


def proposed(bids, officer):
    """A new decision on each bid, as before the first run."""
    Decision.objects.exclude(status="set_aside").update(status="set_aside")
    Budget.objects.update(committed=0)
    type(bids[0]).objects.update(status="in_assessment")
    new = Decision.objects.bulk_create(
        Decision(
            application=bid, case=bid.case, route="panel", outcome="fund", amount=bid.requested, status="proposed",
            proposed_by=officer, proposed_at=make.OFFERED, reasons="The panel liked it.",
        )
        for bid in bids
    )  # fmt: skip
    make.write_lines(new)
    return new


def test_fifty_confirmations_at_once_never_overspend_in_twenty_runs(bids, carol, grace):
    with crowd(PEOPLE) as together:
        for _ in range(RUNS):
            decisions = proposed(bids, carol)
            before = LedgerEntry.objects.count()
            met = together(
                *(lambda each=each: operations.ratify(each, by=grace, at=make.OFFERED) for each in decisions)
            )
            assert unexpected(met) == []
            assert (len(done(met)), len(refused(met))) == (FIT, PEOPLE - FIT)
            promised = Decision.objects.filter(status="ratified").aggregate(total=Sum("amount"))["total"]
            assert promised == Budget.objects.get().committed == 1200 * FIT
            assert LedgerEntry.objects.count() - before == FIT
