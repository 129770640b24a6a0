"""Beginning and writing a bid."""

from datetime import timedelta
from decimal import Decimal

import pytest

from communities.core.models import Event
from communities.core.refusals import Refused
from grants.applications import operations, queries
from grants.applications.models import Application
from grants.applications.operations import StaleAnswer
from tests.cast import AT
from tests.factories.applications import ApplicationFactory, lines, whole_content
from tests.factories.groups import make_group


def save(bid, section, content, by, version=0, at=AT):
    return operations.save_section(bid, section=section, content=content, version=version, by=by, at=at)


# -- beginning ---------------------------------------------------------------------------------------------------------


def test_a_member_starts_a_bid_in_an_open_round(round_, group, asha):
    bid = operations.start(round=round_, group=group, amount=Decimal(900), by=asha, at=AT)
    assert (bid.status, bid.started_by, bid.reference) == ("draft", asha, "")
    assert (bid.requested, bid.tier.code) == (Decimal(900), "micro")
    assert Event.objects.get(verb="application.start").case == bid.case


def test_a_stranger_cannot_start_a_bid_for_the_group(round_, group, stranger):
    with pytest.raises(Refused) as refused:
        operations.start(round=round_, group=group, by=stranger, at=AT)
    assert refused.value.status == 403
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        (lambda round_: round_.opens_at - timedelta(seconds=1), "This round is not open."),
        (
            lambda round_: round_.closes_at + timedelta(seconds=1),
            "This round closed at 12 noon on Friday 16 October 2026 (BST).",
        ),
    ],
)
def test_no_bid_starts_before_the_opening_or_after_the_deadline(round_, group, asha, moment, sentence):
    with pytest.raises(Refused) as refused:
        operations.start(round=round_, group=group, by=asha, at=moment(round_))
    assert refused.value.sentence == sentence


def test_a_group_on_hold_starts_no_bid(round_, group, asha):
    type(group).objects.filter(pk=group.pk).update(status="suspended")
    group.refresh_from_db()
    with pytest.raises(Refused, match="Your group is on hold"):
        operations.start(round=round_, group=group, by=asha, at=AT)


def test_a_second_unsent_bid_in_the_same_round_is_refused(round_, group, bid, asha):
    with pytest.raises(Refused, match="begun a bid in this round already"):
        operations.start(round=round_, group=group, by=asha, at=AT)


def test_a_bid_begins_with_a_name_two_people_and_a_place(round_, canvey, asha):
    bid = operations.begin(
        round=round_, name="Jaywick Warm Table", place=canvey, lead=asha.person, lead_name="Asha Rahman",
        second={"full_name": "Pat Reeve", "email": "", "phone": "01632 960 111"}, by=asha, at=AT,
    )  # fmt: skip
    people = [(m.person.full_name, m.role, m.is_leader) for m in bid.group.memberships.order_by("pk")]
    assert people == [("Asha Rahman", "lead", True), ("Pat Reeve", "member", True)]
    assert bid.group.place == canvey


def test_begun_twice_with_the_same_words_it_is_one_bid_of_one_group(round_, canvey, asha):
    words = {"name": "Jaywick Warm Table", "place": canvey, "lead": asha.person, "lead_name": "Asha Patel",
             "second": {"full_name": "Pat Reeve", "email": "", "phone": ""}, "by": asha, "at": AT}  # fmt: skip
    first, again = (operations.begin(round=round_, amount=900, **words) for _ in range(2))
    assert (first, operations.start(round=round_, group=first.group, amount=900, by=asha, at=AT)) == (again, first)
    assert operations.begin(round=round_, amount=900, **words | {"name": "Another"}) != first


# -- writing -----------------------------------------------------------------------------------------------------------


def test_an_answer_is_kept_even_when_it_is_not_finished(bid, asha):
    answer = save(bid, "idea", {"title": "Suppers", "what": ""}, asha)
    bid.refresh_from_db()
    assert (answer.version, answer.is_complete, bid.title) == (1, False, "Suppers")
    assert ("idea", "Enter an answer to “What do you want to do?”") in queries.problems(bid)


def test_a_second_writer_sees_the_first_ones_words_and_overwrites_nothing(bid, asha, ben):
    save(bid, "idea", {"title": "Asha’s title", "what": "Asha’s words"}, asha)
    with pytest.raises(StaleAnswer) as stale:
        save(bid, "idea", {"title": "Ben’s title", "what": "Ben’s words"}, ben)
    assert stale.value.answer.content["what"] == "Asha’s words"
    assert stale.value.sentence == "Asha Patel saved this page while you were writing."
    assert bid.answers.get().content["what"] == "Asha’s words"


def test_two_writers_of_different_sections_do_not_meet(bid, asha, ben):
    save(bid, "idea", {"title": "A title", "what": "Words"}, asha)
    save(bid, "safe", {"at_risk": False}, ben)
    assert bid.answers.count() == 2


def test_a_stranger_cannot_write(bid, stranger):
    with pytest.raises(Refused) as refused:
        save(bid, "idea", {"title": "Mine"}, stranger)
    assert refused.value.status == 403


def test_officers_read_bids_and_write_none(bid, carol):
    with pytest.raises(Refused):
        save(bid, "idea", {"title": "Ours"}, carol)
    assert Application.objects.visible_to(carol).get() == bid


def test_a_section_that_is_not_asked_for_this_amount_is_refused(bid, asha):
    with pytest.raises(Refused, match="not asked for the amount"):
        save(bid, "after", {"after": "Much"}, asha)


