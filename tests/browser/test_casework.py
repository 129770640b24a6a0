"""The officers' queue and case pages, and the group's page to answer, in a real browser."""

from datetime import timedelta

import pytest

from communities.core.clock import moved
from communities.core.models import Message
from communities.correspondence.operations import log_contact
from grants.checks.models import InformationRequest
from grants.checks.operations.judging import accept_findings
from grants.checks.operations.requests import answer_request, ask
from grants.checks.operations.steps import begin_check, propose_ineligible, raise_flag
from tests.browser.pages import covered, flaws, summary_links
from tests.factories.applications import ApplicationFactory, WholeRoundFactory, fill_in, framework
from tests.factories.checks import (
    LATER,
    CheckTypeFactory,
    GroupCheckFactory,
    HoldFactory,
    ask_for,
    queue_of,
    sent_bid,
)
from tests.factories.groups import make_group

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture(autouse=True)
def clock():
    with moved(LATER):
        yield


@pytest.fixture
def bid(asha, ben, carol):
    """A case on which everything has happened at least once."""
    framework()
    round_ = WholeRoundFactory()
    tier = round_.terms.tiers.get(code="micro")
    ask_for(tier, "identity", "leaders", "account")
    ask_for(tier, "permissions", subject="bid", level="if_relevant")
    group = make_group(asha, ben, kind="association")
    bid = sent_bid(fill_in(ApplicationFactory(round=round_, group=group, started_by=asha, title=""), asha), asha)
    begin_check(bid, by=carol, at=LATER)
    accept_findings(bid, by=carol, at=LATER)
    bid.refresh_from_db()
    return bid


@pytest.fixture
def full(bid, asha, carol, owen, grace):
    """The same after a question, an answer, a call, a flag, a hold and a proposal."""
    due = LATER.date() + timedelta(days=14)
    asked = ask(bid, message="Who cooks?", sections=["idea"], due_on=due, by=carol, at=LATER)
    answer_request(asked, reply="Pat cooks.", by=asha, at=LATER)
    call = {"means": "call", "happened_at": LATER, "with_whom": "Asha", "note": "She will send it."}
    log_contact(case=bid.case, **call, by=carol, at=LATER)
    bid.refresh_from_db()
    GroupCheckFactory(group=bid.group, check_type=CheckTypeFactory(code="identity"), checked_by=carol)
    HoldFactory(group=bid.group)
    raise_flag(bid, reason="The hall is for sale.", by=owen, at=LATER)
    propose_ineligible(bid, reason="It is in another county.", signpost="Kent", by=carol, at=LATER)
    queue_of(3, bid.round, title="Young carers’ day out to the sea, with lunch, a swim and a long name")
    Message.objects.filter(template="information_asked").update(state="failed", error="Mailbox full")
    bid.refresh_from_db()
    return bid


def test_a_case_on_which_everything_happened_is_accessible_and_fits_a_small_screen(site, full, owen):
    case = f"/office/grants/application/{full.public_id}/case/"
    for address in ("/office/grants/application/", case, f"{case}confirm_ineligible/", "/office/communities/message/"):
        page = site(owen, address)
        assert flaws(page) == [], address


def test_what_is_missing_before_an_act_is_named_and_leads_to_its_field(site, bid, grace):
    acts = ("ask", "propose_ineligible", "check_group", "set_place", "flag", "hold_group")
    for act in acts:
        page = site(grace, f"/office/grants/application/{bid.public_id}/case/{act}/")
        page.locator("main form button.govuk-button").click()
        assert page.title().startswith("Error: "), act
        assert flaws(page) == [], act
        answers = summary_links(page)
        assert answers, act
        assert all(focused and words in described for words, focused, described in answers), (act, answers)


def test_nothing_hides_under_the_action_bar(site, bid, carol):
    page = site(carol, f"/office/grants/application/{bid.public_id}/case/")
    assert covered(page) == []


def test_an_officer_works_a_case_with_the_keyboards_own_tools(site, bid, carol):
    page = site(carol, "/office/grants/application/")
    page.get_by_role("link", name="Warm suppers on Fridays").click()
    page.get_by_role("link", name="Judge the checks").click()
    page.get_by_role("group", name="It happens where the round is for").get_by_label("Passed", exact=True).check()
    page.get_by_role("button", name="Judge the checks").click()
    assert "Your judgement is kept" in page.locator("main").inner_text()
    page.get_by_role("button", name="Ask for more").click()
    page.get_by_label("What do you need from the group?").fill("Who cooks?")
    page.get_by_label("Your idea").check()
    page.get_by_role("button", name="Ask for more").click()
    assert "More information asked for" in page.locator("main").inner_text()
    assert "Waiting for the group" in page.locator(".app-case__state").inner_text()


def test_the_group_answers_on_its_page(site, bid, carol, asha):
    due = LATER.date() + timedelta(days=14)
    ask(bid, message="Who cooks?", sections=["idea"], due_on=due, by=carol, at=LATER)
    page = site(asha, f"/apply/{bid.public_id}/answer/")
    assert flaws(page) == []
    page.get_by_role("link", name="Your idea").click()
    page.get_by_label("What do you want to do?").fill("Pat cooks every Friday.")
    page.get_by_role("button", name="Save and continue").click()
    page = site(asha, f"/apply/{bid.public_id}/answer/")
    page.get_by_label("Your reply").fill("It is Pat.")
    page.get_by_role("button", name="Send your answer").click()
    assert "Your answer is sent." in page.locator("main").inner_text()
    assert InformationRequest.objects.get().status == "answered"
