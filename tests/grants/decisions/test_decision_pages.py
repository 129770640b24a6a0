from decimal import Decimal
from urllib.parse import urlparse

import pytest
from django.urls import reverse

from communities.people.models import User
from grants.decisions import operations
from grants.decisions.models import Decision, DecisionLine, Meeting, Motion, Vote
from tests.factories.assessment import AT, BidFactory, declare, lead, scored
from tests.factories.decisions import HELD, decision_on, meeting_of, motion_on


@pytest.fixture
def micro(panel):
    return BidFactory(
        round=panel.round, tier=panel.round.terms.tiers.get(code="micro"), requested=Decimal(800), minimum_viable=Decimal(500)  # noqa: E501
    )  # fmt: skip


@pytest.fixture
def smaller(bid, asha, carol):
    """A decision below the least of Asha's group, whose lines are agreed, and about which the group is asked."""
    lead(bid.group, asha.person)
    decision = decision_on(bid, amount=Decimal(1000))
    for order, line in enumerate(bid.lines.all()):
        DecisionLine.objects.create(
            decision=decision, order=order, category=line.category, item=line.item, asked=line.amount, amount=500
        )
    operations.rebase_lines(decision, amounts={}, by=carol, at=AT)
    return operations.ask_about_less(decision, by=carol, at=AT)


def words(response):
    return response.content.decode()


def path_of(response):
    return urlparse(response["Location"]).path


def office(name, *args):
    return reverse(f"admin:grants_{name}", args=args)


def step(decision, name):
    return office("decision_step", decision.pk, name)


# -- the group -----------------------------------------------------------------------------------------------------


def test_a_leader_answers_about_the_smaller_sum(visit, smaller, asha, bid):
    url = reverse("decisions:smaller", args=[bid.public_id])
    browser = visit(asha)
    assert "This is a question, not an offer." in words(browser.get(url))
    assert reverse("decisions:smaller", args=[bid.public_id]) in words(browser.get(reverse("home")))
    wrong = browser.post(url, {"note": "We talked it over"})
    assert wrong.status_code == 400
    assert "We talked it over" in words(wrong)
    assert path_of(browser.post(url, {"agrees": "yes", "note": ""})) == reverse("home")
    assert browser.get(url).status_code == 404
    smaller.refresh_from_db()
    assert (smaller.status, smaller.below_least_agreed_at is not None) == ("proposed", True)


@pytest.mark.parametrize("name", ["stranger", "ben", "dev", "fiona"])
def test_the_question_is_not_there_for_others(visit, smaller, bid, request, name):
    browser = visit(request.getfixturevalue(name))
    for verb in (browser.get, browser.post):
        assert verb(reverse("decisions:smaller", args=[bid.public_id])).status_code == 404


def test_the_group_reads_its_decision_only_once_it_is_told(visit, bid, asha, stranger, grace):
    lead(bid.group, asha.person)
    url = reverse("decisions:decision", args=[bid.public_id])
    decision = decision_on(bid, conditions=["Insurance before the first day"])
    browser = visit(asha)
    assert browser.get(url).status_code == 404
    operations.ratify(decision, by=grace, at=AT)
    assert browser.get(url).status_code == 404
    assert "Read our decision" not in words(browser.get(reverse("home")))
    operations.release([decision], by=grace, at=AT)
    page = words(browser.get(url))
    for text in ("£2,000", "Insurance before the first day", "The panel liked it."):
        assert text in page
    assert visit(stranger).get(url).status_code == 404


def test_a_no_and_a_place_on_the_reserve_list_read_kindly(visit, bid, asha, grace):
    lead(bid.group, asha.person)
    reserve = operations.ratify(decision_on(bid, outcome="reserve", reserve_rank=2), by=grace, at=AT)
    operations.release([reserve], by=grace, at=AT)
    page = words(visit(asha).get(reverse("decisions:decision", args=[bid.public_id])))
    assert "at place 2" in page


# -- small grants in the office ------------------------------------------------------------------------------------


def test_a_small_grant_by_two_officers_through_the_office(visit, micro, carol, owen):
    browser = visit(carol)
    assert micro.title in words(browser.get(office("decision_delegated")))
    propose = office("decision_propose", micro.public_id)
    hall, food = micro.lines.all()
    sent = {"kind": "none", "outcome": "fund", f"line_{hall.pk}": "600", f"line_{food.pk}": "£150", "reasons": "Good."}
    answer = browser.post(propose, sent)
    decision = Decision.objects.get()
    assert path_of(answer) == office("decision_change", decision.pk)
    assert (decision.amount, [line.amount for line in decision.lines.all()]) == (750, [600, 150])
    own = browser.get(office("decision_change", decision.pk))
    assert "You proposed this decision yourself" in words(own)
    browser = visit(owen)
    assert micro.title in words(browser.get(office("decision_delegated")))
    asked = browser.post(step(decision, "ratify"), {})
    assert asked.status_code == 400
    browser.post(step(decision, "ratify"), {"kind": "known"})
    decision.refresh_from_db()
    assert (decision.status, decision.ratified_by) == ("released", owen)


