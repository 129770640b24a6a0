"""Many hands at the same moment: one agreement, one payment."""

from datetime import timedelta

import pytest

from grants.awards import operations as awards
from grants.awards.models import Acceptance, Award
from grants.funds.models import LedgerEntry
from grants.payments import operations
from grants.payments.models import Payment, PaymentBatch
from tests.at_once import at_once, done, refused, unexpected
from tests.factories import awards as make

pytestmark = pytest.mark.django_db(transaction=True)


def eight(act):
    """Eight people do the same; how many of them did it, and how many were refused."""
    met = at_once(*[act] * 8)
    assert unexpected(met) == []
    return len(done(met)), len(refused(met))


@pytest.fixture
def in_transit(offered, meadow, asha, ben, carol, fiona, grace):
    make.bank_details(meadow, by=ben, checked_by=fiona)
    return make.sent(make.agree(offered, asha, ben), officer=carol, finance=fiona, senior=grace)


def test_eight_clicks_on_paid_pay_once(in_transit, fiona):
    day = make.AGREED + timedelta(days=1)
    assert eight(lambda: operations.mark_paid(in_transit, paid_on=day.date(), by=fiona, at=day)) == (1, 7)
    assert LedgerEntry.objects.filter(kind="pay").count() == 1
    assert Award.objects.get().paid == in_transit.amount


def test_eight_batches_of_the_same_payment_become_one(offered, meadow, asha, ben, carol, fiona):
    make.bank_details(meadow, by=ben, checked_by=fiona)
    payment = operations.approve(make.agree(offered, asha, ben).payments.get(), by=carol, at=make.AGREED)
    assert eight(lambda: operations.prepare_batch(payments=[payment], by=fiona, at=make.AGREED)) == (1, 7)
    assert (PaymentBatch.objects.count(), Payment.objects.get().lines.count()) == (1, 1)


def test_two_people_at_the_same_moment_make_one_agreement(offered, asha, ben):
    met = at_once(
        *(lambda who=who: awards.accept(offered, person=who.person, by=who, at=make.AGREED) for who in (asha, ben))
    )
    assert len(done(met)) == 2
    assert (Acceptance.objects.count(), Award.objects.get().status, Payment.objects.count()) == (2, "accepted", 1)


def test_eight_exports_make_one_file(offered, meadow, asha, ben, carol, fiona, grace):
    make.bank_details(meadow, by=ben, checked_by=fiona)
    payment = operations.approve(make.agree(offered, asha, ben).payments.get(), by=carol, at=make.AGREED)
    batch = operations.prepare_batch(payments=[payment], by=fiona, at=make.AGREED)
    operations.approve_batch(batch, by=grace, at=make.AGREED)
    assert eight(lambda: operations.export_batch(batch, by=fiona, at=make.AGREED)) == (1, 7)
    payment.refresh_from_db()
    assert payment.attempts == 1
