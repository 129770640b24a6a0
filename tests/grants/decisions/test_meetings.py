from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from communities.core.models import Message
from communities.core.refusals import Refused
from grants.assessment.models import Allocation
from grants.decisions import operations
from grants.decisions.models import Decision, Meeting, Motion, Vote
from grants.decisions.queries import agenda, circles, money_of
from tests.factories.assessment import AllocationFactory, BidFactory, declare, scored
from tests.factories.decisions import HELD, decision_on, meeting_of, motion_on
from tests.factories.rounds import RoundFactory


@pytest.fixture
def everybody(dev, joan, hassan, ruth, kit):
    return [dev, joan, hassan, ruth, kit]


@pytest.fixture
def meeting(panel, bid, everybody):
    """A meeting in session with all five, none of them tied to the bid."""
    declare(bid, *everybody)
    return meeting_of(panel, *everybody)


def seat_of(panel, user):
    return panel.seats.get(person__user=user)


def vote(motion, panel, **choices):
    from communities.people.models import User

    for first_name, choice in choices.items():
        user = User.objects.get(email=f"{first_name}@example.org")
        operations.cast_vote(motion, seat=seat_of(panel, user), choice=choice, by=user, at=HELD)


# -- the meeting itself --------------------------------------------------------------------------------------------


def test_members_are_told_of_the_meeting(panel, carol):
    meeting = operations.plan_meeting(panel, held_at=HELD, venue="Hall", by=carol, at=HELD - timedelta(days=9))
    assert meeting.status == "planned"
    mail = Message.objects.filter(template="meeting_planned")
    assert {each.recipient for each in mail} == {f"{n}@example.org" for n in ("dev", "joan", "hassan", "ruth", "kit")}
    assert "20 November 2026 at 18:00, Hall" in mail[0].body


def test_members_do_not_call_meetings(panel, dev):
    with pytest.raises(Refused) as refused:
        operations.plan_meeting(panel, held_at=HELD, by=dev, at=HELD)
    assert (refused.value.status, Meeting.objects.count()) == (403, 0)


def test_opening_needs_people_and_ends_scoring(panel, bid, dev, hassan, carol):
    AllocationFactory(application=bid, user=hassan)
    meeting = meeting_of(panel, status="planned")
    with pytest.raises(Refused, match="Nobody is marked"):
        operations.open_meeting(meeting, by=dev, at=HELD)
    operations.mark_attendance(meeting, present=[seat_of(panel, dev)], by=carol, at=HELD)
    assert operations.open_meeting(meeting, by=dev, at=HELD).status == "open"
    assert Allocation.objects.get().closed_at == HELD


def test_only_chair_vice_and_officers_run_a_meeting(panel, dev, joan, hassan, carol, stranger):
    for user, may in ((dev, True), (joan, True), (carol, True), (hassan, False), (stranger, False)):
        meeting = meeting_of(panel, dev, status="planned")
        if may:
            operations.open_meeting(meeting, by=user, at=HELD)
        else:
            with pytest.raises(Refused):
                operations.open_meeting(meeting, by=user, at=HELD)


def test_closing_needs_a_minute_and_no_open_vote(meeting, bid, dev):
    with pytest.raises(Refused, match="no minute"):
        operations.close_meeting(meeting, minute=" ", by=dev, at=HELD)
    motion_on(meeting, bid)
    with pytest.raises(Refused, match="still open"):
        operations.close_meeting(meeting, minute="All well.", by=dev, at=HELD)


def test_a_closed_meeting_cannot_change(meeting, bid, panel, dev, carol):
    operations.close_meeting(meeting, minute="All well.", by=dev, at=HELD)
    with pytest.raises(Refused, match="closed"):
        operations.mark_attendance(meeting, present=[], by=carol, at=HELD)
    with pytest.raises(Refused, match="not in session"):
        operations.put_motion(meeting, application=bid, kind="full", by=carol, at=HELD)
    with pytest.raises(DatabaseError), transaction.atomic():
        Meeting.objects.filter(pk=meeting.pk).update(minute="Something else.")


# -- quorum --------------------------------------------------------------------------------------------------------


def test_quorum_is_counted_for_each_bid_after_those_with_a_tie_have_left(meeting, bid, panel, hassan, ruth, kit):
    other = BidFactory(round=panel.round)
    declare(other, hassan, ruth, kit, kind="known")
    found = circles(meeting, [bid, other])
    assert (found[bid.pk].is_quorate, len(found[bid.pk].eligible)) == (True, 5)
    assert found[other.pk].why_not == "Neither the chair nor the vice-chair can vote on this bid."
    bid.interests.filter(user__in=[hassan, ruth, kit]).update(kind="paid")
    assert circles(meeting, [bid])[bid.pk].why_not == "Only 2 can vote on this bid, and 3 are needed."