def test_an_officer_with_a_tie_leaves_the_small_grant_to_a_colleague(visit, micro, carol):
    answer = visit(carol).post(office("decision_propose", micro.public_id), {"kind": "paid"})
    assert path_of(answer) == office("decision_delegated")
    assert micro.interests.get(user=carol).kind == "paid"
    again = visit(carol).post(
        office("decision_propose", micro.public_id), {"kind": "none", "outcome": "decline", "reasons": "kept words"}
    )
    assert "keeps you away" in words(again)
    assert "kept words" in words(again)
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Select what ties you to this group"),
        ({"kind": "none"}, "Select what you propose"),
        ({"kind": "none", "outcome": "decline"}, "Enter the reasons"),
        ({"kind": "none", "outcome": "fund"}, "Enter how much each line gets"),
    ],
)
def test_an_incomplete_proposal_says_what_is_missing(visit, micro, carol, sent, sentence):
    answer = visit(carol).post(office("decision_propose", micro.public_id), sent)
    assert (answer.status_code, sentence in words(answer)) == (400, True)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("name", ["fiona", "anil", "una"])
def test_others_propose_nothing(visit, micro, request, name):
    browser = visit(request.getfixturevalue(name))
    assert browser.post(office("decision_propose", micro.public_id), {"kind": "none"}).status_code == 404


# -- the panel's decisions in the office ---------------------------------------------------------------------------


def test_the_round_page_says_what_is_missing_then_tells_all_together(visit, panel, bid, grace):
    late = BidFactory(round=panel.round)
    browser = visit(grace)
    url = office("decision_round", panel.round.public_id)
    browser.post(step(decision_on(bid), "ratify"), {})
    page = words(browser.get(url))
    assert f"1 bid is still to be decided: {late.reference}." in page
    refused = browser.post(url, {})
    assert refused.status_code == 400
    assert "told together" in words(refused)
    browser.post(step(decision_on(late, outcome="decline"), "ratify"), {})
    browser.post(url, {})
    assert set(Decision.objects.values_list("status", flat=True)) == {"released"}


def test_an_embargo_is_a_date_on_the_page(visit, panel, bid, grace):
    operations.ratify(decision_on(bid), by=grace, at=AT)
    url = office("decision_round", panel.round.public_id)
    browser = visit(grace)
    wrong = browser.post(url, {"not_before_0": "someday", "not_before_1": "09:00"})
    assert (wrong.status_code, "someday" in words(wrong)) == (400, True)
    browser.post(url, {"not_before_0": "04/12/2030", "not_before_1": "09:00"})
    decision = Decision.objects.get()
    assert (decision.status, f"{decision.release_due_at:%d %b %Y %H:%M}") == ("ratified", "04 Dec 2030 09:00")
    assert "told on 4 Dec 2030, 09:00" in words(browser.get(url))


def test_officers_prepare_words_lines_and_the_question_to_the_group(visit, bid, carol):
    decision = decision_on(bid, amount=Decimal(1000))
    for order, line in enumerate(bid.lines.all()):
        DecisionLine.objects.create(
            decision=decision, order=order, category=line.category, item=line.item, asked=line.amount, amount=500
        )
    hall, food = decision.lines.all()
    browser = visit(carol)
    browser.post(step(decision, "words"), {"reasons": "Well led.", "conditions": "One\n\nTwo"})
    wrong = browser.post(step(decision, "lines"), {f"line_{hall.pk}": "900", f"line_{food.pk}": "200"})
    assert "The lines come to £1,100, but the sum is £1,000" in words(wrong)
    browser.post(step(decision, "lines"), {f"line_{hall.pk}": "800", f"line_{food.pk}": "200"})
    browser.post(step(decision, "ask_about_less"), {})
    decision.refresh_from_db()
    assert (decision.status, decision.reasons, decision.conditions) == ("asking", "Well led.", ["One", "Two"])
    browser.post(step(decision, "answer_about_less"), {"agrees": "yes", "note": "By phone"})
    decision.refresh_from_db()
    assert decision.below_least_agreed_at is not None


