"""The officers' queue: filtered, searched, worked on; and the cards of the front page."""

from datetime import date

import pytest

from communities.places.models import PriorityPlace
from grants.applications.models import Application
from grants.checks.models import InformationRequest
from grants.checks.operations.requests import ask
from grants.checks.operations.steps import propose_ineligible
from tests.factories.applications import ApplicationFactory
from tests.factories.checks import LATER, queue_of
from tests.factories.groups import GroupFactory, PlaceFactory
from tests.grants.checks.pages import case_page, cost, text
from tests.grants.checks.test_requests import DUE

QUEUE = "/office/grants/application/"


@pytest.fixture
def many(case, round_, carol, owen):
    """Bids in several states, beside the case."""
    harlow = PlaceFactory(code="HAR", name="Harlow")
    fields = {"round": round_, "sent": True}
    ApplicationFactory(
        group=GroupFactory(name="Vange"), title="Homework club", officer=owen, status="in_check", **fields
    )
    ApplicationFactory(group=GroupFactory(), title="New heaters", place=harlow, **fields)
    ApplicationFactory(group=GroupFactory(), title="A late one", answer_due_on=date(2026, 10, 19), **fields)
    ApplicationFactory(group=GroupFactory(), title="A soon one", answer_due_on=date(2026, 10, 26), **fields)
    ApplicationFactory(group=GroupFactory(), title="Never sent", round=round_)


def titles(client, query=""):
    page = client.get(f"{QUEUE}{query}")
    return {bid.title for bid in page.context["cl"].result_list}


SENT = {"Warm suppers on Fridays", "Homework club", "New heaters", "A late one", "A soon one"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", SENT),
        ("?status=draft", {"Never sent"}),
        ("?status=in_check", {"Warm suppers on Fridays", "Homework club"}),
        ("?officer=me", {"Warm suppers on Fridays"}),
        ("?officer=nobody", {"New heaters", "A late one", "A soon one"}),
        ("?officer=nonsense", {"New heaters", "A late one", "A soon one"}),
        ("?answer=late", {"A late one"}),
        ("?answer=soon", {"Warm suppers on Fridays", "A soon one"}),
        ("?place__id__exact=HAR", {"New heaters"}),
        ("?q=homework", {"Homework club"}),
        ("?q=Vange", {"Homework club"}),
        ("?q=CCF-2026-0001", {"Warm suppers on Fridays"}),
        ("?q=vange+club", {"Homework club"}),
        ("?q=vange+suppers", set()),
        ("?q=%22suppers+on%22", {"Warm suppers on Fridays"}),
    ],
)
def test_the_queue_is_filtered_and_searched(as_, many, carol, query, expected):
    query = query.replace("HAR", str(PriorityPlace.objects.get(code="HAR").pk))
    assert titles(as_(carol), query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=VANGE", {"Homework club"}),
        ("?q=CCF-2026-0001", {"Warm suppers on Fridays"}),
        ("?q=vange+suppers", set()),
        ("?q=homework&status=draft", set()),
    ],
)
def test_a_word_that_many_bids_have_finds_the_same(as_, many, carol, monkeypatch, query, expected):
    monkeypatch.setattr("grants.applications.queries.bids.COMMON", 0)
    assert titles(as_(carol), query) == expected


def test_rows_lead_to_case_pages_and_show_five_things(as_, many, case, carol):
    page = as_(carol).get(f"{QUEUE}?q=CCF-2026-0001")
    assert case_page(case) in page.content.decode()
    for words in (
        "Warm suppers on Fridays",
        "CCF-2026-0001 · Friends of Swan Meadow",
        "£900",
        "Being checked",
        "8 Oct 2026",
    ):
        assert words in text(page)


def test_checks_of_several_start_at_once(as_, many, case, carol):
    chosen = list(Application.objects.exclude(status="draft").values_list("pk", flat=True))
    answer = as_(carol).post(QUEUE, {"action": "start_checks", "_selected_action": chosen}, follow=True)
    assert "Checks started for 3 bids." in text(answer)
    assert "CCF-2026-0001: This cannot be done now: it is already “Being checked”." in text(answer)


def test_several_are_taken_at_once(as_, many, carol, owen):
    chosen = list(Application.objects.filter(status="in_check").values_list("pk", flat=True))
    answer = as_(owen).post(QUEUE, {"action": "take", "_selected_action": chosen}, follow=True)
    assert "1 bid now with you." in text(answer)
    assert set(Application.objects.filter(status="in_check").values_list("officer", flat=True)) == {owen.pk}


def test_an_auditor_reads_the_queue_and_has_no_actions(as_, many, una):
    page = as_(una).get(QUEUE)
    assert (page.status_code, page.context["action_form"]) == (200, None)


@pytest.mark.parametrize("who", ["asha", "stranger"])
def test_the_queue_is_the_offices(as_, many, request, who):
    assert as_(request.getfixturevalue(who)).get(QUEUE, follow=True).status_code == 403


@pytest.mark.parametrize("query", ["", "?status=submitted", "?q=warm", "?officer=me&answer=soon"])
def test_the_queue_costs_the_same_for_one_and_for_many(as_, case, round_, carol, query):
    few = cost(as_(carol), f"{QUEUE}{query}")
    queue_of(30, round_, title="Warm table", officer=carol, answer_due_on="2026-10-26")
    assert cost(as_(carol), f"{QUEUE}{query}") == few
    assert few <= 15


# -- the front page ----------------------------------------------------------------------------------------------------


def cards(client):
    return {card["title"]: (card["number"], card["reason"]) for card in client.get("/office/").context["cards"]}


def test_the_front_page_says_what_waits(as_, many, case, carol, owen):
    assert cards(as_(carol)) == {
        "Start checks": (3, "The oldest has waited 7 working days"),
        "Finish checks": (2, "None waits for its group"),
        "Give late answers": (1, "Past the day we promised"),
    }


def test_a_proposal_waits_for_the_other_officer_only(as_, case, carol, owen):
    propose_ineligible(case, reason="No.", by=carol, at=LATER)
    assert cards(as_(owen))["Confirm or send back"] == (1, "Proposed as not eligible")
    assert "Confirm or send back" not in cards(as_(carol))


def test_late_answers_of_groups_wait_and_are_listed(as_, case, carol):
    ask(case, message="Who cooks?", sections=[], due_on=DUE, by=carol, at=LATER)
    InformationRequest.objects.update(due_on="2026-10-19")
    assert cards(as_(carol))["Chase answers"] == (1, "The day has passed")
    page = as_(carol).get("/office/grants/informationrequest/?day=late")
    assert "CCF-2026-0001 Friends of Swan Meadow" in text(page)
    detail = as_(carol).get(f"/office/grants/informationrequest/{InformationRequest.objects.get().pk}/change/")
    assert case_page(case) in detail.content.decode()


def test_nothing_waits_for_somebody_who_checks_no_bids(as_, case, fiona):
    assert not {"Start checks", "Finish checks"} & set(cards(as_(fiona)))
