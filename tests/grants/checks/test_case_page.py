"""The officers' case page: everything needed to decide on one page."""

import pytest

from communities.correspondence.operations import log_contact
from grants.applications.models import Application
from grants.checks.operations.requests import answer_request, ask
from grants.checks.operations.steps import raise_flag
from tests.factories.applications import ApplicationFactory
from tests.factories.checks import (
    LATER,
    BidCheckFactory,
    CheckTypeFactory,
    GroupCheckFactory,
    HoldFactory,
    ask_for,
    judge_all,
)
from tests.factories.groups import MembershipFactory
from tests.grants.checks.pages import buttons, case_page, cost, text
from tests.grants.checks.test_requests import DUE, write

# -- what is shown -----------------------------------------------------------------------------------------------------


def test_the_page_says_what_how_much_who_where_and_by_when(as_, case, carol):
    page = text(as_(carol).get(case_page(case)))
    for words in (
        "CCF-2026-0001 · Autumn", "Warm suppers on Fridays", "with Carol Reed since 20 October 2026", "£900",
        "Friends of Swan Meadow", "Canvey Island", "8 January 2027", "2 working days left",
        "Cook and eat together every Friday.", "Help people feel well and less lonely (main)", "Hall hire 1",
        "The least that would still work £600.00", "Asha Patel, lead", "Ten checks are still open."
    ):  # fmt: skip
        assert words in page.replace("10 checks", "Ten checks"), words


def test_what_the_system_sees_stands_beside_what_a_person_says(as_, case, carol):
    judge_all(case, carol)
    page = text(as_(carol).get(case_page(case)))
    assert "The budget adds up Looks right 1 line, £900 from this grant, £900 in all. Passed We looked into it." in page


def test_a_check_of_the_group_that_is_still_valid_is_used_again(as_, case, carol):
    ask_for(case.tier, "identity", "account")
    GroupCheckFactory(group=case.group, check_type=CheckTypeFactory(code="identity"), checked_by=carol)
    page = text(as_(carol).get(case_page(case)))
    assert "Check of identity A person looks Passed Carol Reed, 8 Oct 2026 Valid until 8 Oct 2027" in page
    assert "Check of account A person looks To do" in page


def test_a_check_of_the_group_that_has_run_out_is_to_do_again(as_, case, carol):
    ask_for(case.tier, "identity")
    GroupCheckFactory(group=case.group, check_type=CheckTypeFactory(code="identity"), valid_until="2026-10-19")
    assert "Out of date" in text(as_(carol).get(case_page(case)))


def test_flags_holds_calls_and_messages_are_on_the_page(as_, case, carol):
    raise_flag(case, reason="The hall is for sale.", by=carol, at=LATER)
    HoldFactory(group=case.group)
    call = {"means": "call", "happened_at": LATER, "with_whom": "Asha", "note": "She will send it."}
    log_contact(case=case.case, **call, by=carol, at=LATER)
    page = text(as_(carol).get(case_page(case)))
    for words in ("The hall is for sale.", "a month late", "Phone call with Asha", "We have your bid CCF-2026-0001"):
        assert words in page


def test_the_latest_copy_is_shown_and_what_changed_in_it(as_, case, carol, asha):
    asked = ask(case, message="Who cooks?", sections=["idea"], due_on=DUE, by=carol, at=LATER)
    write(case, "idea", asha, what="Pat cooks every Friday.")
    answer_request(asked, reply="It is Pat.", by=asha, at=LATER)
    page = text(as_(carol).get(case_page(case)))
    assert "Before Cook and eat together every Friday. Now Pat cooks every Friday." in page
    assert "This is copy 2" in page
    assert "It is Pat." in page


def test_words_a_group_has_not_sent_are_not_shown(as_, case, carol, asha):
    ask(case, message="Who cooks?", sections=["idea"], due_on=DUE, by=carol, at=LATER)
    write(case, "idea", asha, what="Not sent yet.")
    assert "Not sent yet." not in text(as_(carol).get(case_page(case)))


def test_a_draft_is_the_groups_own(as_, draft, carol):
    page = text(as_(carol).get(case_page(draft)))
    assert "This bid has not been sent." in page
    assert "Cook and eat together" not in page


def test_the_groups_other_bids_are_named(as_, case, carol, round_):
    other = ApplicationFactory(sent=True, round=round_, group=case.group, title="A bench")
    page = as_(carol).get(case_page(case))
    assert f"{other.reference} A bench" in text(page)


# -- who sees it -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["grace", "fiona", "una"])
def test_finance_auditors_and_senior_officers_read_the_case(as_, case, request, who):
    assert as_(request.getfixturevalue(who)).get(case_page(case)).status_code == 200


@pytest.mark.parametrize("who", ["asha", "stranger", "dev"])
def test_nobody_from_outside_the_office_gets_in(as_, case, request, who):
    assert as_(request.getfixturevalue(who)).get(case_page(case), follow=True).status_code == 403


def test_an_auditor_has_no_buttons_and_nothing_to_press(as_, case, una):
    page = as_(una).get(case_page(case))
    assert (buttons(page), page.context["links"]) == ([], [])
    for step in ("assess", "ask", "judge", "accept_findings", "assign", "set_place", "flag", "check_group"):
        assert as_(una).post(case_page(case, step), {}).status_code == 404


def test_an_unknown_bid_and_an_unknown_step_are_not_there(as_, case, carol):
    assert as_(carol).get(case_page(case).replace(str(case.public_id)[:6], "aaaaaa")).status_code == 404
    assert as_(carol).get(case_page(case, "nonsense")).status_code == 404
    assert as_(carol).get("/office/grants/application/999999/change/").status_code == 404
    assert as_(carol).get("/office/grants/application/nonsense/step/ask/").status_code == 404


def test_the_stock_address_leads_to_the_case(as_, case, carol):
    answer = as_(carol).get(f"/office/grants/application/{case.pk}/change/")
    assert answer.headers["Location"] == case_page(case)


# -- what it costs -----------------------------------------------------------------------------------------------------


def test_the_page_costs_the_same_with_much_on_it(as_, case, carol, round_):
    client, address = as_(carol), case_page(case)
    few = cost(client, address)
    ask_for(case.tier, *(f"kind-{n}" for n in range(10)))
    for number in range(30):
        raise_flag(Application.objects.get(pk=case.pk), reason=f"Flag {number}", by=carol, at=LATER)
        BidCheckFactory(application=case)
        ApplicationFactory(sent=True, round=round_, group=case.group)
        MembershipFactory(group=case.group)
        GroupCheckFactory(group=case.group, check_type=CheckTypeFactory(code=f"kind-{number % 10}"))
        call = {"means": "call", "happened_at": LATER, "with_whom": f"Person {number}", "note": "Hello."}
        log_contact(case=case.case, **call, by=carol, at=LATER)
    assert cost(client, address) == few
    assert few <= 25
