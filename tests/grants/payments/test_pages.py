"""Bank details on the page, and the desks of finance and of those who approve."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communities.core.clock import moved
from communities.core.models import Event
from grants.payments import operations
from grants.payments.models import PayeeAccount, Payment, PaymentBatch
from tests.factories import awards as make
from tests.statements import asked_once

TYPED = {"name_on_account": "Friends of Swan Meadow", "sort_code": "20 11 22", "account_number": "1234567"}


@pytest.fixture(autouse=True)
def _december(settings):
    settings.STAFF_SECOND_FACTOR = False
    with moved(make.AGREED + timedelta(days=1)):
        yield


@pytest.fixture
def award(offered, meadow, asha, ben, fiona):
    make.bank_details(meadow, by=ben, checked_by=fiona)
    return make.agree(offered, asha, ben)


@pytest.fixture
def details(meadow):
    return reverse("payments:account", args=[meadow.public_id])


def office(name, *args):
    return reverse(f"admin:grants_{name}", args=args)


# -- the treasurer ------------------------------------------------------------------------------------------------


def test_the_treasurer_gives_bank_details(client, details, ben):
    client.force_login(ben)
    asked = client.get(details)
    assert "Sort code" in asked.content.decode()
    assert "no-store" in asked["Cache-Control"]
    looked = client.post(details, TYPED)
    assert "Check the bank details" in looked.content.decode()
    assert "no-store" in looked["Cache-Control"]
    assert not PayeeAccount.objects.exists()
    assert client.post(details, TYPED | {"save": "yes"}).status_code == 302
    shown = client.get(details).content.decode()
    assert "account ending 4567" in shown
    assert "1234567" not in shown


def test_what_was_looked_at_can_be_changed(client, details, ben):
    client.force_login(ben)
    again = client.post(details, TYPED | {"change": "yes"}).content.decode()
    assert 'value="20 11 22"' in again
    assert "There is a problem" not in again


def test_a_wrong_file_is_refused_and_the_details_kept(client, details, ben):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.force_login(ben)
    file = SimpleUploadedFile("statement.pdf", b"<html>no</html>", content_type="application/pdf")
    answer = client.post(details, TYPED | {"save": "yes", "statement": file})
    assert answer.status_code == 400
    assert "is not a PDF file" in answer.content.decode()
    assert 'value="1234567"' in answer.content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"sort_code": "20-11"}, "Enter a valid sort code like 309430"),
        ({"account_number": "12345"}, "Account number must be between 6 and 8 digits"),
        ({"account_number": "12E45678"}, "Enter a valid account number like 00733445"),
        ({"account_roll_number": "?" * 10}, "Roll number must be between 1 and 18 letters and numbers"),
        ({"name_on_account": ""}, "Enter the name on the account"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, details, ben, wrong, sentence):
    client.force_login(ben)
    answer = client.post(details, TYPED | wrong | {"save": "yes"})
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert sentence in shown
    for value in (TYPED | wrong).values():
        assert f'value="{value}"' in shown or value == ""
    assert not PayeeAccount.objects.exists()


def test_others_find_no_page_for_bank_details(client, details, meadow, stranger, fiona):
    make.join(meadow, stranger.person)
    for user in (stranger, fiona):
        client.force_login(user)
        assert client.get(details).status_code == 404
        assert client.post(details, TYPED).status_code == 404


def test_a_change_is_asked_for_on_purpose(client, details, award, ben):
    client.force_login(ben)
    assert "Account number" not in client.get(details).content.decode()
    assert "Until the new details are checked" in client.get(f"{details}?change=yes").content.decode()


# -- finance checks -----------------------------------------------------------------------------------------------


def test_finance_checks_on_the_page(client, meadow, mina, ben, fiona):
    account = make.bank_details(meadow, by=ben)
    client.force_login(fiona)
    assert "Check bank details" in client.get(reverse("admin:index")).content.decode()
    shown = client.get(office("payeeaccount_change", account.pk)).content.decode()
    assert "01268 555 0199" in shown
    assert "12345678" not in shown
    step = office("payeeaccount_step", account.pk, "verify")
    answer = client.post(step, {"call_number": "01999 999999", "spoke_to": "Ben"})
    assert answer.status_code == 409
    assert "We do not hold this number" in answer.content.decode()
    assert 'value="01999 999999"' in answer.content.decode()
    assert client.post(step, {"call_number": "01268 555 0199", "spoke_to": "Mina Shah"}).status_code == 302
    account.refresh_from_db()
    assert account.status == "verified"


def test_the_full_numbers_are_shown_once_for_a_reason(client, meadow, ben, fiona, carol):
    account = make.bank_details(meadow, by=ben)
    page = office("payeeaccount_full", account.pk)
    client.force_login(carol)
    assert client.get(page).status_code == 404
    client.force_login(fiona)
    assert "12345678" not in client.get(page).content.decode()
    assert client.post(page, {"reason": ""}).status_code == 400
    shown = client.post(page, {"reason": "To compare with the statement"})
    assert "12345678" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert Event.objects.filter(verb="payeeaccount.reveal", actor=fiona).count() == 1


def test_a_shared_account_is_flagged(client, meadow, ben, asha, fiona):
    other = make.FundedGroup(created_by=asha, name="Another club")
    make.join(other, asha.person, "lead")
    make.bank_details(other, by=asha)
    account = make.bank_details(meadow, by=ben)
    client.force_login(fiona)
    assert (
        "The same account is used by Another club"
        in client.get(office("payeeaccount_change", account.pk)).content.decode()
    )


# -- a payment's way through the office -----------------------------------------------------------------------------


def test_from_approval_to_paid_on_the_pages(client, award, carol, fiona, grace):
    payment = award.payments.get()
    client.force_login(carol)
    assert "Approve payments" in client.get(reverse("admin:index")).content.decode()
    assert client.post(office("payment_step", payment.pk, "approve")).status_code == 302
    client.force_login(fiona)
    prepare = office("paymentbatch_prepare")
    assert "1 payment of £1,180.00 in all is ready" in client.get(prepare).content.decode()
    assert client.post(prepare, {}).status_code == 400
    assert client.post(prepare, {"payments": [payment.pk]}).status_code == 302
    batch = PaymentBatch.objects.get()
    client.force_login(grace)
    assert "Approve batches" in client.get(reverse("admin:index")).content.decode()
    assert client.post(office("paymentbatch_step", batch.pk, "approve")).status_code == 302
    client.force_login(fiona)
    assert "The file is made once" in client.get(office("paymentbatch_step", batch.pk, "export")).content.decode()
    assert client.post(office("paymentbatch_step", batch.pk, "export")).status_code == 302
    shown = client.get(office("paymentbatch_change", batch.pk)).content.decode()
    batch.refresh_from_db()
    assert "£1,180.00" in shown
    assert batch.digest[:8] in shown
    file = client.get(office("paymentbatch_file", batch.pk))
    assert file["Content-Disposition"] == f'attachment; filename="{batch.reference}.csv"'
    assert file.content == client.get(office("paymentbatch_file", batch.pk)).content
    typed = {"paid_on_day": "15", "paid_on_month": "12", "paid_on_year": "2026", "bank_reference": "B1"}
    assert client.post(office("payment_step", payment.pk, "mark_paid"), typed).status_code == 302
    payment.refresh_from_db()
    assert (payment.status, payment.bank_reference) == ("paid", "B1")


def test_a_second_click_is_a_page_with_the_reason(client, award, carol, fiona, grace):
    payment = make.sent(award, officer=carol, finance=fiona, senior=grace)
    client.force_login(fiona)
    typed = {"paid_on_day": "15", "paid_on_month": "12", "paid_on_year": "2026"}
    step = office("payment_step", payment.pk, "mark_paid")
    assert client.post(step, typed).status_code == 302
    answers = [client.post(step, typed) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {409}
    assert "already “Paid”" in answers[0].content.decode()


def test_a_whole_batch_is_marked_as_paid(client, award, carol, fiona, grace):
    payment = make.sent(award, officer=carol, finance=fiona, senior=grace)
    client.force_login(fiona)
    assert (
        "Mark all that are on their way as paid"
        in client.get(office("paymentbatch_change", payment.batch_id)).content.decode()
    )
    typed = {"paid_on_day": "15", "paid_on_month": "12", "paid_on_year": "2026"}
    assert client.post(office("paymentbatch_step", payment.batch_id, "paid"), typed).status_code == 302
    assert Payment.objects.get().status == "paid"


def test_what_was_sent_back_keeps_what_was_typed_on_a_mistake(client, award, carol, fiona, grace):
    payment = make.sent(award, officer=carol, finance=fiona, senior=grace)
    client.force_login(fiona)
    step = office("payment_step", payment.pk, "mark_failed")
    assert client.post(step, {"reason": ""}).status_code == 400
    assert client.post(step, {"reason": "Account closed"}).status_code == 302
    assert "Account closed" in client.get(office("payment_change", payment.pk)).content.decode()


def test_whoever_may_not_sees_no_button_and_no_page(client, award, anil, asha):
    payment = award.payments.get()
    client.force_login(anil)
    assert client.get(office("payment_change", payment.pk)).status_code == 404
    client.force_login(asha)
    assert client.get(office("payment_changelist")).status_code in {302, 403}


def test_an_auditor_reads_and_changes_nothing(client, award, carol, fiona, grace):
    from tests.cast import account

    make.sent(award, officer=carol, finance=fiona, senior=grace)
    una = account("Una Byrne", "auditor")
    client.force_login(una)
    batch = PaymentBatch.objects.get()
    for address in (office("payment_changelist"), office("paymentbatch_change", batch.pk), office("payment_year")):
        assert client.get(address).status_code == 200
    for address in (office("paymentbatch_file", batch.pk), office("paymentbatch_prepare")):
        assert client.get(address).status_code in {403, 404}


def test_the_year_end_shows_what_is_on_its_way(client, award, carol, fiona, grace):
    make.sent(award, officer=carol, finance=fiona, senior=grace)
    client.force_login(fiona)
    shown = client.get(office("payment_year")).content.decode()
    assert "On its way today: £1,180.00" in re.sub(r"\s+", " ", shown)
    assert "2026-27" in shown


def test_lists_cost_the_same_at_one_and_at_thirty(client, award, meadow, carol, fiona, grace, asha, ben):
    pages = [office("payment_changelist"), office("payeeaccount_changelist"), reverse("admin:index")]
    visits = [(who, page) for who in (carol, fiona, grace) for page in pages]
    visits.append((fiona, office("paymentbatch_prepare")))

    def counts():
        found = []
        for who, page in visits:
            client.force_login(who)
            client.get(page)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            found.append((who, page, len(queries)))
        return found

    operations.approve(award.payments.get(), by=carol, at=make.AGREED)
    client.force_login(fiona)
    client.get(office("paymentbatch_prepare"))
    with asked_once(5):
        client.get(office("paymentbatch_prepare"))
    before = counts()
    make.money_round().budget.__class__.objects.update(limit=Decimal(10**6))
    for _ in range(29):
        other = make.agree(make.offer(meadow, officer=carol, ratifier=grace), asha, ben)
        operations.approve(other.payments.get(), by=carol, at=make.AGREED)
    assert counts() == before