def test_members_who_have_not_declared_or_are_away_do_not_count(panel, bid, dev, joan, hassan, ruth):
    meeting = meeting_of(panel, dev, joan, hassan)
    declare(bid, dev, joan, ruth)
    circle = circles(meeting, [bid])[bid.pk]
    assert [seat.person.user for seat in circle.eligible] == [dev, joan]
    assert [seat.person.user for seat in circle.undeclared] == [hassan]
    assert {seat.person.user for seat in circle.away} >= {ruth}


def test_the_vice_chair_takes_the_chair_where_the_chair_has_a_tie(meeting, bid, dev, joan):
    bid.interests.filter(user=dev).update(kind="related")
    assert circles(meeting, [bid])[bid.pk].chair.person.user == joan


def test_without_a_quorum_there_is_no_motion_and_the_bid_is_put_off(panel, bid, carol, dev, joan):
    meeting = meeting_of(panel, dev, joan)
    declare(bid, dev, joan)
    with pytest.raises(Refused, match="Only 2 can vote"):
        operations.put_motion(meeting, application=bid, kind="full", by=carol, at=HELD)
    motion = operations.put_off_without_quorum(meeting, application=bid, by=carol, at=HELD)
    assert (motion.status, motion.eligible) == ("deferred", 2)
    bid.refresh_from_db()
    assert bid.status == "in_assessment"


def test_with_a_quorum_a_bid_is_not_put_off_that_way(meeting, bid, carol):
    with pytest.raises(Refused, match="Enough members"):
        operations.put_off_without_quorum(meeting, application=bid, by=carol, at=HELD)


def test_losing_the_quorum_during_the_vote_puts_the_bid_off(meeting, panel, bid, carol, dev, joan):
    motion = motion_on(meeting, bid)
    vote(motion, panel, dev="for", joan="for", hassan="for")
    operations.mark_attendance(meeting, present=[seat_of(panel, dev), seat_of(panel, joan)], by=carol, at=HELD)
    assert operations.close_motion(motion, by=carol, at=HELD) is None
    motion.refresh_from_db()
    assert (motion.status, motion.eligible) == ("deferred", 2)


# -- motions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "part", "amount": Decimal(2000)}, "A part must be"),
        ({"kind": "part", "amount": None}, "A part must be"),
        ({"kind": "part", "amount": Decimal(0)}, "A part must be"),
        ({"kind": "decline"}, "no reasons"),
        ({"kind": "reserve"}, "no reasons"),
        ({"kind": "defer"}, "no reasons"),
    ],
)
def test_motions_that_make_no_sense_are_refused(meeting, bid, carol, given, words):
    with pytest.raises(Refused, match=words):
        operations.put_motion(meeting, application=bid, by=carol, at=HELD, **given)
    assert not Motion.objects.exists()


def test_funding_in_full_takes_the_sum_asked_for(meeting, bid, dev):
    motion = operations.put_motion(
        meeting, application=bid, kind="full", conditions=["Get insurance", " "], by=dev, at=HELD
    )
    assert (motion.amount, motion.conditions, motion.case) == (bid.requested, ["Get insurance"], bid.case)


def test_one_motion_at_a_time_and_none_after_the_decision(meeting, bid, panel, carol):
    motion = operations.put_motion(meeting, application=bid, kind="full", by=carol, at=HELD)
    with pytest.raises(Refused, match="being voted on"):
        operations.put_motion(meeting, application=bid, kind="full", by=carol, at=HELD)
    vote(motion, panel, dev="for")
    operations.close_motion(motion, by=carol, at=HELD)
    with pytest.raises(Refused, match="has decided"):
        operations.put_motion(meeting, application=bid, kind="full", by=carol, at=HELD)


def test_a_bid_below_the_line_is_funded_only_with_a_recorded_reason(meeting, bid, hassan, carol):
    scored(bid, hassan, 1, 2)
    with pytest.raises(Refused, match="below the line"):
        operations.put_motion(meeting, application=bid, kind="full", by=carol, at=HELD)
    motion = operations.put_motion(
        meeting, application=bid, kind="full", override="The only youth work there.", by=carol, at=HELD
    )
    assert motion.override == "The only youth work there."


def test_bids_of_other_rounds_and_small_ones_are_not_before_the_panel(meeting, panel, carol):
    micro = BidFactory(round=panel.round, tier=panel.round.terms.tiers.get(code="micro"))
    for bid in (BidFactory(round=RoundFactory()), micro):
        with pytest.raises(Refused, match="not before this panel"):
            operations.put_motion(meeting, application=bid, kind="full", by=carol, at=HELD)


