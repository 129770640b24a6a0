"""A question to the group, and the answer, which becomes the next sent copy."""

from datetime import date, timedelta

import pytest

from communities.core.dates import add_working_days
from communities.core.models import Message
from communities.core.refusals import Refused
from grants.applications.models import Application, SectionAnswer
from grants.applications.operations import save_section, withdraw
from grants.checks.models import InformationRequest
from grants.checks.operations.requests import answer_request, ask, remind_overdue, stop_waiting
from grants.checks.queries.comparison import copies
from tests.factories.checks import LATER, judge_all

DUE = date(2026, 11, 3)


@pytest.fixture
def asked(case, carol):
    """Carol asks about the idea."""
    return ask(case, message="Who cooks?", sections=["idea"], due_on=DUE, by=carol, at=LATER)


def write(bid, section, by, **changes):
    bid = Application.objects.get(pk=bid.pk)
    answer = SectionAnswer.objects.get(application=bid, section=section)
    content = {**answer.content, **changes}
    return save_section(bid, section=section, content=content, version=answer.version, by=by, at=LATER)


def test_the_group_is_asked_by_mail_with_the_question_and_the_day(asked, case, asha, ben):
    case.refresh_from_db()
    assert (case.status, case.open_sections, asked.case) == ("more_info", ["idea"], case.case)
    letters = Message.objects.filter(template="information_asked")
    assert set(letters.values_list("recipient", flat=True)) == {asha.email, ben.email}
    for words in ("Who cooks?", "Tuesday 3 November 2026", f"/apply/{case.public_id}/answer/"):
        assert words in letters[0].body


def test_the_group_has_at_least_five_working_days(case, carol):
    with pytest.raises(Refused, match="at least five working days"):
        ask(case, message="Who?", sections=[], due_on=add_working_days(LATER.date(), 4), by=carol, at=LATER)
    case.refresh_from_db()
    assert case.status == "in_check"


def test_only_officers_ask(case, asha):
    with pytest.raises(Refused) as refused:
        ask(case, message="Who?", sections=[], due_on=DUE, by=asha, at=LATER)
    assert refused.value.status == 403


def test_what_was_asked_about_can_be_changed_and_nothing_else(asked, case, asha):
    write(case, "idea", asha, what="Pat cooks every Friday.")
    with pytest.raises(Refused, match="We did not ask about this part"):
        write(case, "after", asha, after="More.") if SectionAnswer.objects.filter(
            application=case, section="after"
        ).exists() else write(case, "safe", asha, at_risk=False)


def test_an_answer_is_the_next_sent_copy_and_the_bid_goes_on(asked, case, asha, carol):
    write(case, "idea", asha, what="Pat cooks every Friday.")
    copy = answer_request(asked, reply="It is Pat.", by=asha, at=LATER)
    asked.refresh_from_db()
    case.refresh_from_db()
    assert (copy.number, asked.status, asked.reply, asked.answered_by, asked.submission) == (
        2, "answered", "It is Pat.", asha, copy,
    )  # fmt: skip
    assert (case.status, case.open_sections) == ("in_check", [])
    assert Message.objects.get(template="information_answered").recipient == carol.email


def test_the_two_copies_are_compared_answer_by_answer(asked, case, asha):
    write(case, "idea", asha, what="Pat cooks every Friday.")
    answer_request(asked, by=asha, at=LATER)
    [copy] = copies(list(case.submissions.all()))
    assert [(change.question, change.before, change.after) for change in copy.changes] == [
        ("What do you want to do?", "Cook and eat together every Friday.", "Pat cooks every Friday."),
    ]


def test_the_system_looks_at_the_answer_and_only_what_changed_is_judged_again(case, carol, asha):
    judge_all(case, carol)
    asked = ask(case, message="Is it less?", sections=["money"], due_on=DUE, by=carol, at=LATER)
    budget = {
        "lines": [{"category": "venue", "item": "Hall", "amount": "700.00", "funded_by": "grant"}],
        "minimum": "600",
    }
    write(case, "money", asha, budget=budget)
    answer_request(asked, by=asha, at=LATER)
    assert set(case.checks.filter(judgement="").values_list("rule", flat=True)) == {"amount", "budget"}


@pytest.mark.parametrize("who", ["carol", "stranger"])
def test_only_leaders_of_the_group_answer(asked, request, who):
    with pytest.raises(Refused) as refused:
        answer_request(asked, reply="Me.", by=request.getfixturevalue(who), at=LATER)
    assert refused.value.status == 403


