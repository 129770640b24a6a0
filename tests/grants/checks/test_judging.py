"""What the system finds, and what a person judges beside it."""

from datetime import date
from decimal import Decimal

import pytest

from communities.core.models import Event
from communities.core.refusals import Refused
from communities.groups.models import RelatedPeople
from grants.applications.models import Application
from grants.checks.models import BidCheck
from grants.checks.operations.judging import Judged, accept_findings, find, judge, judge_many, set_place
from grants.checks.operations.steps import assess
from grants.checks.queries.cases import bid_checks
from tests.factories.applications import ApplicationFactory
from tests.factories.checks import LATER, HoldFactory, ask_for, judge_all
from tests.factories.groups import GroupFactory, PersonFactory, make_group


def finding(bid, rule):
    check = bid.checks.get(rule=rule)
    return check.finding, check.finding_note


def changed(bid, **fields):
    """The same bid after somebody changed it, looked at again."""
    Application.objects.filter(pk=bid.pk).update(**fields)
    bid = Application.objects.get(pk=bid.pk)
    find(bid, at=LATER)
    return bid


# -- what the system finds ---------------------------------------------------------------------------------------------


def test_every_rule_has_looked_at_a_bid_when_it_was_sent(bid):
    assert list(bid.checks.values_list("rule", flat=True)) == [
        "amount", "budget", "dates", "not_started", "shares", "place", "leaders", "governing", "previous", "signals",
    ]  # fmt: skip


def test_a_right_bid_looks_right_but_for_a_place_nobody_can_look_up(bid):
    assert set(bid.checks.exclude(rule="place").values_list("finding", flat=True)) == {"passed"}
    assert finding(bid, "place")[0] == "unknown"


def test_an_amount_outside_every_tier_looks_wrong(bid):
    bid = changed(bid, tier=None, requested=Decimal(90000), total_cost=Decimal(90000))
    assert finding(bid, "amount") == ("failed", "£90,000 is not within any size of grant in this round.")


def test_a_budget_whose_lines_do_not_add_up_looks_wrong(bid):
    bid.lines.update(amount=Decimal(700))
    bid = changed(bid)
    assert finding(bid, "budget") == (
        "failed", "The lines for this grant add up to £700, but £900 is asked for.",
    )  # fmt: skip


def test_dates_outside_the_round_look_wrong(bid):
    assert finding(changed(bid, ends_on=date(2030, 1, 1)), "dates")[0] == "failed"


@pytest.mark.parametrize(
    ("starts", "expected"),
    [(date(2026, 10, 1), "failed"), (date(2026, 10, 14), "unknown"), (date(2027, 1, 8), "passed")],
)
def test_nothing_is_paid_for_that_has_started(bid, starts, expected):
    assert finding(changed(bid, starts_on=starts), "not_started")[0] == expected


def test_shares_that_do_not_make_a_whole_look_wrong(bid):
    bid.places.update(share=60)
    assert finding(changed(bid), "shares") == ("failed", "The shares add up to 60%.")


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [("in", "passed"), ("not_sure", "unknown"), ("elsewhere", "unknown"), ("unknown", "unknown")],
)
def test_a_place_is_never_a_no_by_machine(bid, verdict, expected):
    assert finding(changed(bid, place_verdict=verdict), "place")[0] == expected


def test_two_people_of_one_household_are_not_two(bid, asha, ben):
    first, second = sorted((asha.person, ben.person), key=lambda person: person.pk)
    RelatedPeople.objects.create(group=bid.group, person_a=first, person_b=second, declared_by=asha, declared_at=LATER)
    assert finding(changed(bid), "leaders")[0] == "failed"


def test_an_unrelated_member_who_is_no_leader_is_for_a_person_to_judge(bid, ben):
    bid.group.memberships.filter(person=ben.person).update(is_leader=False)
    assert finding(changed(bid), "leaders")[0] == "unknown"


def test_a_group_without_written_rules_needs_a_body_that_holds_the_money(bid):
    type(bid.group).objects.filter(pk=bid.group_id).update(kind="unconstituted")
    assert finding(changed(bid), "governing")[0] == "failed"
    bid.group.accountable_bodies.create(name="Clacton Volunteer Centre", contact_name="Vi", starts_on=date(2026, 1, 1))
    assert finding(changed(bid), "governing") == (
        "unknown", "Clacton Volunteer Centre would hold the money. Their agreement has not been sent yet.",
    )  # fmt: skip


def test_a_hold_on_the_group_is_seen(bid):
    HoldFactory(group=bid.group)
    assert finding(changed(bid), "previous")[0] == "failed"


@pytest.mark.parametrize(
    "same",
    [
        {"title": "Warm SUPPERS on Fridays"},
        {"title": "Other", "postcode": "SS8 7RE"},
        {"title": "Other", "group": "charity"},
        {"title": "Other", "search_text": "words"},
    ],
)
def test_a_bid_like_another_is_named_for_a_person_to_compare(bid, same):
    type(bid.group).objects.filter(pk=bid.group_id).update(charity_number="1234567")
    Application.objects.filter(pk=bid.pk).update(postcode="SS8 7RE", search_text="words")
    group = make_group(PersonFactory(), name="Lookalike", charity_number="1234567" if "group" in same else "")
    ApplicationFactory(sent=True, round=bid.round, reference="CCF-2026-0777", **{**same, "group": group})
    seen, note = finding(changed(bid), "signals")
    assert seen == "unknown"
    assert "CCF-2026-0777" in note


def test_withdrawn_bids_and_bids_of_other_rounds_are_no_look_alikes(bid, round_):
    ApplicationFactory(sent=True, round=round_, group=GroupFactory(), title=bid.title, status="withdrawn")
    ApplicationFactory(sent=True, group=GroupFactory(), title=bid.title)
    assert finding(changed(bid), "signals")[0] == "passed"