def test_the_chair_does_not_run_an_item_with_a_tie(meeting, bid, dev, joan):
    bid.interests.filter(user=dev).update(kind="paid")
    with pytest.raises(Refused) as refused:
        operations.put_motion(meeting, application=bid, kind="full", by=dev, at=HELD)
    assert refused.value.status == 403
    assert operations.put_motion(meeting, application=bid, kind="full", by=joan, at=HELD)


# -- votes ---------------------------------------------------------------------------------------------------------


def test_a_simple_majority_carries(meeting, panel, bid, carol):
    motion = motion_on(meeting, bid)
    vote(motion, panel, dev="for", joan="for", hassan="against", ruth="abstain")
    decision = operations.close_motion(motion, by=carol, at=HELD)
    motion.refresh_from_db()
    assert (motion.status, motion.eligible, motion.closed_at) == ("carried", 5, HELD)
    assert (decision.status, decision.outcome, decision.amount, decision.route) == (
        "proposed", "fund", bid.requested, "panel",
    )  # fmt: skip
    assert [line.amount for line in decision.lines.all()] == [Decimal(1500), Decimal(500)]


def test_a_majority_against_loses_and_another_motion_can_follow(meeting, panel, bid, carol):
    motion = motion_on(meeting, bid)
    vote(motion, panel, dev="for", joan="against", hassan="against")
    assert operations.close_motion(motion, by=carol, at=HELD) is None
    motion.refresh_from_db()
    assert motion.status == "lost"
    assert operations.put_motion(meeting, application=bid, kind="decline", reasons="No.", by=carol, at=HELD)


def test_a_tie_waits_for_the_casting_vote_of_the_chair(meeting, panel, bid, carol, dev, joan):
    motion = motion_on(meeting, bid)
    vote(motion, panel, dev="for", joan="against")
    with pytest.raises(Refused, match="tied, 1 to 1"):
        operations.close_motion(motion, by=carol, at=HELD)
    with pytest.raises(Refused, match="no casting vote"):
        operations.cast_vote(motion, seat=seat_of(panel, joan), choice="for", is_casting=True, by=joan, at=HELD)
    operations.cast_vote(motion, seat=seat_of(panel, dev), choice="for", is_casting=True, by=dev, at=HELD)
    assert operations.close_motion(motion, by=carol, at=HELD).outcome == "fund"


def test_a_casting_vote_needs_a_tie(meeting, panel, bid, dev):
    motion = motion_on(meeting, bid)
    vote(motion, panel, dev="for")
    with pytest.raises(Refused, match="no casting vote"):
        operations.cast_vote(motion, seat=seat_of(panel, dev), choice="for", is_casting=True, by=dev, at=HELD)


def test_a_vote_without_votes_does_not_close(meeting, bid, carol):
    with pytest.raises(Refused, match="Nobody has voted"):
        operations.close_motion(motion_on(meeting, bid), by=carol, at=HELD)


def test_a_vote_is_cast_once(meeting, panel, bid, dev):
    motion = motion_on(meeting, bid)
    vote(motion, panel, dev="for")
    with pytest.raises(Refused, match="has voted already"):
        operations.cast_vote(motion, seat=seat_of(panel, dev), choice="against", by=dev, at=HELD)
    assert Vote.objects.count() == 1


def test_members_with_a_tie_away_or_undeclared_do_not_vote(panel, bid, dev, joan, hassan, ruth, kit, carol):
    meeting = meeting_of(panel, dev, joan, hassan, ruth)
    declare(bid, dev, joan)
    declare(bid, hassan, kind="related")
    declare(bid, kit)
    motion = motion_on(meeting, bid)
    for user, words in ((hassan, "has a tie"), (ruth, "has not said"), (kit, "not in the room")):
        with pytest.raises(Refused, match=words):
            operations.cast_vote(motion, seat=seat_of(panel, user), choice="for", by=carol, at=HELD)
    with pytest.raises(Refused) as refused:
        operations.cast_vote(motion, seat=seat_of(panel, hassan), choice="for", by=hassan, at=HELD)
    assert refused.value.status == 403


def test_the_clerk_notes_votes_and_members_vote_for_themselves_only(meeting, panel, bid, carol, dev, ruth, stranger):
    motion = motion_on(meeting, bid)
    noted = operations.cast_vote(motion, seat=seat_of(panel, ruth), choice="for", by=carol, at=HELD)
    assert noted.recorded_by == carol
    for user in (ruth, stranger):
        with pytest.raises(Refused) as refused:
            operations.cast_vote(motion, seat=seat_of(panel, dev), choice="for", by=user, at=HELD)
        assert refused.value.status == 403


