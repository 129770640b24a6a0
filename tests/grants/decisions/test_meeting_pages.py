from decimal import Decimal
from urllib.parse import urlparse

import pytest
from django.urls import reverse

from grants.assessment.models import Interest
from grants.decisions.models import Decision, Meeting, Motion, Vote
from tests.factories.assessment import BidFactory, declare, scored
from tests.factories.decisions import decision_on, meeting_of, motion_on
from tests.statements import asked_once


@pytest.fixture
def everybody(dev, joan, hassan, ruth, kit):
    return [dev, joan, hassan, ruth, kit]


@pytest.fixture
def meeting(panel, bid, everybody):
    declare(bid, *everybody)
    return meeting_of(panel, *everybody)


def address(name, *rows):
    return reverse(f"panel:{name}", args=[row.public_id for row in rows])


def words(response):
    return response.content.decode()


def path_of(response):
    return urlparse(response["Location"]).path


# -- the meeting ---------------------------------------------------------------------------------------------------


def test_the_meeting_shows_ranking_spread_floor_and_money(visit, meeting, bid, panel, hassan, ruth, carol):
    scored(bid, hassan, 5, 2)
    scored(bid, ruth, 1, 2)
    decision_on(BidFactory(round=panel.round, requested=Decimal(3000)))
    page = words(visit(carol).get(address("meeting", meeting)))
    for text in ("£10,000", "£7,000", "52.0", "28.0 to 76.0", "Scores far apart: Need and priority fit"):
        assert text in page, text
    assert "still to be confirmed" in page


def test_a_planned_meeting_shows_no_scores(visit, panel, bid, hassan, dev):
    declare(bid, hassan)
    scored(bid, hassan, 3, 3)
    meeting = meeting_of(panel, dev, status="planned")
    page = words(visit(hassan).get(address("meeting", meeting)))
    assert "show here once the meeting is open" in page
    assert "60.0" not in page
    assert visit(hassan).get(address("item", meeting, bid)).status_code == 404


def test_a_member_with_a_tie_sees_the_name_of_the_bid_and_nothing_else(visit, meeting, bid, hassan):
    bid.interests.filter(user=hassan).update(kind="related")
    browser = visit(hassan)
    page = words(browser.get(address("meeting", meeting)))
    assert bid.title in page
    assert "£2,000" not in page
    assert browser.get(address("item", meeting, bid)).status_code == 404


@pytest.mark.parametrize("name", ["stranger", "asha", "fiona", "anil"])
def test_the_meeting_is_not_there_for_others(visit, meeting, bid, request, name):
    motion = motion_on(meeting, bid)
    browser = visit(request.getfixturevalue(name))
    for url in (address("meeting", meeting), address("item", meeting, bid), address("attendance", meeting)):
        assert browser.get(url).status_code == 404
    for url in (address("vote", motion), address("votes", motion), address("close_motion", motion)):
        assert browser.post(url, {"choice": "for"}).status_code == 404
    assert not Vote.objects.exists()


def test_members_do_not_run_the_meeting(visit, meeting, bid, hassan):
    motion = motion_on(meeting, bid)
    browser = visit(hassan)
    for name, rows in (("attendance", [meeting]), ("close_meeting", [meeting]), ("open_meeting", [meeting]),
                       ("put_off", [meeting, bid]), ("note_interest", [meeting, bid])):  # fmt: skip
        assert browser.post(address(name, *rows), {"minute": "x"}).status_code == 404
    for name in ("close_motion", "votes", "casting"):
        assert browser.post(address(name, motion), votes(meeting.panel, "for")).status_code == 404
    assert not Vote.objects.exists()


def test_a_meeting_from_attendance_to_minute(visit, panel, bid, everybody, carol):
    declare(bid, *everybody)
    meeting = meeting_of(panel, status="planned")
    browser = visit(carol)
    assert browser.post(address("open_meeting", meeting)).status_code == 409
    seats = [str(seat.pk) for seat in panel.seats.all()]
    browser.post(address("attendance", meeting), {"present": seats})
    browser.post(address("open_meeting", meeting))
    answer = browser.post(
        address("item", meeting, bid), {"kind": "part", "amount": "£1,500", "conditions": "Insurance"}
    )
    assert path_of(answer) == address("item", meeting, bid)
    motion = Motion.objects.get()
    assert (motion.amount, motion.conditions) == (1500, ["Insurance"])
    browser.post(address("votes", motion), votes(panel, "for"))
    assert path_of(browser.post(address("close_motion", motion))) == address("meeting", meeting)
    page = browser.get(address("close_meeting", meeting))
    draft = page.context["form"]["minute"].value()
    assert "Present: Dev Okoro, Joan Pryor, Hassan Ali, Ruth Lamb, Kit Rowe." in draft
    assert "fund in part, £1,500. Carried (for 5, against 0, abstained 0)." in draft
    browser.post(address("close_meeting", meeting), {"minute": draft})
    assert Meeting.objects.get().status == "closed"
    assert [browser.get(address(name, meeting)).status_code for name in ("attendance", "close_meeting")] == [409, 409]
    assert Decision.objects.get().amount == 1500


def votes(panel, choice):
    return {f"vote_{seat.pk}": choice for seat in panel.seats.all()}


def test_everybody_can_leave_the_room(visit, meeting, carol):
    visit(carol).post(address("attendance", meeting), {})
    assert not meeting.attendance.filter(is_present=True).exists()