# -- the kinds of check a tier asks for --------------------------------------------------------------------------------


def test_a_kind_of_check_with_the_code_of_a_rule_shows_what_the_rule_found(bid):
    ask_for(bid.tier, "previous", subject="bid")
    check = changed(bid).checks.get(rule="previous")
    assert (check.name, check.finding, check.check_type.code) == ("Check of previous", "passed", "previous")


def test_a_kind_of_check_without_a_rule_is_for_a_person(bid):
    ask_for(bid.tier, "subsidy", subject="bid", level="if_relevant")
    check = changed(bid).checks.get(rule="subsidy")
    assert (check.finding, check.finding_note, check.is_required) == ("unknown", "Ring them.", False)


def test_what_is_judged_on_the_group_is_not_judged_again_on_the_bid(bid):
    ask_for(bid.tier, "leaders")
    bid = changed(bid)
    assert bid.checks.get(rule="leaders").is_required is False
    assert "leaders" not in {check.rule for check in bid_checks(bid)}


# -- what a person judges ----------------------------------------------------------------------------------------------


def test_an_officer_judges_a_check_and_the_record_tells_it(case, carol):
    judge(case.checks.get(rule="place"), judgement="passed", note="The hall is in Leigh Road.", by=carol, at=LATER)
    check = case.checks.get(rule="place")
    assert (check.judgement, check.judged_by, check.judged_at) == ("passed", carol, LATER)
    assert Event.objects.get(verb="application.judge").detail.data == {
        "place": ["passed", "The hall is in Leigh Road."]
    }


@pytest.mark.parametrize("who", ["asha", "fiona", "stranger", "anil"])
def test_only_officers_judge(case, request, who):
    with pytest.raises(Refused) as refused:
        judge(case.checks.get(rule="place"), judgement="passed", by=request.getfixturevalue(who), at=LATER)
    assert refused.value.status == 403


def test_a_no_and_a_contrary_view_need_a_note(case, carol):
    with pytest.raises(Refused, match="needs a note"):
        judge(case.checks.get(rule="budget"), judgement="failed", by=carol, at=LATER)
    assert case.checks.get(rule="budget").judgement == ""


def test_nothing_is_judged_before_checks_have_started(bid, carol):
    with pytest.raises(Refused, match="not being checked"):
        judge(bid.checks.get(rule="place"), judgement="passed", by=carol, at=LATER)


def test_several_are_judged_together_or_none(case, carol):
    place, budget = case.checks.get(rule="place"), case.checks.get(rule="budget")
    with pytest.raises(Refused):
        judge_many(case, judged=[Judged(place, "passed"), Judged(budget, "failed")], by=carol, at=LATER)
    assert not case.checks.exclude(judgement="").exists()


def test_a_check_of_another_bid_is_left_alone(case, carol):
    other = BidCheck.objects.create(
        application=ApplicationFactory(sent=True, group=GroupFactory()), rule="x", name="X", found_at=LATER
    )
    judge_many(case, judged=[Judged(other, "passed")], by=carol, at=LATER)
    other.refresh_from_db()
    assert other.judgement == ""


def test_an_officer_agrees_with_all_that_looks_right_at_once(case, carol):
    assert accept_findings(case, by=carol, at=LATER) == 9
    assert list(case.checks.filter(judgement="").values_list("rule", flat=True)) == ["place"]
    assert accept_findings(case, by=carol, at=LATER) == 0


def test_a_judgement_stands_until_what_it_was_about_changes(case, carol):
    judge_all(case, carol)
    bid = changed(case, place_verdict="elsewhere")
    assert bid.checks.get(rule="place").judgement == ""
    assert bid.checks.get(rule="budget").judgement == "passed"


# -- the place ---------------------------------------------------------------------------------------------------------


def test_an_officer_decides_where_a_bid_belongs(case, carol):
    set_place(case, place=case.places.get().place, verdict="in", reason="The hall is there.", by=carol, at=LATER)
    case.refresh_from_db()
    assert (case.place.code, case.place_verdict, case.place_note) == ("CAN", "in", "The hall is there.")
    assert finding(case, "place")[0] == "passed"


@pytest.mark.parametrize(("verdict", "reason"), [("in", "Because"), ("elsewhere", "")])
def test_a_place_needs_a_reason_and_fits_its_verdict(case, carol, verdict, reason):
    with pytest.raises(Refused):
        set_place(case, place=None, verdict=verdict, reason=reason, by=carol, at=LATER)


# -- on to assessment --------------------------------------------------------------------------------------------------


def test_a_bid_goes_to_assessment_when_everything_is_judged(case, carol):
    judge_all(case, carol)
    assess(case, by=carol, at=LATER)
    case.refresh_from_db()
    assert case.status == "in_assessment"


def test_open_checks_keep_a_bid_back_and_are_counted(case, carol):
    accept_findings(case, by=carol, at=LATER)
    with pytest.raises(Refused, match="One check is still open"):
        assess(case, by=carol, at=LATER)


def test_open_checks_on_the_group_keep_it_back_too(case, carol):
    judge_all(case, carol)
    ask_for(case.tier, "identity", "account")
    ask_for(case.tier, "safeguarding", level="if_relevant")
    with pytest.raises(Refused, match="Two checks are still open"):
        assess(case, by=carol, at=LATER)


def test_a_check_that_was_not_passed_keeps_it_back(case, carol):
    judge_all(case, carol)
    judge(case.checks.get(rule="budget"), judgement="failed", note="Twice the hall", by=carol, at=LATER)
    with pytest.raises(Refused, match="Not passed: The budget adds up"):
        assess(case, by=carol, at=LATER)
