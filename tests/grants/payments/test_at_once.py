"""Many hands at the same moment: one agreement, one payment."""

import threading
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from communities.core.clock import moved
from grants.awards import operations as awards
from grants.awards.models import Acceptance, Award
from grants.funds.models import Budget, LedgerEntry
from grants.payments import operations
from grants.payments.models import PayeeAccount, Payment, PaymentBatch
from grants.payments.queries import control_total
from tests.at_once import at_once, crowd, done, refused, unexpected
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


def test_of_bank_details_entered_by_eight_at_once_one_set_waits(meadow, ben):
    met = at_once(
        *(lambda n=n: make.bank_details(meadow, by=ben, number=f"1234567{n}") for n in range(8)),
    )
    assert unexpected(met) == []
    states = Counter(PayeeAccount.objects.values_list("status", flat=True))
    assert states == {"entered": 1, "replaced": 7}


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


FIFTY = 50


@pytest.fixture
def run(meadow, asha, ben, carol, fiona, grace):
    """A payment run of three payments, each approved by an officer."""
    make.bank_details(meadow, by=ben, checked_by=fiona)
    agreed = [
        make.agree(make.offer(meadow, amount=amount, officer=carol, ratifier=grace), asha, ben)
        for amount in (1180, Decimal("1333.33"), 2000)
    ]
    return [operations.approve(award.payments.get(), by=carol, at=make.AGREED) for award in agreed]


def test_a_payment_run_replayed_fifty_times_at_each_of_its_steps_pays_once(run, fiona, grace):
    day = make.AGREED + timedelta(days=1)
    total = sum(payment.amount for payment in run)
    with crowd(FIFTY) as together:

        def once(act):
            met = together(*[act] * FIFTY)
            assert unexpected(met) == []
            assert len(refused(met)) == FIFTY - 1
            return done(met)[0]

        batch = once(lambda: operations.prepare_batch(payments=run, by=fiona, at=make.AGREED))
        once(lambda: operations.approve_batch(batch, by=grace, at=make.AGREED))
        content = once(lambda: operations.export_batch(batch, by=fiona, at=make.AGREED)).decode()
        once(lambda: operations.mark_batch_paid(batch, paid_on=day.date(), bank_reference="B1", by=fiona, at=day))
    assert control_total(content) == batch.total == total
    booked = LedgerEntry.objects.filter(kind="pay")
    assert sorted(each.amount for each in booked) == sorted(payment.amount for payment in run)
    assert [Award.objects.get(pk=payment.award_id).paid for payment in run] == [payment.amount for payment in run]
    assert Budget.objects.get().paid == total
    assert PaymentBatch.objects.count() == 1


def test_the_banks_result_posted_fifty_times_at_once_is_booked_once(run, fiona, grace, settings):
    settings.STAFF_SECOND_FACTOR = False
    batch = operations.prepare_batch(payments=run, by=fiona, at=make.AGREED)
    operations.approve_batch(batch, by=grace, at=make.AGREED)
    operations.export_batch(batch, by=fiona, at=make.AGREED)
    day = make.AGREED + timedelta(days=1)
    typed = {"paid_on_day": day.day, "paid_on_month": day.month, "paid_on_year": day.year, "bank_reference": "B1"}
    signed_in = Client()
    signed_in.force_login(fiona)
    page = reverse("admin:grants_paymentbatch_step", args=[batch.pk, "paid"])

    def post():
        click = Client()
        click.cookies = signed_in.cookies
        return click.post(page, typed).status_code

    with moved(day), crowd(10) as together:
        answers = [answer for _ in range(FIFTY // 10) for answer in together(*[post] * 10)]
        before = LedgerEntry.objects.count(), list(Payment.objects.order_by("pk").values())
        assert post() == 409  # the same result once more, on another day
    assert (answers.count(302), answers.count(409)) == (1, FIFTY - 1)
    assert (LedgerEntry.objects.count(), list(Payment.objects.order_by("pk").values())) == before
    assert Budget.objects.get().paid == sum(payment.amount for payment in run)


@pytest.mark.postgresql
def test_without_the_lock_only_the_key_of_the_booking_stops_the_second(in_transit, fiona, monkeypatch):
    """The control: two both find the payment on its way. (SQLite lets one writer in at a time, lock or not.)"""
    monkeypatch.setattr("communities.core.locking.lock", lambda rows: list(rows.order_by("pk")))
    monkeypatch.setattr("grants.funds.operations.lock", lambda rows: list(rows.order_by("pk")))
    day = make.AGREED + timedelta(days=1)
    found, book = threading.Barrier(2), operations.payments._book

    def meet(*args):
        found.wait(20)
        return book(*args)

    monkeypatch.setattr(operations.payments, "_book", meet)
    met = at_once(*[lambda: operations.mark_paid(in_transit, paid_on=day.date(), by=fiona, at=day)] * 2)
    assert [type(each) for each in unexpected(met)] == [IntegrityError]
    assert LedgerEntry.objects.filter(kind="pay").count() == 1
