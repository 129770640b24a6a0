"""F12, F14, F18 and the payments of F3: two browsers, two clicks, and a web process that is killed on the way."""

import http.client
import os
import signal
from datetime import timedelta

import pytest
from django.urls import reverse

from communities.core.clock import now, today
from grants.applications.models import Application
from grants.funds.models import LedgerEntry
from tests.cast import account
from tests.factories import awards as make
from tests.faults.processes import wait_until
from tests.faults.test_postgresql import NOTHING, ONCE, send, traces

pytestmark = pytest.mark.postgresql
TWICE = """() => {
  const form = document.querySelector('form[action$="/send/"]')
  fetch(form.action, { method: "post", body: new FormData(form) })
  setTimeout(() => form.submit())
}"""
CUT_OFF = (http.client.HTTPException, ConnectionError)


# -- F12: two browsers -------------------------------------------------------------------------------------------------


@pytest.fixture
def browsers(browser, house, bid_of, settings):
    """A bid, and the same person's two browsers, each with the page from which it is sent."""
    bid, web, contexts = bid_of("Asha Patel"), house.web(), []
    for _ in range(2):
        context = browser.new_context(base_url=f"http://127.0.0.1:{web.port}")
        contexts.append(context)
        for name, value in web.visitor(bid.started_by).cookies.items():
            if name == settings.SESSION_COOKIE_NAME:
                context.add_cookies([{"name": name, "value": value, "url": f"http://127.0.0.1:{web.port}"}])
        context.new_page().goto(reverse("applications:check", args=[bid.public_id]))
    yield bid, [context.pages[0] for context in contexts]
    for context in contexts:
        context.close()


def press(page):
    """Press the button without waiting for what it does."""
    page.get_by_role("button", name="Send your bid").evaluate("button => { button.click() }")


def sent_from_both(house, pages):
    with house.held():
        for page in pages:
            press(page)
        house.wait_for_waiting(2)
    for page in pages:
        page.wait_for_load_state()
        page.wait_for_url(lambda url: "check" not in url)
    return [page.locator("h1").inner_text() for page in pages], [page.url for page in pages]


def test_two_browsers_send_one_bid_and_both_see_the_receipt(house, browsers):
    bid, pages = browsers
    headings, addresses = sent_from_both(house, pages)
    assert headings == ["We have your bid"] * 2
    assert traces(bid) == ONCE
    assert all(page.get_by_text(bid.reference).is_visible() for page in pages)
    assert all(address.endswith(reverse("applications:receipt", args=[bid.public_id])) for address in addresses)


def test_without_the_lock_one_of_two_browsers_breaks(house, browsers):
    """The control."""
    house.switch("no_lock")
    headings, _ = sent_from_both(house, browsers[1])
    assert headings != ["We have your bid"] * 2


# -- F14: two clicks, and back -----------------------------------------------------------------------------------------


def test_a_double_click_sends_once_and_shows_the_receipt(browsers):
    bid, [page, _] = browsers
    page.get_by_role("button", name="Send your bid").dblclick()
    page.wait_for_url("**/sent/")
    assert traces(bid) == ONCE


def test_a_form_sent_twice_past_the_script_and_again_from_an_old_page_is_one_bid(house, browsers):
    bid, [page, other] = browsers
    with house.held():
        page.evaluate(TWICE)
        house.wait_for_waiting(2)
    page.wait_for_url("**/sent/")
    page.reload()
    assert page.locator("h1").inner_text() == "We have your bid"
    press(other)  # opened before the first was sent, as a page in the browser's memory is
    other.wait_for_url("**/sent/")
    assert traces(bid) == ONCE


def start_twice(house, together, round_):
    asha = account("Asha Patel")
    visitor = house.web().visitor(asha)
    typed = {"name": "Jaywick Warm Table", "place": "", "your_name": "Asha Patel", "second_name": "Pat Reeve",
             "second_email": "pat@example.org", "second_phone": "", "amount": "900"}  # fmt: skip
    start = reverse("applications:start", args=[round_.public_id])
    with house.held():
        both = together(*[lambda: visitor.post(start, **typed)] * 2)
        house.wait_for_waiting(2)
    return both()