def test_no_vote_after_the_close(meeting, panel, bid, carol, kit):
    motion = motion_on(meeting, bid)
    vote(motion, panel, dev="for")
    operations.close_motion(motion, by=carol, at=HELD)
    with pytest.raises(Refused, match="is closed"):
        operations.cast_vote(motion, seat=seat_of(panel, kit), choice="against", by=kit, at=HELD)


def test_a_vote_of_somebody_whose_tie_comes_up_later_does_not_count(meeting, panel, bid, carol, hassan):
    motion = motion_on(meeting, bid)
    vote(motion, panel, dev="for", joan="for", hassan="against", ruth="against", kit="against")
    bid.interests.filter(user=hassan).update(kind="paid")
    with pytest.raises(Refused, match="tied, 2 to 2"):
        operations.close_motion(motion, by=carol, at=HELD)


def test_a_vote_that_was_first_under_the_lock_counts_though_it_arrived_later(meeting, panel, bid, carol, dev):
    motion = motion_on(meeting, bid)
    later = HELD + timedelta(seconds=1)
    operations.cast_vote(motion, seat=seat_of(panel, dev), choice="for", by=dev, at=later)
    operations.close_motion(motion, by=carol, at=HELD)
    motion.refresh_from_db()
    assert motion.closed_at == later


@pytest.mark.parametrize(("kind", "outcome"), [("decline", "decline"), ("reserve", "reserve")])
def test_carried_motions_become_proposed_decisions(meeting, panel, bid, carol, kind, outcome):
    motion = motion_on(meeting, bid, kind=kind, reasons="Tell us more.")
    vote(motion, panel, dev="for")
    decision = operations.close_motion(motion, by=carol, at=HELD)
    assert (decision.outcome, decision.amount, decision.reasons) == (outcome, None, "Tell us more.")
    assert decision.reserve_rank == (1 if outcome == "reserve" else None)


def test_a_carried_deferral_leaves_the_bid_for_another_meeting(meeting, panel, bid, carol):
    motion = motion_on(meeting, bid, kind="defer", reasons="We need the safety plan.")
    vote(motion, panel, dev="for")
    assert operations.close_motion(motion, by=carol, at=HELD) is None
    assert not Decision.objects.exists()


def test_a_part_shares_the_lines_in_proportion_until_an_officer_says_better(meeting, panel, bid, carol):
    motion = motion_on(meeting, bid, kind="part", amount=Decimal("1000.01"))
    vote(motion, panel, dev="for")
    decision = operations.close_motion(motion, by=carol, at=HELD)
    assert [line.amount for line in decision.lines.all()] == [Decimal("750.01"), Decimal("250.00")]
    assert decision.lines_agreed_at is None


# -- what the page shows -------------------------------------------------------------------------------------------


def test_the_agenda_hides_a_bid_from_a_member_with_a_tie(meeting, bid, hassan, ruth, carol):
    bid.interests.filter(user=hassan).update(kind="related")
    assert [item.hidden for item in agenda(meeting, hassan)] == [True]
    assert [item.hidden for item in agenda(meeting, ruth)] == [False]
    assert [item.hidden for item in agenda(meeting, carol)] == [False]


def test_the_money_shows_what_stays_after_what_was_carried(panel, bid):
    decision_on(bid)
    motion_on(meeting_of(panel), BidFactory(round=panel.round))
    money = money_of(panel.round)
    assert (money.left, money.carried, money.voting, money.left_after) == (10000, 2000, 2000, 8000)


def test_the_agenda_costs_the_same_for_one_bid_and_for_thirty(
    meeting, panel, bid, everybody, dev, django_assert_num_queries
):
    scored(bid, dev, 3, 3)
    with django_assert_num_queries(11):
        agenda(meeting, dev)
    for number in range(29):
        each = BidFactory(round=panel.round)
        declare(each, *everybody)
        scored(each, dev, 3, 3)
        if number % 2:
            motion_on(meeting, each)
        else:
            decision_on(each)
    with django_assert_num_queries(11):
        assert len(agenda(meeting, dev)) == 30


# -- evidence ------------------------------------------------------------------------------------------------------


def test_votes_and_closed_motions_cannot_change_even_in_the_database(meeting, panel, bid, carol):
    motion = motion_on(meeting, bid)
    vote(motion, panel, dev="for")
    operations.close_motion(motion, by=carol, at=HELD)
    for sql in (
        f"UPDATE {Vote._meta.db_table} SET choice = 'against'",
        f"DELETE FROM {Vote._meta.db_table}",
        f"UPDATE {Motion._meta.db_table} SET status = 'lost'",
        f"UPDATE {Motion._meta.db_table} SET amount = 1",
        f"DELETE FROM {Motion._meta.db_table}",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
