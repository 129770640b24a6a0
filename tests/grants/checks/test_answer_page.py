"""The group answers on its own page: what was asked, the parts that are open, a reply."""

import pytest
from django.urls import reverse

from grants.checks.models import InformationRequest
from grants.checks.operations.requests import ask
from tests.factories.checks import LATER
from tests.grants.checks.pages import text
from tests.grants.checks.test_requests import DUE, write


@pytest.fixture
def asked(case, carol):
    return ask(case, message="Who cooks?", sections=["idea"], due_on=DUE, by=carol, at=LATER)


def page_of(bid):
    return reverse("checks:answer", args=[bid.public_id])


def test_the_page_shows_the_question_the_day_and_the_open_parts_only(as_, asked, case, asha):
    page = text(as_(asha).get(page_of(case)))
    for words in ("Who cooks?", "Please answer by 3 November 2026", "Your idea"):
        assert words in page
    assert "What it costs" not in page


def test_the_bids_own_page_leads_to_it(as_, asked, case, asha):
    page = as_(asha).get(reverse("applications:bid", args=[case.public_id]), follow=True)
    assert page_of(case) in page.content.decode()


def test_an_answer_is_sent_from_the_page(as_, asked, case, asha):
    write(case, "idea", asha, what="Pat cooks every Friday.")
    answer = as_(asha).post(page_of(case), {"reply": "It is Pat."}, follow=True)
    assert "Your answer is sent." in text(answer)
    asked.refresh_from_db()
    assert (asked.status, asked.reply, asked.submission.number) == ("answered", "It is Pat.", 2)


def test_the_asked_part_is_changed_on_the_bids_own_form(as_, asked, case, asha):
    address = reverse("applications:section", args=[case.public_id, "idea"])
    version = case.answers.get(section="idea").version
    as_(asha).post(address, {"title": "Warm suppers", "what": "Pat cooks.", "version": version})
    assert case.answers.get(section="idea").content["what"] == "Pat cooks."
    assert as_(asha).get(reverse("applications:section", args=[case.public_id, "money"])).status_code == 302


def test_an_incomplete_part_is_refused_and_the_reply_kept(as_, asked, case, asha):
    write(case, "idea", asha, what="")
    answer = as_(asha).post(page_of(case), {"reply": "It is Pat, as ever."})
    assert answer.status_code == 400
    assert "Your answer is not complete yet." in text(answer)
    assert "It is Pat, as ever." in answer.content.decode()


def test_where_only_words_are_asked_for_words_are_needed(as_, case, carol, asha):
    ask(case, message="Who is the caretaker?", sections=[], due_on=DUE, by=carol, at=LATER)
    answer = as_(asha).post(page_of(case), {"reply": ""})
    assert answer.status_code == 400
    assert "Enter your reply" in text(answer)
    assert "Parts you can change" not in text(answer)


def test_a_member_who_is_no_leader_reads_it_and_cannot_send(as_, asked, case, ben):
    case.group.memberships.filter(person=ben.person).update(is_leader=False)
    page = as_(ben).get(page_of(case))
    assert "Only a leader of the group can send the answer." in text(page)
    assert as_(ben).post(page_of(case), {"reply": "Me."}).status_code == 400
    assert InformationRequest.objects.get().status == "open"


@pytest.mark.parametrize("who", ["stranger", "carol", "grace"])
def test_it_is_the_groups_own_page(as_, asked, case, request, who):
    user = request.getfixturevalue(who)
    assert as_(user).get(page_of(case)).status_code == 404
    assert as_(user).post(page_of(case), {"reply": "Me."}).status_code == 404


def test_a_visitor_is_asked_to_sign_in(client, asked, case):
    assert client.get(page_of(case)).status_code == 302


def test_when_nothing_is_asked_the_page_leads_back_to_the_bid(as_, case, asha):
    assert as_(asha).get(page_of(case)).headers["Location"] == case.get_absolute_url()
