"""The pages of awards, payments and spending in a real browser: clean for axe, the policy, and small screens."""

from datetime import timedelta

import pytest
from django.urls import reverse

from communities.core.clock import moved
from grants.awards.queries import lines_of
from grants.payments import operations as payments
from grants.spending import operations as spending
from tests.browser.pages import flaws, summary_links
from tests.factories import awards as make
from tests.grants.awards.conftest import meadow, micro_offer, mina, offered, signed_page

__all__ = ["meadow", "micro_offer", "mina", "offered", "signed_page"]
pytestmark = pytest.mark.django_db(transaction=True)
AT = make.AGREED + timedelta(days=40)


@pytest.fixture(autouse=True)
def _january():
    with moved(AT):
        yield


@pytest.fixture
def running(offered, meadow, asha, ben, carol, fiona, grace):
    """An award under way: paid, something bought, one condition open."""
    make.bank_details(meadow, by=ben, checked_by=fiona)
    award = make.agree(offered, asha, ben)
    make.paid(award, officer=carol, finance=fiona, senior=grace)
    award.conditions.create(text="Show us the insurance certificate of the hall.", when="during")
    facts = {"supplier": "Hall Trust", "description": "Hall in January", "spent_on": AT.date(), "by": ben, "at": AT}
    spending.add_expenditure(award.spending_return, line=lines_of(award)[0], amount=50, **facts)
    award.refresh_from_db()
    return award


def of(name, award, *args):
    return reverse(name, args=[award.public_id, *args])


def check(page, heading):
    assert page.locator("h1").inner_text() == heading
    assert flaws(page) == []


def test_each_line_of_the_error_summary_leads_to_its_field(site, running, meadow, ben):
    page = site(ben, of("payments:account", meadow) + "?change=yes")
    page.fill("#id_sort_code", "20-11")
    page.get_by_role("button", name="Continue").click()
    page.locator(".govuk-error-summary").wait_for()
    assert page.input_value("#id_sort_code") == "20-11"
    answers = summary_links(page)
    assert [is_control for _, is_control, _ in answers] == [True, True, True]
    assert flaws(page) == []


def test_bank_details_are_looked_at_before_they_are_saved(site, offered, meadow, asha, ben):
    make.agree(offered, asha, ben)
    page = site(ben, of("payments:account", meadow))
    for name, value in (("name_on_account", "Friends"), ("sort_code", "20 11 22"), ("account_number", "1234567")):
        page.fill(f"#id_{name}", value)
    page.get_by_role("button", name="Continue").click()
    check(page, "Check the bank details")
    page.get_by_role("button", name="These are right").click()
    page.get_by_text("account ending 4567").wait_for()


def test_micro_is_filled_in_on_one_page(site, micro_offer, meadow, asha, ben, carol, fiona, grace):
    make.bank_details(meadow, by=ben, checked_by=fiona)
    award = make.agree(micro_offer, asha, ben)
    make.paid(award, officer=carol, finance=fiona, senior=grace)
    page = site(ben, of("spending:spending", award))
    check(page, "What you spent")
    page.fill("#id_total", "795.50")
    page.get_by_label("Yes").check()
    page.get_by_role("button", name="Save and continue").click()
    check(page, "Check your spending, then send it")
    page.get_by_role("button", name="Send to the council").click()
    page.get_by_text("Sent. Thank you").wait_for()


def test_two_people_say_yes_in_the_browser(site, offered, asha, ben):
    with moved(make.AGREED):
        for user in (asha, ben):
            page = site(user, of("awards:award", offered))
            page.get_by_role("button", name="Read the agreement and say yes").click()
            page.get_by_label("I have read the agreement").check()
            page.get_by_role("button", name="Say yes for the group").click()
        page.get_by_text("Agreed: two of you have said yes.").wait_for()
        assert flaws(page) == []


def test_the_full_details_and_the_settling_of_payments(site, running, meadow, asha, ben, carol, owen, fiona, grace):
    account = meadow.payee_accounts.get(status="verified")
    page = site(fiona, reverse("admin:grants_payeeaccount_full", args=[account.pk]))
    page.fill("#id_reason", "To compare")
    page.get_by_role("button", name="Show the full details").click()
    page.get_by_text("12345678").wait_for()
    assert flaws(page) == []
    award = make.agree(make.offer(meadow, amount=800, tier="micro", officer=carol, ratifier=owen), asha, ben)
    payment = make.sent(award, officer=carol, finance=fiona, senior=grace, at=AT)
    for step in ("mark_paid", "mark_failed"):
        page = site(fiona, reverse("admin:grants_payment_step", args=[payment.pk, step]))
        assert flaws(page) == []
    assert payments.batch_file(payment.batch, by=fiona, at=AT)
