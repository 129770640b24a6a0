"""Bank details: unreadable at rest, checked by a call, changed in the open."""

import io
import logging
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from communities.core.models import Event, EventDetail, Message
from communities.core.refusals import Refused
from communities.people.models import Person
from grants.payments import operations
from grants.payments.models import PayeeAccount
from grants.payments.operations.accounts import clean_account_number, clean_sort_code
from grants.payments.queries import full_details, used_by_strangers, verified_account, waiting_account
from tests.factories import awards as make

CALL = {
    "call_number": make.PHONE,
    "spoke_to": "Ben Carter",
    "note": "Number from the parish website.",
    "at": make.AGREED,
}


def refusal(act, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return refused.value.sentence


@pytest.mark.parametrize("typed", ["20-11-22", "20 11 22", "201122", " 20–11–22 "])
def test_sort_code_forgives_spaces_and_dashes(typed):
    assert clean_sort_code(typed) == "201122"


@pytest.mark.parametrize("typed", ["20112", "2011223", "20112a", "٢٠١١٢٢", ""])
def test_sort_code_needs_six_plain_digits(typed):
    with pytest.raises(Refused):
        clean_sort_code(typed)


@pytest.mark.parametrize(
    ("typed", "kept"), [("123456", "00123456"), ("1234 5678", "12345678"), ("1234567", "01234567")]
)
def test_account_number_is_filled_up_to_eight(typed, kept):
    assert clean_account_number(typed) == kept


@pytest.mark.parametrize("typed", ["12345", "123456789", "1234567a"])
def test_account_number_of_another_length_is_refused(typed):
    with pytest.raises(Refused):
        clean_account_number(typed)


def test_treasurer_enters_details_and_everybody_who_signs_is_told(meadow, ben, asha):
    account = make.bank_details(meadow, by=ben)
    assert (account.status, account.last_four, account.case) == ("entered", "5678", meadow.case)
    told = Message.objects.filter(template="bank_details_entered").order_by("recipient")
    assert [each.recipient for each in told] == [asha.email, ben.email]
    assert "account ending 5678" in told[0].body


def test_a_member_without_a_part_in_the_money_cannot_enter_details(meadow, stranger):
    assert "do not have the right" in refusal(make.bank_details, meadow, by=stranger)
    make.join(meadow, stranger.person)
    assert "do not have the right" in refusal(make.bank_details, meadow, by=stranger)


def test_numbers_are_unreadable_in_the_database_in_logs_and_in_events(meadow, ben, fiona, asha, carol, grace, caplog):
    caplog.set_level(logging.DEBUG)
    account = make.bank_details(meadow, by=ben, number="87654321", sort_code="20-33-44", checked_by=fiona)
    award = make.agree(make.offer(meadow, officer=carol, ratifier=grace), asha, ben)
    make.sent(award, officer=carol, finance=fiona, senior=grace)
    details = full_details(account)
    assert (details.sort_code, details.account_number) == ("203344", "87654321")
    dump = io.StringIO()
    call_command("dumpdata", "communities", "grants", stdout=dump)
    everything = dump.getvalue() + "".join(caplog.messages)
    for canary in ("87654321", "203344", "20-33-44"):
        assert canary not in everything
    assert not EventDetail.objects.filter(content__contains="4321").exists()


def test_finance_checks_by_a_call_and_the_group_is_told(meadow, ben, fiona):
    account = make.bank_details(meadow, by=ben)
    checked = operations.verify_account(account, supplier_number="S123", by=fiona, **CALL)
    assert (checked.status, checked.verified_by, checked.call_spoke_to) == ("verified", fiona, "Ben Carter")
    assert checked.supplier_number == "S123"
    assert Message.objects.filter(template="bank_details_checked").count() == 2


def test_whoever_entered_cannot_check(meadow, carol):
    from communities.people.models import RoleGrant

    account = make.bank_details(meadow, by=carol)
    grant = RoleGrant.objects.get(user=carol)
    RoleGrant.objects.create(
        user=carol, role="finance", starts=grant.starts, granted_by=grant.granted_by, reason="cover"
    )
    carol.forget_roles()
    assert "You entered these bank details" in refusal(operations.verify_account, account, by=carol, **CALL)


def test_database_refuses_details_checked_by_whoever_entered(meadow, ben):
    account = make.bank_details(meadow, by=ben)
    with pytest.raises(IntegrityError), transaction.atomic():
        PayeeAccount.objects.filter(pk=account.pk).update(verified_by=ben)
    with pytest.raises(IntegrityError), transaction.atomic():
        PayeeAccount.objects.filter(pk=account.pk).update(status="verified")


def test_only_finance_checks(meadow, ben, carol, asha):
    account = make.bank_details(meadow, by=ben)
    for somebody in (carol, asha, ben):
        assert "do not have the right" in refusal(operations.verify_account, account, by=somebody, **CALL)


def test_a_number_we_do_not_hold_needs_a_note_where_it_was_found(meadow, ben, fiona):
    account = make.bank_details(meadow, by=ben)
    assert "do not hold this number" in refusal(operations.verify_account, account, by=fiona, **CALL | {"note": ""})


def test_a_number_we_held_before_needs_none(meadow, mina, ben, fiona):
    account = make.bank_details(meadow, by=ben)
    how = CALL | {"note": "", "call_number": "01268 5550199"}
    assert operations.verify_account(account, by=fiona, **how).status == "verified"


def test_a_number_changed_shortly_before_proves_nothing(meadow, ben, fiona):
    from communities.people.operations import correct_person

    correct_person(ben.person, full_name="Ben Carter", phone="07700 900999", by=ben, at=make.AGREED - timedelta(days=2))
    account = make.bank_details(meadow, by=ben)
    how = CALL | {"call_number": "07700 900999"}
    assert "proves nothing" in refusal(operations.verify_account, account, by=fiona, **how)


def test_a_change_leaves_the_old_account_in_use_until_the_call(meadow, ben, asha, fiona):
    old = make.bank_details(meadow, by=ben, checked_by=fiona)
    new = make.bank_details(meadow, by=asha, number="99999999")
    old.refresh_from_db()
    assert (old.status, verified_account(meadow), waiting_account(meadow)) == ("verified", old, new)
    operations.verify_account(new, by=fiona, **CALL)
    old.refresh_from_db()
    assert (old.status, verified_account(meadow).last_four, waiting_account(meadow)) == ("replaced", "9999", None)


def test_whoever_gave_the_old_details_is_warned_even_after_leaving(meadow, ben, asha, fiona):
    make.bank_details(meadow, by=ben, checked_by=fiona)
    meadow.memberships.filter(person=ben.person).update(ends_on=datetime(2027, 1, 1, tzinfo=UTC).date())
    Message.objects.all().delete()
    make.bank_details(meadow, by=asha, number="99999999")
    told = Message.objects.filter(template="bank_details_entered").order_by("recipient")
    assert [each.recipient for each in told] == [asha.email, ben.email]


def test_newer_details_take_the_place_of_those_that_wait(meadow, ben):
    first = make.bank_details(meadow, by=ben)
    second = make.bank_details(meadow, by=ben, number="11112222")
    first.refresh_from_db()
    assert (first.status, second.status) == ("replaced", "entered")


def test_details_that_cannot_be_used_are_sent_back_with_a_reason(meadow, ben, fiona):
    account = make.bank_details(meadow, by=ben)
    assert "Say why" in refusal(operations.reject_account, account, reason=" ", by=fiona, at=make.AGREED)
    operations.reject_account(account, reason="The name is another group’s.", by=fiona, at=make.AGREED)
    assert "The name is another group’s." in Message.objects.filter(template="bank_details_rejected").first().body


def test_full_details_are_for_finance_and_each_look_is_kept(meadow, ben, fiona, carol):
    account = make.bank_details(meadow, by=ben)
    assert "do not have the right" in refusal(operations.reveal, account, reason="x", by=carol, at=make.AGREED)
    shown = operations.reveal(account, reason="To compare with the statement.", by=fiona, at=make.AGREED)
    assert shown.account_number == "12345678"
    event = Event.objects.get(verb="payeeaccount.reveal")
    assert (event.actor, event.reason) == (fiona, "To compare with the statement.")


def test_an_unrelated_group_on_the_same_account_is_flagged_and_needs_a_reason(meadow, ben, asha, fiona):
    other = make.FundedGroup(created_by=asha)
    make.join(other, asha.person, "lead")
    make.bank_details(other, by=asha)
    account = make.bank_details(meadow, by=ben)
    assert used_by_strangers(account) == [other]
    make.join(meadow, make.somebody("Pat Reeve", phone="01255 555 0177"))
    how = CALL | {"note": "", "call_number": "01255 555 0177"}
    assert "has nothing to do with this one" in refusal(operations.verify_account, account, by=fiona, **how)


def test_groups_of_one_accountable_body_may_share_its_account(meadow, ben, asha):
    groups = [meadow, make.FundedGroup(created_by=asha), make.FundedGroup(created_by=asha)]
    for group in groups:
        group.accountable_bodies.create(
            name="Clacton Volunteer Centre", charity_number="1234567", contact_name="Jo", starts_on=make.AGREED.date()
        )
    for group in groups[1:]:
        make.join(group, asha.person, "lead")
        make.bank_details(group, by=asha)
    fourth = make.FundedGroup(created_by=asha)
    make.join(fourth, asha.person, "lead")
    account = make.bank_details(meadow, by=ben)
    assert used_by_strangers(account) == []
    assert set(used_by_strangers(make.bank_details(fourth, by=asha))) == set(groups)


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the file of the database is read")
@pytest.mark.django_db(transaction=True)
def test_no_byte_of_the_database_file_holds_the_number(meadow, ben):
    make.bank_details(meadow, by=ben, number="87654321")
    with sqlite3.connect(connection.settings_dict["NAME"]) as file:
        file.execute("PRAGMA wal_checkpoint")
    stored = b"".join(
        path.read_bytes() for path in Path(connection.settings_dict["NAME"]).parent.glob("test*.sqlite3*")
    )
    assert b"87654321" not in stored
    assert Person.objects.exists()
