"""Payments: planned to the penny, through four different hands, paid once, never above the award."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from communities.core.models import Event, Message
from communities.core.money import split
from communities.core.refusals import Refused
from communities.diligence.models import Hold
from communities.people.models import RoleGrant
from grants.awards import operations as awards
from grants.awards.models import Award
from grants.funds.models import Budget, LedgerEntry
from grants.payments import operations
from grants.payments.models import PayeeAccount, Payment, PaymentBatch
from grants.payments.queries import control_total, in_transit_at, year_end
from tests.factories import awards as make

AT = make.AGREED


def refusal(act, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return refused.value.sentence


def also(user, role):
    """Give somebody a second role, as when colleagues are on leave."""
    grant = RoleGrant.objects.filter(user=user).first()
    RoleGrant.objects.create(user=user, role=role, starts=grant.starts, granted_by=grant.granted_by, reason="cover")
    user.forget_roles()
    return user


@pytest.fixture
def award(offered, meadow, asha, ben, fiona):
    """£1,180 agreed, with bank details that were checked."""
    make.bank_details(meadow, by=ben, checked_by=fiona)
    return make.agree(offered, asha, ben)


@pytest.fixture
def payment(award):
    return award.payments.get()


@pytest.fixture
def in_transit(award, carol, fiona, grace):
    return make.sent(award, officer=carol, finance=fiona, senior=grace)


# -- the plan -----------------------------------------------------------------------------------------------------


def test_agreement_plans_one_payment_within_ten_working_days(payment):
    assert (payment.amount, payment.status, payment.due_on) == (Decimal("1180.00"), "scheduled", date(2026, 12, 30))


def test_easter_counts_as_it_should(meadow, carol, grace, asha, ben):
    at = datetime(2027, 3, 19, 10, 0, tzinfo=UTC)
    award = make.agree(
        make.offer(meadow, amount=900, tier="micro", officer=carol, ratifier=grace, at=at), asha, ben, at=at
    )
    assert award.payments.get().due_on == date(2027, 4, 6)


def test_standard_is_paid_in_two_parts_the_last_after_the_report(meadow, carol, grace, asha, ben):
    award = make.agree(make.offer(meadow, amount=7777, tier="standard", officer=carol, ratifier=grace), asha, ben)
    assert [(each.amount, each.trigger) for each in award.payments.order_by("number")] == [
        (Decimal("6221.60"), "acceptance"), (Decimal("1555.40"), "report"),
    ]  # fmt: skip


def test_the_last_part_waits_for_the_end_of_the_project(meadow, carol, grace, asha, ben, fiona):
    award = make.agree(make.offer(meadow, amount=7777, tier="standard", officer=carol, ratifier=grace), asha, ben)
    make.bank_details(meadow, by=ben, checked_by=fiona)
    last = award.payments.get(number=2)
    assert "when the project has ended" in refusal(operations.approve, last, by=carol, at=AT)
    assert operations.approve(last, by=carol, at=datetime(2027, 7, 1, 9, tzinfo=UTC)).status == "approved"


@given(st.integers(1, 10**7), st.lists(st.integers(1, 100), min_size=1, max_size=6))
def test_instalments_are_the_award_to_the_penny(pence, shares):
    parts = split(Decimal(pence) / 100, shares)
    assert sum(parts) == Decimal(pence) / 100
    assert all(part >= 0 and part == part.quantize(Decimal("0.01")) for part in parts)


# -- what stands in the way ---------------------------------------------------------------------------------------


def test_nothing_is_approved_without_details_that_were_checked(offered, meadow, asha, ben, carol):
    payment = make.agree(offered, asha, ben).payments.get()
    assert refusal(operations.approve, payment, by=carol, at=AT) == "The group has no bank details that were checked."
    make.bank_details(meadow, by=ben)
    assert "waiting to be checked" in refusal(operations.approve, payment, by=carol, at=AT)


def test_nothing_is_approved_under_a_hold(payment, meadow, carol):
    Hold.objects.create(group=meadow, kind="debt", reason="-", set_at=AT)
    assert "hold on the group" in refusal(operations.approve, payment, by=carol, at=AT)


def test_nothing_is_approved_while_a_condition_is_open(meadow, carol, grace, asha, ben, fiona):
    offer = make.offer(meadow, officer=carol, ratifier=grace, conditions=["Send the lease."])
    make.bank_details(meadow, by=ben, checked_by=fiona)
    payment = make.agree(offer, asha, ben).payments.get()
    assert "Send the lease." in refusal(operations.approve, payment, by=carol, at=AT)
    make.meet_all(offer, by=carol)
    assert operations.approve(payment, by=carol, at=AT).status == "approved"


def test_a_change_of_details_stops_what_was_approved(payment, meadow, carol, asha, fiona, grace):
    operations.approve(payment, by=carol, at=AT)
    make.bank_details(meadow, by=asha, number="99999999")
    stopped = refusal(operations.prepare_batch, payments=[payment], by=fiona, at=AT)
    assert "waiting to be checked" in stopped
    make.bank_details(meadow, by=asha, number="99999999", checked_by=fiona)
    payment.refresh_from_db()
    assert (payment.status, payment.account) == ("scheduled", None)


def test_a_change_of_details_stops_an_approved_batch(payment, meadow, carol, asha, fiona, grace):
    payment = operations.approve(payment, by=carol, at=AT)
    batch = operations.prepare_batch(payments=[payment], by=fiona, at=AT)
    operations.approve_batch(batch, by=grace, at=AT)
    make.bank_details(meadow, by=asha, number="99999999", checked_by=fiona)
    assert "have changed since" in refusal(operations.export_batch, batch, by=fiona, at=AT)
    operations.cancel_batch(batch, reason="New bank details", by=fiona, at=AT)
    payment.refresh_from_db()
    assert (payment.status, payment.batch, payment.approved_by) == ("scheduled", None, None)


# -- different hands ----------------------------------------------------------------------------------------------


def test_whoever_entered_the_details_cannot_approve(offered, meadow, asha, ben, carol, owen, fiona):
    make.bank_details(meadow, by=carol, checked_by=fiona)
    payment = make.agree(offered, asha, ben).payments.get()
    assert "had a hand in the bank details" in refusal(operations.approve, payment, by=carol, at=AT)
    assert operations.approve(payment, by=owen, at=AT).approved_by == owen


def test_whoever_checked_the_details_cannot_approve(payment, fiona):
    assert "had a hand in the bank details" in refusal(operations.approve, payment, by=also(fiona, "officer"), at=AT)


def test_whoever_prepared_cannot_approve_the_batch(payment, carol, fiona, grace):
    operations.approve(payment, by=carol, at=AT)
    batch = operations.prepare_batch(payments=[payment], by=also(grace, "finance"), at=AT)
    assert "You prepared this batch" in refusal(operations.approve_batch, batch, by=grace, at=AT)


def test_whoever_approved_a_payment_cannot_approve_its_batch(payment, carol, fiona):
    operations.approve(payment, by=carol, at=AT)
    batch = operations.prepare_batch(payments=[payment], by=fiona, at=AT)
    assert "You approved one of these payments" in refusal(
        operations.approve_batch, batch, by=also(carol, "senior_officer"), at=AT
    )


def test_whoever_approved_the_batch_cannot_send_it(payment, carol, fiona, grace):
    operations.approve(payment, by=carol, at=AT)
    batch = operations.prepare_batch(payments=[payment], by=fiona, at=AT)
    operations.approve_batch(batch, by=grace, at=AT)
    assert "You approved this batch" in refusal(operations.export_batch, batch, by=also(grace, "finance"), at=AT)


@pytest.mark.parametrize(
    "columns", [("approved_by", "details_by"), ("released_by", "details_by"), ("released_by", "approved_by")]
)
def test_the_database_keeps_the_hands_apart(in_transit, columns, carol):
    first, second = columns
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(pk=in_transit.pk).update(**{first: carol, second: carol})


def test_the_database_refuses_a_batch_approved_by_its_preparer(payment, carol, fiona):
    operations.approve(payment, by=carol, at=AT)
    batch = operations.prepare_batch(payments=[payment], by=fiona, at=AT)
    for change in ({"approved_by": fiona}, {"status": "approved"}, {"status": "exported"}, {"total": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PaymentBatch.objects.filter(pk=batch.pk).update(**change)


def test_micro_goes_without_the_officers_approval(micro_offer, meadow, asha, ben, carol, fiona, grace):
    make.bank_details(meadow, by=ben, checked_by=fiona)
    award = make.agree(micro_offer, asha, ben)
    assert "approved with its batch" in refusal(operations.approve, award.payments.get(), by=carol, at=AT)
    assert make.sent(award, officer=carol, finance=fiona, senior=grace).status == "in_transit"


def test_small_needs_the_officers_approval(payment, fiona):
    assert "has not approved" in refusal(operations.prepare_batch, payments=[payment], by=fiona, at=AT)


def test_an_empty_batch_is_refused(fiona):
    assert refusal(operations.prepare_batch, payments=[], by=fiona, at=AT) == "No payment was chosen."


# -- the file -----------------------------------------------------------------------------------------------------


def test_the_file_has_the_columns_of_the_setting_and_adds_up(in_transit, fiona):
    content = operations.batch_file(in_transit.batch, by=fiona, at=AT)
    lines = content.decode().splitlines()
    assert lines == [
        "Supplier number,Payee,Sort code,Account number,Amount,Reference,Cost code,Ledger code",
        ",Friends of Swan Meadow,20-11-22,12345678,1180.00,CCF-2026-0001/1,CCF01,4300",
    ]
    assert control_total(content.decode()) == in_transit.batch.total == Decimal("1180.00")


def test_the_same_bytes_on_every_download_each_kept_as_an_event(in_transit, fiona, settings):
    batch = in_transit.batch
    first = operations.batch_file(batch, by=fiona, at=AT)
    settings.PAYMENT_EXPORT_COLUMNS = [["Amount", "amount"]]
    assert {operations.batch_file(batch, by=fiona, at=AT) for _ in range(20)} == {first}
    assert hashlib.sha256(first).hexdigest() == batch.digest
    assert Event.objects.filter(verb="paymentbatch.download").count() == 21


def test_a_payee_that_looks_like_a_formula_is_harmless(offered, meadow, asha, ben, carol, fiona, grace):
    operations.enter_account(
        meadow, name_on_account="=cmd|' /C calc'!A0", sort_code="201122", account_number="00123456", by=ben, at=AT
    )
    operations.verify_account(
        PayeeAccount.objects.get(), call_number=make.PHONE, spoke_to="Ben", note="Register", by=fiona, at=AT
    )
    payment = make.sent(make.agree(offered, asha, ben), officer=carol, finance=fiona, senior=grace)
    row = operations.batch_file(payment.batch, by=fiona, at=AT).decode().splitlines()[1]
    assert row.split(",")[1].startswith("'=cmd")
    assert "00123456" in row


def test_a_second_export_is_refused(in_transit, fiona):
    assert "already “Sent to finance”" in refusal(operations.export_batch, in_transit.batch, by=fiona, at=AT)
    assert in_transit.attempts == 1


def test_only_finance_downloads(in_transit, carol, grace):
    for somebody in (carol, grace):
        assert "do not have the right" in refusal(operations.batch_file, in_transit.batch, by=somebody, at=AT)


def test_a_file_that_was_made_cannot_be_changed_or_taken_apart(in_transit, fiona):
    assert "already" in refusal(operations.cancel_batch, in_transit.batch, reason="Mistake", by=fiona, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentBatch.objects.filter(pk=in_transit.batch_id).update(content="other")


def test_treasurer_and_lead_are_told_when_money_is_on_its_way(in_transit, asha, ben):
    told = Message.objects.filter(template="remittance").order_by("recipient")
    assert [each.recipient for each in told] == [asha.email, ben.email]
    assert "£1,180.00" in told[0].body
    assert "CCF-2026-0001/1" in told[0].body


# -- what the bank did --------------------------------------------------------------------------------------------


def test_the_first_payment_starts_the_award_and_is_booked(in_transit, fiona):
    later = AT + timedelta(days=2)
    paid = operations.mark_paid(in_transit, paid_on=later.date(), bank_reference="B77", by=fiona, at=later)
    award = Award.objects.get()
    assert (paid.status, award.status, award.paid) == ("paid", "active", Decimal("1180.00"))
    entry = LedgerEntry.objects.get(kind="pay")
    assert (entry.amount, entry.financial_year, paid.ledger_entry) == (Decimal("1180.00"), 2026, entry)
    assert Budget.objects.get().paid == Decimal("1180.00")


def test_marking_paid_twenty_times_pays_once(in_transit, fiona):
    operations.mark_paid(in_transit, paid_on=AT.date(), by=fiona, at=AT)
    for _ in range(19):
        assert "already “Paid”" in refusal(operations.mark_paid, in_transit, paid_on=AT.date(), by=fiona, at=AT)
    assert LedgerEntry.objects.filter(kind="pay").count() == 1
    assert Award.objects.get().paid == Decimal("1180.00")


def test_a_paid_payment_can_never_change(in_transit, fiona):
    operations.mark_paid(in_transit, paid_on=AT.date(), by=fiona, at=AT)
    for change in ({"amount": 1}, {"status": "failed"}, {"paid_on": date(2020, 1, 1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Payment.objects.filter(pk=in_transit.pk).update(**change)


@pytest.mark.parametrize(("days", "words"), [(1, "cannot be in the future"), (-1, "before it was sent")])
def test_the_day_must_make_sense(in_transit, fiona, days, words):
    assert words in refusal(operations.mark_paid, in_transit, paid_on=AT.date() + timedelta(days=days), by=fiona, at=AT)


def test_never_more_than_was_awarded(award, in_transit, carol, fiona, grace):
    operations.mark_paid(in_transit, paid_on=AT.date(), by=fiona, at=AT)
    extra = Payment.objects.create(award=award, case=award.case, number=2, amount=1, due_on=AT.date())
    Budget.objects.update(committed=5000)
    extra = operations.approve(extra, by=carol, at=AT)
    batch = operations.approve_batch(operations.prepare_batch(payments=[extra], by=fiona, at=AT), by=grace, at=AT)
    operations.export_batch(batch, by=fiona, at=AT)
    assert "more than was awarded" in refusal(operations.mark_paid, extra, paid_on=AT.date(), by=fiona, at=AT)
    assert LedgerEntry.objects.filter(kind="pay").count() == 1


def test_a_payment_that_the_bank_sent_back_is_looked_at_and_paid_again(
    award, in_transit, meadow, carol, owen, fiona, grace
):
    failed = operations.mark_failed(in_transit, reason="Account closed", by=fiona, at=AT)
    account = PayeeAccount.objects.get()
    assert (failed.status, account.status, account.verified_by) == ("failed", "entered", None)
    assert "Account closed" in account.trouble
    assert "Account closed" in Message.objects.filter(template="payment_failed").first().body
    assert "waiting to be checked" in refusal(operations.approve, failed, by=carol, at=AT)
    how = {"call_number": make.PHONE, "spoke_to": "Ben", "note": "Register", "by": fiona, "at": AT}
    operations.verify_account(account, **how)
    paid = make.paid(award, officer=owen, finance=fiona, senior=grace)
    assert (paid.status, paid.attempts, paid.lines.count()) == ("paid", 2, 2)
    assert LedgerEntry.objects.filter(kind="pay").count() == 1


def test_sent_in_march_sent_back_in_april_reads_in_transit_at_year_end(meadow, carol, owen, asha, ben, fiona, grace):
    def on(month, day, hour=10):
        return datetime(2027, month, day, hour, tzinfo=UTC)

    offer = make.offer(meadow, amount=900, tier="micro", officer=carol, ratifier=owen, at=on(3, 12))
    make.bank_details(meadow, by=ben, checked_by=fiona, at=on(3, 18))
    award = make.agree(offer, asha, ben, at=on(3, 19))
    payment = make.sent(award, officer=carol, finance=fiona, senior=grace, at=on(3, 25))
    operations.mark_failed(payment, reason="Wrong number", by=fiona, at=on(4, 1))
    assert in_transit_at(year_end(2026)) == [payment]
    new = make.bank_details(meadow, by=ben, number="12344321", checked_by=fiona, at=on(4, 2))
    paid = make.paid(award, officer=carol, finance=fiona, senior=grace, at=on(4, 5))
    assert (paid.account, LedgerEntry.objects.get(kind="pay").financial_year) == (new, 2027)
    assert in_transit_at(year_end(2026)) == [payment]
    assert in_transit_at(on(5, 1)) == []


def test_a_senior_officer_can_say_that_a_payment_will_never_be_made(payment, grace, carol):
    assert "do not have the right" in refusal(operations.cancel, payment, reason="x", by=carol, at=AT)
    operations.cancel(payment, reason="The group has closed.", by=grace, at=AT)
    assert Budget.objects.get().committed == Decimal("0.00")
    assert "The group has closed." in Message.objects.filter(template="payment_cancelled").first().body


def test_a_whole_batch_is_marked_paid_at_once(in_transit, fiona):
    assert len(operations.mark_batch_paid(in_transit.batch, paid_on=AT.date(), by=fiona, at=AT)) == 1
    again = refusal(operations.mark_batch_paid, in_transit.batch, paid_on=AT.date(), by=fiona, at=AT)
    assert again == "No payment of this batch is on its way."


def test_an_award_is_not_complete_before_its_payments_are_settled(in_transit, carol):
    assert "already" in refusal(awards.complete, in_transit.award, by=carol, at=AT)
