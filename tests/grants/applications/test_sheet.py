"""All bids with their answers as a file: as the list is filtered, in few statements, no formulas, on the record."""

import csv
from io import BytesIO, StringIO

import pytest
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from communities.core.clock import moved
from communities.core.models import Event
from grants.applications import admin
from tests.factories.applications import ApplicationFactory, WholeRoundFactory, fill_in, framework
from tests.factories.checks import LATER, SENT, sent_bid
from tests.factories.groups import GroupFactory, make_group

ALL = "/office/grants/application/bids.csv"


@pytest.fixture
def bid(db, asha, ben):
    """Sent, with a title that a spreadsheet would take for a formula."""
    framework()
    group = make_group(asha, ben, kind="association")
    with moved(LATER):
        draft = fill_in(ApplicationFactory(round=WholeRoundFactory(), group=group, started_by=asha, title=""), asha)
    draft = sent_bid(draft, asha, SENT)
    type(draft).objects.filter(pk=draft.pk).update(title="=cmd|'/c calc'!A1")
    draft.refresh_from_db()
    return draft


@pytest.fixture
def taken(client, carol, settings):
    """The rows of the file that Carol takes away, by heading."""
    settings.STAFF_SECOND_FACTOR = False
    client.force_login(carol, backend="allauth.account.auth_backends.AuthenticationBackend")

    def take(query=""):
        with moved(LATER):
            answer = client.get(f"{ALL}{query}")
        assert answer.status_code == 200
        return list(csv.DictReader(StringIO(answer.getvalue().decode("utf-8-sig"), newline="")))

    return take


def test_a_row_has_the_facts_and_the_answers_of_the_newest_copy(bid, taken):
    [row] = taken()
    assert (row["Reference"], row["Group"], row["Asked for"]) == (bid.reference, bid.group.name, str(bid.requested))
    assert (row["Sent copy"], row["Status"], row["Place"]) == ("1", "Received", "Canvey Island")
    sections = bid.submissions.get().content["sections"]
    answers = {each["question"]: each["answer"] for part in sections for each in part["answers"]}
    assert answers
    assert {question: row[question] for question in answers} == answers


def test_nothing_becomes_a_formula(bid, taken):
    assert taken()[0]["Title"] == "'=cmd|'/c calc'!A1"


def test_the_file_holds_what_the_list_shows(bid, taken):
    ApplicationFactory(group=GroupFactory(), title="Homework club", round=bid.round, sent=True)
    assert len(taken()) == 2
    assert [row["Title"] for row in taken("?q=homework")] == ["Homework club"]
    assert taken("?status=in_check") == []


def test_leaving_is_on_the_record(bid, taken, carol):
    taken("?q=nothing")
    event = Event.objects.get(verb="application.export")
    assert (event.actor, event.detail.data["rows"], event.detail.data["list"]) == (carol, 0, "q=nothing")


def test_thirty_bids_cost_as_many_statements_as_one(bid, taken):
    from django.db import connection

    with CaptureQueriesContext(
        connection,
    ) as one:
        taken()
    for number in range(30):
        ApplicationFactory(group=GroupFactory(), title=f"Bid {number}", round=bid.round, sent=True)
    with CaptureQueriesContext(connection) as many:
        assert len(taken()) == 31
    assert len(many) == len(one)


def test_excel_holds_text_and_numbers_and_only_so_many(bid, taken, client, monkeypatch):
    taken()
    book = load_workbook(BytesIO(client.get(ALL.replace("csv", "xlsx")).content))
    [header, row] = book.active.iter_rows(values_only=True)
    cells = dict(zip(header, row, strict=True))
    assert (cells["Asked for"], cells["Title"]) == (bid.requested, "'=cmd|'/c calc'!A1")
    monkeypatch.setattr(admin, "MOST_IN_EXCEL", 0)
    answer = client.get(ALL.replace("csv", "xlsx"))
    assert answer.status_code == 409
    assert "take the CSV file" in answer.content.decode()


def test_every_column_is_explained(bid, taken, client):
    header = list(taken()[0])
    answer = client.get(ALL.replace(".csv", ".columns"))
    explained = list(csv.reader(answer.getvalue().decode("utf-8-sig").splitlines()))[1:]
    assert [title for title, _ in explained] == header
    assert all(meaning for _, meaning in explained)


def test_the_list_leads_to_its_file(bid, taken, client):
    taken()
    page = client.get("/office/grants/application/?q=homework").content.decode()
    assert "/office/grants/application/bids.csv?q=homework" in page


@pytest.mark.parametrize("address", [ALL.replace(".csv", ".exe"), f"{ALL}?submitted_at__year=zzz"])
def test_other_kinds_and_other_filters_are_not_there(bid, taken, client, address):
    taken()
    assert client.get(address).status_code == 404
