"""Many hands at the same moment: one agreement, one payment."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from communities.core.refusals import Refused
from grants.awards import operations as awards
from grants.awards.models import Acceptance, Award
from grants.funds.models import LedgerEntry
from grants.payments import operations
from grants.payments.models import Payment, PaymentBatch
from tests.factories import awards as make

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(act, count=8):
    """Let many threads act together; answers and refusals are counted."""
    gate, answers, refused, broken = threading.Barrier(count), [], [], []

    def run(number):
        try:
            gate.wait()
            answers.append(act(number))
        except Refused as refusal:
            refused.append(refusal.sentence)
        except Exception as error:  # noqa: BLE001
            broken.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    return len(answers), len(refused)


@pytest.fixture
def in_transit(offered, meadow, asha, ben, carol, fiona, grace):
    make.bank_details(meadow, by=ben, checked_by=fiona)
    return make.sent(make.agree(offered, asha, ben), officer=carol, finance=fiona, senior=grace)


def test_eight_clicks_on_paid_pay_once(in_transit, fiona):
    day = make.AGREED + timedelta(days=1)
    done = at_once(lambda n: operations.mark_paid(in_transit, paid_on=day.date(), by=fiona, at=day))
    assert done == (1, 7)
    assert LedgerEntry.objects.filter(kind="pay").count() == 1
    assert Award.objects.get().paid == in_transit.amount


def test_eight_batches_of_the_same_payment_become_one(offered, meadow, asha, ben, carol, fiona):
    make.bank_details(meadow, by=ben, checked_by=fiona)
    payment = operations.approve(make.agree(offered, asha, ben).payments.get(), by=carol, at=make.AGREED)
    done = at_once(lambda n: operations.prepare_batch(payments=[payment], by=fiona, at=make.AGREED))
    assert done == (1, 7)
    assert (PaymentBatch.objects.count(), Payment.objects.get().lines.count()) == (1, 1)


def test_two_people_at_the_same_moment_make_one_agreement(offered, asha, ben):
    users = [asha, ben]
    done = at_once(lambda n: awards.accept(offered, person=users[n].person, by=users[n], at=make.AGREED), count=2)
    assert done == (2, 0)
    assert (Acceptance.objects.count(), Award.objects.get().status, Payment.objects.count()) == (2, "accepted", 1)


def test_eight_exports_make_one_file(offered, meadow, asha, ben, carol, fiona, grace):
    make.bank_details(meadow, by=ben, checked_by=fiona)
    payment = operations.approve(make.agree(offered, asha, ben).payments.get(), by=carol, at=make.AGREED)
    batch = operations.prepare_batch(payments=[payment], by=fiona, at=make.AGREED)
    operations.approve_batch(batch, by=grace, at=make.AGREED)
    assert at_once(lambda n: operations.export_batch(batch, by=fiona, at=make.AGREED)) == (1, 7)
    payment.refresh_from_db()
    assert payment.attempts == 1
