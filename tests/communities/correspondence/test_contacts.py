"""Calls, visits and letters are written down on the case they were about."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse

from communities.core.events import timeline
from communities.core.refusals import Refused
from communities.correspondence.models import Contact
from communities.correspondence.operations import log_contact
from tests.communities.correspondence.conftest import NOON

CALL = {"means": "call", "with_whom": "Pat Reeve, treasurer", "note": "The hall is booked."}
TYPED = {**CALL, "happened_on_day": "20", "happened_on_month": "10", "happened_on_year": "2026", "happened_at": "9:30"}


def page_of(case, query=""):
    return reverse("admin:communities_contact_log", args=[case]) + query


def test_a_call_is_written_down_and_stands_on_the_timeline(case, carol):
    contact = log_contact(case=case, happened_at=NOON, **CALL, by=carol, at=NOON)
    assert (contact.written_by, contact.written_at, contact.note) == (carol, NOON, "The hall is booked.")
    assert [line.sentence for line in timeline(case)][-1] == "Phone call written down"


@pytest.mark.parametrize("who", ["asha", "anil", "una", "stranger"])
def test_only_those_who_work_on_cases_write_in_the_log(case, request, who):
    with pytest.raises(Refused) as refused:
        log_contact(case=case, happened_at=NOON, **CALL, by=request.getfixturevalue(who), at=NOON)
    assert (refused.value.status, Contact.objects.count()) == (403, 0)


def test_what_has_not_happened_is_not_written_down(case, carol):
    with pytest.raises(Refused, match="has not happened yet"):
        log_contact(case=case, happened_at=NOON + timedelta(hours=1), **CALL, by=carol, at=NOON)


def test_what_is_written_down_stays(case, carol):
    contact = log_contact(case=case, happened_at=NOON, **CALL, by=carol, at=NOON)
    with pytest.raises(DatabaseError), transaction.atomic():
        Contact.objects.filter(pk=contact.pk).update(note="Something else")
    with pytest.raises(DatabaseError), transaction.atomic():
        Contact.objects.filter(pk=contact.pk).delete()


def test_a_call_is_written_down_on_its_page_and_leads_back(as_, case, carol):
    answer = as_(carol).post(page_of(case), {**TYPED, "next": "/office/somewhere/"})
    assert answer.headers["Location"] == "/office/somewhere/"
    contact = Contact.objects.get()
    assert (contact.case, contact.happened_at) == (case, NOON.replace(hour=8, minute=30))


def test_a_letter_comes_with_its_file(as_, case, carol, stranger):
    file = SimpleUploadedFile("letter.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n", content_type="application/pdf")
    as_(carol).post(page_of(case), {**TYPED, "means": "letter", "file": file})
    stored = Contact.objects.get().file
    opened = as_(carol).get(stored.get_absolute_url())
    assert b"".join(opened.streaming_content).startswith(b"%PDF")
    assert as_(stranger).get(stored.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"means": ""}, "Select what it was"),
        ({"happened_on_day": ""}, "must include a day"),
        ({"happened_at": "half nine"}, "Enter a time, like 14:30"),
        ({"happened_at": "23:59"}, "The time must be in the past"),
        ({"happened_on_day": "21"}, "must be 20 October 2026 or earlier"),
        ({"with_whom": ""}, "Enter with whom"),
        ({"note": ""}, "Enter what was said"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_kept(as_, case, carol, wrong, sentence):
    answer = as_(carol).post(page_of(case), {**TYPED, **wrong})
    page = answer.content.decode()
    assert (answer.status_code, Contact.objects.count()) == (400, 0)
    assert sentence in page
    assert ("The hall is booked." in page) == (wrong != {"note": ""})


def test_nobody_is_led_to_another_site(as_, case, carol):
    answer = as_(carol).post(page_of(case), {**TYPED, "next": "https://elsewhere.example/"})
    assert answer.headers["Location"] == reverse("admin:communities_contact_changelist")


@pytest.mark.parametrize("who", ["una", "anil"])
def test_those_who_only_read_have_no_page_to_write(as_, case, request, who):
    assert as_(request.getfixturevalue(who)).get(page_of(case)).status_code == 404


def test_a_case_nobody_knows_has_no_log(as_, case, carol):
    assert as_(carol).get(page_of(uuid4())).status_code == 404


def test_the_log_is_listed_searched_and_read_only(as_, case, carol, una):
    contact = log_contact(case=case, happened_at=NOON, **CALL, by=carol, at=NOON)
    listed = as_(una).get("/office/communities/contact/?q=Pat")
    assert "Phone call with Pat Reeve, treasurer" in listed.content.decode()
    address = f"/office/communities/contact/{contact.pk}/change/"
    assert "The hall is booked." in as_(una).get(address).content.decode()
    assert as_(carol).post(address, {"note": "Something else"}).status_code == 403
    assert as_(carol).get("/office/communities/contact/add/").status_code == 403