def test_several_decisions_are_confirmed_from_the_list(visit, panel, grace, carol):
    decisions = [decision_on(BidFactory(round=panel.round)) for _ in range(2)]
    chosen = {"action": "confirm_chosen", "_selected_action": [each.pk for each in decisions]}
    visit(carol).post(office("decision_changelist"), chosen)
    assert not Decision.objects.filter(status="ratified").exists()
    visit(grace).post(office("decision_changelist"), chosen)
    assert Decision.objects.filter(status="ratified").count() == 2


def test_setting_aside_needs_a_reason(visit, bid, grace):
    decision = decision_on(bid)
    assert visit(grace).post(step(decision, "set_aside"), {}).status_code == 400
    visit(grace).post(step(decision, "set_aside"), {"reason": "The minute says otherwise."})
    decision.refresh_from_db()
    assert decision.status == "set_aside"


def test_the_reserve_list_is_ordered_and_drawn_from(visit, panel, bid, carol, grace):
    reserve = decision_on(bid, outcome="reserve", reserve_rank=3)
    visit(carol).post(step(reserve, "rank"), {"rank": "1"})
    operations.ratify(reserve, by=grace, at=AT)
    operations.release(panel.round, by=grace, at=AT)
    wrong = visit(carol).post(step(reserve, "reconsider"), {})
    assert wrong.status_code == 400
    visit(carol).post(step(reserve, "reconsider"), {"outcome": "fund"})
    new = Decision.objects.exclude(pk=reserve.pk).get()
    assert (new.status, new.amount) == ("proposed", 2000)


def test_a_meeting_is_planned_and_moved_in_the_office(visit, panel, carol):
    browser = visit(carol)
    url = office("meeting_plan", panel.round.public_id)
    wrong = browser.post(url, {"venue": "Town hall"})
    assert (wrong.status_code, "Town hall" in words(wrong)) == (400, True)
    browser.post(url, {"held_at_0": "20/11/2026", "held_at_1": "18:00", "venue": "Town hall"})
    meeting = Meeting.objects.get()
    assert meeting.held_at == HELD
    browser.post(
        office("meeting_step", meeting.pk, "move"), {"held_at_0": "21/11/2026", "held_at_1": "18:00", "venue": ""}
    )
    meeting.refresh_from_db()
    assert (meeting.held_at.day, meeting.venue) == (21, "")


def test_the_front_page_of_the_office_names_what_waits(visit, panel, bid, micro, carol, grace):
    page = words(visit(carol).get(reverse("admin:index")))
    for title in ("Choose scorers", "Decide small grants", "Plan a panel meeting"):
        assert title in page
    decision = decision_on(bid)
    assert "Confirm decisions" in words(visit(grace).get(reverse("admin:index")))
    operations.ratify(decision, by=grace, at=AT)
    assert "Tell the groups" in words(visit(grace).get(reverse("admin:index")))


def test_the_list_of_decisions_costs_the_same_for_one_and_for_thirty(
    visit, panel, grace, django_assert_max_num_queries
):
    decision_on(BidFactory(round=panel.round))
    browser = visit(grace)
    browser.get(office("decision_changelist"))
    with django_assert_max_num_queries(40) as one:
        browser.get(office("decision_changelist"))
    for _ in range(24):
        decision_on(BidFactory(round=panel.round))
    with django_assert_max_num_queries(len(one)):
        browser.get(office("decision_changelist"))


# -- evidence ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["carol", "grace", "una", "chief"])
@pytest.mark.parametrize("model", [Vote, Motion, Meeting, Decision])
def test_nobody_writes_votes_motions_or_decisions_through_the_office(
    visit, panel, bid, dev, grace, request, name, model
):
    declare(bid, dev)
    scored(bid, dev, 3, 3)
    motion = motion_on(meeting_of(panel, dev), bid)
    seat = panel.seats.get(person__user=dev)
    Vote.objects.create(motion=motion, seat=seat, choice="for", cast_at=HELD, recorded_by=dev)
    operations.ratify(decision_on(bid, motion=motion), by=grace, at=AT)
    chief = User.objects.create_superuser("chief@example.org")
    user = chief if name == "chief" else request.getfixturevalue(name)
    before = [list(each.objects.order_by("pk").values()) for each in (Vote, Motion, Meeting, Decision, DecisionLine)]
    browser, label, row = visit(user), model._meta.model_name, model.objects.first()
    for url in (office(f"{label}_add"), office(f"{label}_change", row.pk), office(f"{label}_delete", row.pk)):
        browser.post(url, {"choice": "against", "status": "lost", "amount": "1", "minute": "x", "post": "yes"})
    browser.post(office(f"{label}_changelist"), {"action": "delete_selected", "_selected_action": [row.pk]})
    after = [list(each.objects.order_by("pk").values()) for each in (Vote, Motion, Meeting, Decision, DecisionLine)]
    assert after == before
