"""Sending a bid, taking it back, and what the clock does to one that was never sent."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from communities.core.canonical import digest
from communities.core.models import Event, Message
from communities.core.permissions import SYSTEM
from communities.core.refusals import Refused
from grants.applications import operations, queries
from grants.applications.models import Application, Submission
from tests.cast import AT
from tests.factories.applications import ApplicationFactory, fill_in
from tests.factories.groups import MembershipFactory, PersonFactory, make_group


def send(bid, by, at=AT):
    return operations.submit(bid, by=by, at=at)


# -- who, and when -----------------------------------------------------------------------------------------------------


def test_any_declared_leader_sends_a_complete_bid(ready, ben):
    sent = send(ready, ben)
    ready.refresh_from_db()
    assert (ready.status, ready.reference, ready.submitted_by) == ("submitted", "CCF-2026-0001", ben)
    assert (sent.number, sent.sent_by, sent.sent_at) == (1, ben, AT)


def test_the_receipt_goes_to_everybody_with_an_address_and_names_who_sent_it(ready, asha, ben):
    MembershipFactory(group=ready.group, person=PersonFactory(full_name="Sheila Moss", email=""))
    send(ready, ben)
    receipts = Message.objects.filter(template="application_received")
    assert {receipt.recipient for receipt in receipts} == {asha.email, ben.email}
    assert "Sent by Ben Carter" in receipts[0].body
    assert receipts[0].subject == "We have your bid CCF-2026-0001"


def test_people_who_share_an_address_get_one_message_that_greets_both(ready, asha):
    for name in ("Doreen Hall", "Ron Hall"):
        MembershipFactory(group=ready.group, person=PersonFactory(full_name=name, email="halls@example.org"))
    send(ready, asha)
    assert Message.objects.get(recipient="halls@example.org").recipient_name == "Doreen Hall and Ron Hall"


def test_a_member_who_is_no_leader_cannot_send(ready, dev):
    MembershipFactory(group=ready.group, person=dev.person)
    with pytest.raises(Refused) as refused:
        send(ready, dev)
    assert refused.value.status == 403


def test_a_leader_who_has_left_cannot_send(ready, ben):
    ready.group.memberships.filter(person=ben.person).update(ends_on="2026-09-30")
    with pytest.raises(Refused):
        send(ready, ben)


def test_a_stranger_cannot_send(ready, stranger):
    make_group(stranger, name="Somewhere Else Club")
    with pytest.raises(Refused):
        send(ready, stranger)


@pytest.mark.parametrize(
    "closes",
    [
        datetime(2026, 10, 16, 11, 0, tzinfo=UTC),  # noon in summer time
        datetime(2026, 10, 30, 12, 0, tzinfo=UTC),  # noon in winter time
        datetime(2026, 10, 25, 12, 0, tzinfo=UTC),  # the day the clocks go back
        datetime(2027, 3, 28, 11, 0, tzinfo=UTC),  # the day they go forward
    ],
)
@pytest.mark.parametrize(
    ("late", "accepted"),
    [
        (timedelta(seconds=-1), True),
        (timedelta(0), True),
        (timedelta(seconds=1), True),
        (timedelta(minutes=15), True),
        (timedelta(minutes=15, seconds=1), False),
    ],
)
def test_a_draft_has_fifteen_minutes_of_grace_and_not_a_second_more(ready, asha, closes, late, accepted):
    type(ready.round).objects.filter(pk=ready.round.pk).update(closes_at=closes)
    ready.refresh_from_db()
    if accepted:
        send(ready, asha, at=closes + late)
        assert Application.objects.get(pk=ready.pk).status == "submitted"
    else:
        with pytest.raises(Refused, match="This round closed at 12 noon on"):
            send(ready, asha, at=closes + late)
        assert Application.objects.get(pk=ready.pk).status == "draft"


def test_an_incomplete_bid_is_refused_with_what_is_missing(bid, asha):
    with pytest.raises(Refused) as refused:
        send(bid, asha)
    assert refused.value.sentence == (
        "Your bid is not complete yet. 7 parts are not finished. "
        "First: Enter an answer to “What do you call your idea?”."
    )
    assert not Submission.objects.exists()


def test_the_declaration_cannot_be_skipped(ready, asha):
    ready.answers.filter(section="declaration").update(content={"declaration": ["authority", "true", "check"]})
    with pytest.raises(Refused, match="Tick every box"):
        send(ready, asha)


def test_a_bid_is_sent_once(ready, asha, ben):
    send(ready, asha)
    with pytest.raises(Refused, match="already “Received”"):
        send(ready, ben)
    assert Submission.objects.count() == 1


# -- what is sent ------------------------------------------------------------------------------------------------------


def test_what_was_sent_never_changes(ready, asha):
    sent = send(ready, asha)
    with pytest.raises(Refused, match="What you sent cannot be changed"):
        operations.save_section(ready, section="idea", content={"title": "Other"}, version=1, by=asha, at=AT)
    assert sent.digest == digest(Submission.objects.get().content)


def test_the_sent_copy_holds_every_question_with_its_answer(ready, asha):
    content = send(ready, asha).content
    answers = {
        answer["key"]: (answer["question"], answer["answer"])
        for section in content["sections"]
        for answer in section["answers"]
    }
    assert answers["what"] == ("What do you want to do?", "Cook and eat together every Friday.")
    assert answers["places"] == ("Where will it happen?", "Canvey Island: 100%")
    assert answers["goals"][1] == "Help people feel well and less lonely (main)\nMake this a greener place"
    assert answers["budget"][1] == ("Hall hire 1 (Venue hire): £900, this grant\nThe least that would still work: £600")
    assert answers["dates"][1] == "8 January 2027 to 26 March 2027"
    assert answers["at_risk"][1] == "Yes"
    assert answers["targets"][1] == "People who eat together: 60"
    assert answers["cohorts"][1] == "Free school meals: 30 in 100"
    assert (content["requested"], content["minimum"], content["tier"]["code"]) == ("900.00", "600.00", "micro")
    assert content["lines"][0]["amount"] == "900.00"
    assert content["group"]["name"] == ready.group.name


def test_references_count_through_the_year(round_, asha):
    references = []
    for number in range(3):
        bid = ApplicationFactory(round=round_, group=make_group(asha, name=f"Group {number}"), started_by=asha)
        send(fill_in(bid, asha), asha)
        bid.refresh_from_db()
        references.append(bid.reference)
    assert references == ["CCF-2026-0001", "CCF-2026-0002", "CCF-2026-0003"]


def test_the_year_of_a_reference_is_that_of_the_clock_in_essex(ready, asha):
    new_year = datetime(2027, 1, 1, 0, 0, tzinfo=UTC)
    type(ready.round).objects.filter(pk=ready.round.pk).update(closes_at=new_year)
    ready.refresh_from_db()
    send(ready, asha, at=new_year)
    ready.refresh_from_db()
    assert ready.reference == "CCF-2027-0001"


@pytest.mark.parametrize(("amount", "due"), [(900, "2026-10-15"), (1180, "2026-12-04")])
def test_small_sums_are_promised_in_working_days_and_panels_by_the_rounds_day(bid, asha, amount, due):
    send(fill_in(bid, asha, amount=amount), asha)
    bid.refresh_from_db()
    assert bid.answer_due_on.isoformat() == due


def test_a_further_copy_counts_on(ready, asha):
    send(ready, asha)
    ready.refresh_from_db()
    again = operations.next_submission(ready, by=asha, at=AT)
    assert (again.number, queries.latest_submission(ready)) == (2, again)
    assert queries.first_submission(ready).number == 1


def test_while_we_wait_for_an_answer_only_what_was_asked_about_opens(ready, asha):
    send(ready, asha)
    Application.objects.filter(pk=ready.pk).update(status="more_info", open_sections=["safe"])
    ready.refresh_from_db()
    assert [task.section for task in queries.task_list(ready)] == ["safe"]
    operations.save_section(ready, section="safe", content={"at_risk": False}, version=1, by=asha, at=AT)
    with pytest.raises(Refused, match="did not ask about this part"):
        operations.save_section(ready, section="idea", content={}, version=1, by=asha, at=AT)


# -- taking it back ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", queries.OPEN)
def test_an_open_bid_can_be_withdrawn(ready, asha, status):
    Application.objects.filter(pk=ready.pk).update(status=status)
    ready.refresh_from_db()
    operations.withdraw(ready, reason="The hall burnt down.", by=asha, at=AT)
    ready.refresh_from_db()
    assert ready.status == "withdrawn"
    assert Event.objects.get(verb="application.withdraw").reason == "The hall burnt down."
    assert "The hall burnt down." in Message.objects.filter(template="application_withdrawn").first().body


@pytest.mark.parametrize("status", ["ineligible", "decided", "withdrawn", "lapsed"])
def test_a_settled_bid_cannot_be_withdrawn(ready, asha, status):
    Application.objects.filter(pk=ready.pk).update(status=status)
    ready.refresh_from_db()
    with pytest.raises(Refused, match="already"):
        operations.withdraw(ready, by=asha, at=AT)


def test_a_member_who_is_no_leader_cannot_withdraw(ready, dev):
    MembershipFactory(group=ready.group, person=dev.person)
    with pytest.raises(Refused):
        operations.withdraw(ready, by=dev, at=AT)


# -- by the clock ------------------------------------------------------------------------------------------------------


def test_after_the_grace_unsent_bids_are_put_away_and_their_groups_told_once(bid, asha):
    over = bid.round.closes_at + timedelta(minutes=15 + 10)  # what is sent in the last second may be slow to arrive
    assert operations.lapse_all(at=over) == 0
    assert operations.lapse_all(at=over + timedelta(seconds=1)) == 1
    assert operations.lapse_all(at=over + timedelta(hours=1)) == 0
    bid.refresh_from_db()
    assert bid.status == "lapsed"
    assert Message.objects.filter(template="application_lapsed").count() == 2


def test_nobody_puts_a_bid_away_by_hand(bid, carol):
    with pytest.raises(Refused):
        operations.lapse(bid, by=carol, at=bid.round.closes_at + timedelta(days=1))


def test_one_bid_can_be_put_away_by_the_system(bid):
    operations.lapse(bid, by=SYSTEM, at=bid.round.closes_at + timedelta(days=1))
    assert Application.objects.get().status == "lapsed"


def templates():
    return sorted(Message.objects.filter(template__startswith="draft_").values_list("template", "recipient"))


def test_groups_are_reminded_a_week_and_a_day_before_the_deadline_each_once(bid, asha, ben):
    closes = bid.round.closes_at
    for at in (closes - timedelta(days=7, seconds=1), closes - timedelta(days=7), closes - timedelta(days=6),
               closes - timedelta(days=1), closes - timedelta(hours=20)):  # fmt: skip
        operations.remind(at=at)
        fill_in(bid, asha) if at < closes - timedelta(days=5) else None  # a new version is no new reminder
    assert templates() == [
        ("draft_day_left", asha.email), ("draft_day_left", ben.email),
        ("draft_week_left", asha.email), ("draft_week_left", ben.email),
    ]  # fmt: skip


def test_whoever_begins_late_is_not_told_that_a_week_is_left(bid):
    Application.objects.update(started_at=bid.round.closes_at - timedelta(days=3))
    operations.remind(at=bid.round.closes_at - timedelta(days=2))
    assert templates() == []


def test_at_nine_on_the_last_morning_groups_with_a_complete_unsent_bid_are_told(ready, round_, stranger, asha, ben):
    other = ApplicationFactory(round=round_, group=make_group(stranger, name="Unfinished"), started_by=stranger)
    Application.objects.update(started_at=ready.round.closes_at - timedelta(hours=20))
    nine = datetime(2026, 10, 16, 8, 0, tzinfo=UTC)  # summer time
    assert operations.remind(at=nine - timedelta(seconds=1)) == 0
    assert operations.remind(at=nine) == 1
    assert operations.remind(at=nine + timedelta(hours=1)) == 0
    assert templates() == [("draft_ready_today", asha.email), ("draft_ready_today", ben.email)]
    assert other.group.name not in Message.objects.get(recipient=asha.email).body


def test_nobody_is_reminded_of_a_bid_that_was_sent(ready, asha):
    send(ready, asha)
    operations.remind(at=ready.round.closes_at - timedelta(hours=2))
    assert templates() == []


# -- how it stands, in the group's words -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "label"),
    [
        ("draft", "Not sent"),
        ("submitted", "Received"),
        ("in_check", "Being checked"),
        ("more_info", "We need something from you"),
        ("ineligible_proposed", "Being checked"),
        ("ineligible", "Not eligible"),
        ("in_assessment", "Being assessed"),
        ("decided", "Being assessed"),
        ("withdrawn", "Withdrawn"),
        ("lapsed", "Not sent in time"),
    ],
)
def test_a_group_reads_its_own_words_and_no_decision_before_it_is_released(bid, status, label):
    Application.objects.filter(pk=bid.pk).update(status=status)
    bid.refresh_from_db()
    assert queries.shown_status(bid).label == label


def test_the_groups_timeline_names_its_people_and_calls_officers_the_council(ready, asha, carol, settings):
    from communities.core.events import record_event

    operations.submit(ready, by=asha, at=AT)
    record_event("application.begin_check", ready, by=carol, at=AT + timedelta(days=1))
    record_event("application.decide", ready, by=carol, at=AT + timedelta(days=2), reason="Not yet told")
    told = [(line.title, line.who) for line in queries.group_timeline(ready)]
    assert told[0][1] == settings.COUNCIL_NAME
    assert ("Bid sent to the council", "Asha Patel") in told
    assert "Not yet told" not in str(told)
    assert not [line for line in told if "decid" in line[0].lower()]


def test_the_amounts_of_the_sent_copy_are_exact(bid, asha):
    content = send(fill_in(bid, asha, amount=Decimal("333.33"), least=Decimal("0.01")), asha).content
    assert (content["requested"], content["minimum"]) == ("333.33", "0.01")