# -- one bid -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Select what is proposed"),
        ({"kind": "part", "amount": "lots"}, "must be a number in pounds"),
        ({"kind": "part", "amount": "5000"}, "Enter a sum of more than £0 and less than £2,000"),
        ({"kind": "decline", "conditions": "kept"}, "Enter the reasons"),
    ],
)
def test_a_motion_that_makes_no_sense_comes_back_with_what_was_typed(visit, meeting, bid, dev, sent, sentence):
    answer = visit(dev).post(address("item", meeting, bid), {"reasons": "", **sent})
    assert answer.status_code == 400
    assert sentence in words(answer)
    for value in sent.values():
        assert value in words(answer)
    assert not Motion.objects.exists()


def test_a_bid_below_the_line_asks_for_the_reason(visit, meeting, bid, hassan, dev):
    scored(bid, hassan, 1, 3)
    answer = visit(dev).post(address("item", meeting, bid), {"kind": "full"})
    assert "Say why the panel would fund it all the same" in words(answer)
    visit(dev).post(address("item", meeting, bid), {"kind": "full", "override": "Nobody else helps there."})
    assert Motion.objects.get().override == "Nobody else helps there."


def test_a_member_votes_once_for_themselves(visit, meeting, bid, hassan):
    motion = motion_on(meeting, bid)
    browser = visit(hassan)
    assert "Your vote" in words(browser.get(address("item", meeting, bid)))
    browser.post(address("vote", motion), {"choice": "against"})
    again = browser.post(address("vote", motion), {"choice": "for"})
    assert again.status_code == 409
    assert "has voted already" in words(again)
    assert [vote.choice for vote in Vote.objects.all()] == ["against"]
    assert "Your vote</h3>" not in words(browser.get(address("item", meeting, bid)))


def test_a_made_up_vote_is_not_found(visit, meeting, bid, hassan):
    assert visit(hassan).post(address("vote", motion_on(meeting, bid)), {"choice": "maybe"}).status_code == 404


def test_a_vote_with_a_tie_or_after_the_close_is_refused(visit, meeting, bid, hassan, ruth, carol):
    motion = motion_on(meeting, bid)
    bid.interests.filter(user=hassan).update(kind="paid")
    assert visit(hassan).post(address("vote", motion), {"choice": "for"}).status_code == 404
    visit(carol).post(address("votes", motion), {f"vote_{meeting.panel.seats.first().pk}": "for"})
    visit(carol).post(address("close_motion", motion))
    late = visit(ruth).post(address("vote", motion), {"choice": "for"})
    assert late.status_code == 409
    assert "is closed" in words(late)


def test_noting_no_votes_is_an_error(visit, meeting, bid, carol):
    answer = visit(carol).post(address("votes", motion_on(meeting, bid)), {})
    assert answer.status_code == 400
    assert "Select at least one vote" in words(answer)


def test_a_tie_shows_the_casting_vote_to_the_chair_and_to_the_clerk(visit, meeting, panel, bid, dev, joan, carol):
    motion = motion_on(meeting, bid)
    for user, choice in ((dev, "for"), (joan, "against")):
        visit(user).post(address("vote", motion), {"choice": choice})
    assert "You are in the chair for this bid" in words(visit(dev).get(address("item", meeting, bid)))
    page = words(visit(carol).get(address("item", meeting, bid)))
    assert "Dev Okoro has the casting vote." in page
    assert visit(carol).post(address("close_motion", motion)).status_code == 409
    visit(carol).post(address("casting", motion), {"choice": "against"})
    visit(carol).post(address("close_motion", motion))
    motion.refresh_from_db()
    assert motion.status == "lost"


def test_without_a_quorum_the_page_offers_to_put_the_bid_off(visit, panel, bid, dev, joan, carol):
    declare(bid, dev, joan)
    meeting = meeting_of(panel, dev, joan)
    page = words(visit(carol).get(address("item", meeting, bid)))
    assert "Only 2 can vote on this bid, and 3 are needed." in page
    assert "Put a motion" not in page
    visit(carol).post(address("put_off", meeting, bid))
    assert Motion.objects.get().status == "deferred"


def test_the_clerk_notes_a_tie_said_in_the_room(visit, panel, bid, dev, joan, kit, carol):
    declare(bid, dev, joan)
    meeting = meeting_of(panel, dev, joan, kit)
    seat = panel.seats.get(person__user=kit)
    browser = visit(carol)
    wrong = browser.post(address("note_interest", meeting, bid), {"kind": "none"})
    assert wrong.status_code == 400
    assert "Select who says so" in words(wrong) or "Who says so?" in words(wrong)
    browser.post(address("note_interest", meeting, bid), {"seat": str(seat.pk), "kind": "none"})
    assert Interest.objects.get(user=kit).kind == "none"


def test_a_long_agenda_comes_in_pages_best_first(visit, meeting, bid, panel, hassan, carol):
    scored(bid, hassan, 5, 5)
    for number in range(24):
        BidFactory(round=panel.round, title=f"Bench {number}")
    first, second = (words(visit(carol).get(f"{address('meeting', meeting)}?page={page}")) for page in (1, 2))
    assert bid.title in first
    assert bid.title not in second
    assert (first.count("app-agenda__rank"), second.count("app-agenda__rank")) == (20, 5)
    assert "Page 1 of 2" in first


def test_the_meeting_page_costs_the_same_for_one_bid_and_for_thirty(
    visit, meeting, panel, bid, everybody, dev, django_assert_max_num_queries
):
    scored(bid, dev, 3, 3)
    browser = visit(dev)
    browser.get(address("meeting", meeting))
    with asked_once(22), django_assert_max_num_queries(22) as one:
        browser.get(address("meeting", meeting))
    for _ in range(29):
        each = BidFactory(round=panel.round)
        declare(each, *everybody)
        scored(each, dev, 3, 3)
        decision_on(each)
    with django_assert_max_num_queries(len(one)):
        browser.get(address("meeting", meeting))