def test_a_member_who_is_no_leader_helps_to_write_but_does_not_send(asked, case, ben):
    case.group.memberships.filter(person=ben.person).update(is_leader=False)
    write(case, "idea", ben, what="Pat cooks.")
    with pytest.raises(Refused):
        answer_request(asked, by=ben, at=LATER)


def test_a_part_left_incomplete_is_not_sent(asked, case, asha):
    write(case, "idea", asha, what="")
    with pytest.raises(Refused, match="not complete"):
        answer_request(asked, by=asha, at=LATER)
    assert case.submissions.count() == 1


def test_a_question_without_parts_wants_words(case, carol, asha):
    asked = ask(case, message="Who is the caretaker?", sections=[], due_on=DUE, by=carol, at=LATER)
    with pytest.raises(Refused, match="Your answer is empty"):
        answer_request(asked, reply=" ", by=asha, at=LATER)
    assert answer_request(asked, reply="Mr Field.", by=asha, at=LATER).number == 2


def test_a_question_is_answered_once(asked, case, asha, ben):
    answer_request(asked, by=asha, at=LATER)
    with pytest.raises(Refused):
        answer_request(asked, by=ben, at=LATER)
    assert case.submissions.count() == 2


# -- the promise -------------------------------------------------------------------------------------------------------


def test_days_of_waiting_do_not_count_where_the_promise_is_in_working_days(asked, case, asha):
    before = case.answer_due_on
    answer_request(asked, by=asha, at=LATER + timedelta(days=7))
    case.refresh_from_db()
    assert case.answer_due_on == add_working_days(before, 5)


def test_a_round_that_tells_everybody_together_keeps_its_day(case, carol, asha):
    type(case).objects.filter(pk=case.pk).update(tier=case.terms.tiers.get(code="small"))
    case.refresh_from_db()
    asked = ask(case, message="Who cooks?", sections=[], due_on=DUE, by=carol, at=LATER)
    answer_request(asked, reply="Pat.", by=asha, at=LATER + timedelta(days=7))
    due = case.answer_due_on
    case.refresh_from_db()
    assert case.answer_due_on == due


# -- no answer ---------------------------------------------------------------------------------------------------------


def test_a_group_whose_day_has_passed_is_reminded_once(asked, asha, ben):
    late = LATER + timedelta(days=20)
    remind_overdue(at=late)
    remind_overdue(at=late + timedelta(days=1))
    reminders = Message.objects.filter(template="information_overdue")
    assert set(reminders.values_list("recipient", flat=True)) == {asha.email, ben.email}
    assert reminders.count() == 2


def test_nobody_is_reminded_before_the_day(asked):
    remind_overdue(at=LATER)
    assert not Message.objects.filter(template="information_overdue").exists()


def test_an_officer_goes_on_without_the_answer_and_the_group_is_told(asked, case, carol):
    stop_waiting(asked, reason="Two weeks have passed.", by=carol, at=LATER)
    asked.refresh_from_db()
    case.refresh_from_db()
    assert (asked.status, case.status, case.open_sections) == ("closed", "in_check", [])
    assert "Two weeks have passed." in Message.objects.filter(template="information_not_awaited")[0].body


def test_words_begun_and_never_sent_are_put_back_to_the_sent_copy(case, carol, asha):
    asked = ask(case, message="Is it less?", sections=["money"], due_on=DUE, by=carol, at=LATER)
    budget = {
        "lines": [{"category": "venue", "item": "Hall", "amount": "2000.00", "funded_by": "grant"}],
        "minimum": "9",
    }
    write(case, "money", asha, budget=budget)
    stop_waiting(asked, reason="No answer.", by=carol, at=LATER)
    case.refresh_from_db()
    assert (case.requested, case.tier.code, case.minimum_viable, case.lines.get().amount) == (900, "micro", 600, 900)


def test_going_on_needs_a_reason(asked, carol):
    with pytest.raises(Refused, match="Say why"):
        stop_waiting(asked, reason="", by=carol, at=LATER)


def test_a_group_that_withdraws_is_not_waited_for(asked, case, asha):
    withdraw(Application.objects.get(pk=case.pk), reason="We have the money.", by=asha, at=LATER)
    asked.refresh_from_db()
    assert asked.status == InformationRequest.Status.CLOSED