def test_the_amount_of_the_budget_decides_the_size_of_grant_and_the_questions(bid, asha):
    assert "after" not in {part.key for part in queries.parts(bid)}
    save(bid, "money", {"budget": {"lines": lines(520, 360, 300), "minimum": "900.00"}}, asha)
    bid.refresh_from_db()
    assert (bid.tier.code, bid.requested, bid.minimum_viable) == ("small", Decimal("1180.00"), Decimal("900.00"))
    assert "after" in {part.key for part in queries.parts(bid)}


def test_money_of_others_counts_towards_the_cost_and_not_towards_what_is_asked(bid, asha):
    budget = {"lines": [*lines(400), *lines(250, funded_by="own")], "minimum": "300.00"}
    save(bid, "money", {"budget": budget}, asha)
    bid.refresh_from_db()
    assert (bid.requested, bid.total_cost) == (Decimal(400), Decimal(650))
    assert [line.amount for line in bid.lines.all()] == [Decimal(400), Decimal(250)]


@pytest.mark.parametrize(
    ("budget", "sentence"),
    [
        ({"lines": [], "minimum": None}, "Add at least one cost"),
        (
            {"lines": lines(200), "minimum": "100.00"},
            "You ask for £200. The least you can ask for in this round is £300",
        ),
        (
            {"lines": lines(3000, 2001), "minimum": "100.00"},
            "You ask for £5,001. The most you can ask for in this round is £5,000",
        ),
        (
            {"lines": lines(900), "minimum": "900.01"},
            "The least that would still work must not be more than the £900 you ask for",
        ),
        ({"lines": lines(900), "minimum": None}, "Enter the least that would still work"),
        (
            {"lines": lines(900, funded_by="own"), "minimum": "1.00"},
            "Nothing is to be paid by this grant. Choose “This grant” for the costs you ask us to pay",
        ),
    ],
)
def test_a_budget_that_does_not_fit_is_kept_and_named(bid, asha, budget, sentence):
    save(bid, "money", {"budget": budget}, asha)
    bid.refresh_from_db()
    assert sentence in [problem for section, problem in queries.problems(bid) if section == "money"]


def test_shares_of_places_must_add_up_to_a_hundred(bid, asha):
    rows = [{"where": "place", "place": "CAN", "share": 60}, {"where": "outside", "place": "", "share": 30}]
    save(bid, "where", {**whole_content()["where"], "places": rows}, asha)
    bid.refresh_from_db()
    assert ("where", "The shares of the places add up to 90. They must add up to 100") in queries.problems(bid)
    assert [(row.where, row.share) for row in bid.places.order_by("-share")] == [("place", 60), ("outside", 30)]


def test_without_loaded_postcodes_the_place_people_name_counts(bid, asha, canvey):
    save(bid, "where", whole_content()["where"], asha)
    bid.refresh_from_db()
    assert (bid.postcode, bid.place_verdict, bid.place) == ("SS8 7RE", "unknown", canvey)
    assert not [problem for section, problem in queries.problems(bid) if section == "where"]


def test_an_officers_word_on_the_place_outlasts_a_new_look_up(bid, asha, canvey):
    Application.objects.filter(pk=bid.pk).update(place_note="Rang them: it is on the island.", place_verdict="in")
    save(bid, "where", {**whole_content()["where"], "postcode": "CO15 2DL"}, asha)
    bid.refresh_from_db()
    assert bid.place_verdict == "in"


def test_one_goal_is_the_main_one(bid, asha):
    save(bid, "difference", whole_content()["difference"], asha)
    assert [(row.goal.number, row.is_primary) for row in bid.goals.all()] == [(8, True), (12, False)]
    save(bid, "difference", {**whole_content()["difference"], "goals": {"main": 12, "others": [8]}}, asha, version=1)
    assert [(row.goal.number, row.is_primary) for row in bid.goals.all()] == [(12, True), (8, False)]


def test_dates_outside_the_round_are_named(bid, asha):
    save(bid, "dates", {"dates": {"starts_on": "2026-11-01", "ends_on": "2028-02-01"}}, asha)
    sentences = [problem for section, problem in queries.problems(bid) if section == "dates"]
    assert sentences == [
        "The first day must be 7 December 2026 or later",
        "The last day must be 31 January 2028 or earlier",
    ]


def test_too_many_words_are_kept_and_counted(bid, asha):
    save(bid, "idea", {"title": "Suppers", "what": "word " * 103}, asha)
    assert ("idea", "Your answer to “What do you want to do?” must be 100 words or fewer. It is 3 too long") in (
        queries.problems(bid)
    )


def test_what_was_written_can_be_found_by_its_words(bid, asha):
    save(bid, "idea", {"title": "Suppers", "what": "Cooking with marrows"}, asha)
    bid.refresh_from_db()
    assert "marrows" in bid.search_text


def test_the_task_list_says_how_far_each_part_has_come(bid, asha):
    save(bid, "idea", {"title": "Suppers", "what": ""}, asha)
    save(bid, "safe", {"at_risk": False}, asha)
    bid.refresh_from_db()
    states = {task.section: task.state for task in queries.task_list(bid)}
    assert states == {
        "idea": "In progress", "where": "Not started", "difference": "Not started", "money": "Not started",
        "dates": "Not started", "safe": "Completed", "declaration": "Not started",
    }  # fmt: skip


def test_a_group_sees_its_own_bids_only(bid, stranger, asha, carol):
    make_group(stranger, name="Somewhere Else Club")
    ApplicationFactory(round=bid.round)
    assert list(Application.objects.visible_to(asha)) == [bid]
    assert list(Application.objects.visible_to(stranger)) == []
    assert list(queries.own_bids(carol)) == []