def test_two_clicks_on_start_begin_one_bid_of_one_group(house, together, round_):
    answers = start_twice(house, together, round_)
    bid = Application.objects.get()
    assert [answer.location for answer in answers] == [reverse("applications:tasks", args=[bid.public_id])] * 2


def test_without_the_lock_two_clicks_on_start_begin_two(house, together, round_):
    """The control."""
    house.switch("no_lock")
    start_twice(house, together, round_)
    assert Application.objects.count() == 2


# -- F18: a web process is killed --------------------------------------------------------------------------------------


def killed_in_the_middle(house, together, bid):
    """Send a bid, and kill every web process while the step stands between its first write and its last."""
    web = house.web()
    visitor = web.visitor(bid.started_by)
    with house.held("communities_message"):  # written last of all
        posted = together(lambda: visitor.post(send(bid)))
        house.wait_for_waiting(1)
        for pid in web.children():
            os.kill(pid, signal.SIGKILL)
        [answer] = posted()
        assert isinstance(answer, CUT_OFF), answer
    wait_until(lambda: len(web.children()) == 2, "new web processes stand in")
    house.wait_for_idle()
    return visitor


def test_killed_in_mid_step_a_web_process_leaves_nothing_and_the_retry_sends_once(house, together, bid_of):
    bid = bid_of("Asha Patel")
    visitor = killed_in_the_middle(house, together, bid)
    assert traces(bid) == NOTHING
    for _ in range(2):
        assert visitor.post(send(bid)).status == 302
    assert traces(bid) == ONCE


def test_without_the_transaction_a_bid_is_half_written(house, together, bid_of):
    """The control."""
    bid = bid_of("Asha Patel")
    house.switch("no_transaction")
    killed_in_the_middle(house, together, bid)
    assert traces(bid) not in (NOTHING, ONCE)


def test_killed_before_it_answers_a_web_process_has_sent_the_bid_and_the_retry_shows_the_receipt(house, bid_of):
    bid, web = bid_of("Asha Patel"), house.web()
    visitor = web.visitor(bid.started_by)
    house.switch("crash_after_answer")
    with pytest.raises(CUT_OFF):
        visitor.post(send(bid))
    assert visitor.post(send(bid)).location == reverse("applications:receipt", args=[bid.public_id])
    assert traces(bid) == ONCE


def test_a_payment_marked_as_paid_again_after_a_crash_is_paid_once(house):
    asha, ben = account("Asha Patel"), account("Ben Carter")
    carol, fiona, grace = (
        account("Carol Reed", "officer"), account("Fiona Grant", "finance"), account("Grace Miller", "senior_officer"),
    )  # fmt: skip
    at = now() - timedelta(days=1)
    group = make.FundedGroup(created_by=asha)
    make.join(group, asha.person, "lead", leads=True)
    make.join(group, ben.person, "treasurer")
    make.bank_details(group, by=ben, checked_by=fiona, at=at)
    award = make.agree(make.offer(group, officer=carol, ratifier=grace, at=at), asha, ben, at=at)
    payment = make.sent(award, officer=carol, finance=fiona, senior=grace, at=at)
    visitor, day = house.web().visitor(fiona), today()
    typed = {"paid_on_day": day.day, "paid_on_month": day.month, "paid_on_year": day.year}
    step = reverse("admin:grants_payment_step", args=[payment.pk, "mark_paid"])
    house.switch("crash_after_answer")
    with pytest.raises(CUT_OFF):
        visitor.post(step, **typed)
    assert [visitor.post(step, **typed).status for _ in range(3)] == [409] * 3
    payment.refresh_from_db()
    assert payment.status == "paid"
    assert LedgerEntry.objects.filter(kind="pay").count() == 1
    assert payment.award.paid == payment.amount
