from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from communities.core.models import Event
from communities.core.refusals import Refused
from grants.assessment import operations
from grants.assessment.models import Allocation, Review, Score
from grants.assessment.queries import ranking, scores_of, seats_of, shares, standings, suggestion
from tests.factories.assessment import AT, AllocationFactory, BidFactory, declare, scored
from tests.statements import asked_once


@pytest.fixture
def asked(bid, hassan):
    """Hassan was asked to score the bid and has no tie to it."""
    declare(bid, hassan)
    AllocationFactory(application=bid, user=hassan)
    return bid


def scores(bid, *values, words=""):
    return {c.pk: (v, words) for c, v in zip(bid.terms.criteria.order_by("order"), values, strict=True)}


def test_a_draft_is_saved_and_saved_again(asked, hassan):
    operations.save_review(asked, scores=scores(asked, 3, 2), by=hassan, at=AT)
    review = operations.save_review(asked, scores=scores(asked, 4, 2), overall=" Fair. ", by=hassan, at=AT)
    assert (review.status, review.overall, [s.value for s in review.scores.all()]) == ("draft", "Fair.", [4, 2])
    assert Review.objects.count() == 1


def test_scores_are_kept_in_one_act_with_one_event(asked, hassan):
    given = {"overall": "Fair.", "recommendation": "", "final": False, "by": hassan, "at": AT}
    first = scores(asked, 3, 2)
    second = dict([*first.items()][:1])
    assert hassan.role_codes == {"panel"}
    with asked_once(16):
        review = operations.give_scores(asked, scores=first, **given)
    with asked_once(16):
        operations.give_scores(asked, scores=second, **given)
    assert [score.value for score in review.scores.all()] == [3]
    assert list(Event.objects.filter(object_model="grants.Review").order_by("pk").values_list("verb", flat=True)) == [
        "review.start",
        "review.save",
    ]


def test_scoring_needs_to_be_asked_and_declared(bid, hassan, ruth, stranger):
    with pytest.raises(Refused, match="Say first what ties you"):
        operations.save_review(bid, scores=scores(bid, 3, 3), by=hassan, at=AT)
    declare(bid, hassan)
    for user in (hassan, stranger):
        with pytest.raises(Refused):
            operations.save_review(bid, scores=scores(bid, 3, 3), by=user, at=AT)
    assert not Review.objects.exists()


def test_nobody_writes_in_anothers_review(asked, hassan, ruth, carol):
    review = operations.save_review(asked, scores=scores(asked, 3, 2), by=hassan, at=AT)
    for user in (ruth, carol):
        with pytest.raises(Refused) as refused:
            operations.save_review(review, scores=scores(asked, 5, 5), by=user, at=AT)
        assert refused.value.status == 403


def test_a_review_is_locked_for_good(asked, hassan):
    review = operations.save_review(
        asked, scores=scores(asked, 3, 4), overall="Good.", recommendation="fund", by=hassan, at=AT
    )
    operations.lock_review(review, by=hassan, at=AT)
    with pytest.raises(Refused, match="locked"):
        operations.save_review(review, scores=scores(asked, 5, 5), by=hassan, at=AT)
    with pytest.raises(Refused, match="already"):
        operations.lock_review(review, by=hassan, at=AT)


@pytest.mark.parametrize("value", [0, 1, 5])
def test_the_ends_of_the_scale_need_words(asked, hassan, value):
    review = operations.save_review(
        asked, scores=scores(asked, value, 3), overall="Good.", recommendation="fund", by=hassan, at=AT
    )
    with pytest.raises(Refused, match="why you gave 0, 1 or 5 for: Need and priority fit"):
        operations.lock_review(review, by=hassan, at=AT)


def test_locking_needs_every_criterion_and_an_overall_line(asked, hassan):
    first = asked.terms.criteria.first()
    review = operations.save_review(asked, scores={first.pk: (3, "")}, by=hassan, at=AT)
    with pytest.raises(Refused, match="Led by the community"):
        operations.lock_review(review, by=hassan, at=AT)
    operations.save_review(review, scores=scores(asked, 3, 3), by=hassan, at=AT)
    with pytest.raises(Refused, match="overall line"):
        operations.lock_review(review, by=hassan, at=AT)


def test_a_late_member_gives_no_score(asked, hassan):
    review = operations.save_review(
        asked, scores=scores(asked, 3, 3), overall="Good.", recommendation="fund", by=hassan, at=AT
    )
    operations.close_scoring([asked], at=AT)
    with pytest.raises(Refused, match="the panel has met"):
        operations.lock_review(review, by=hassan, at=AT)


def seen(bid, user):
    """The reviews of a bid that somebody sees; asked about one bid or about all, the answer is the same."""
    found = scores_of(bid, user)
    assert {each.pk for each in found} == {each.pk for each in Review.objects.visible_to(user).filter(application=bid)}
    return found


def test_nobody_sees_the_scores_of_others_before_locking_their_own(asked, hassan, ruth, kit, carol):
    declare(asked, ruth, kit)
    scored(asked, ruth, 4, 4)
    mine = operations.save_review(
        asked, scores=scores(asked, 3, 3), overall="Good.", recommendation="fund", by=hassan, at=AT
    )
    assert [each.reviewer for each in seen(asked, hassan)] == [hassan]
    assert seen(asked, kit) == []
    assert [each.reviewer for each in seen(asked, carol)] == [ruth]
    assert [each.reviewer for each in seen(asked, ruth)] == [ruth]
    operations.lock_review(mine, by=hassan, at=AT)
    assert [each.reviewer for each in seen(asked, hassan)] == [hassan, ruth]
    operations.close_scoring([asked], at=AT)
    assert {each.reviewer for each in seen(asked, kit)} == {hassan, ruth}


def test_a_member_with_a_tie_never_sees_scores(asked, ruth, kit):
    declare(asked, kit, kind="paid")
    declare(asked, ruth)
    scored(asked, ruth, 4, 4)
    operations.close_scoring([asked], at=AT)
    assert seen(asked, kit) == []


def test_locked_scores_cannot_change_even_in_the_database(asked, hassan):
    review = scored(asked, hassan, 4, 4)
    for sql, key in (
        (f"UPDATE {Review._meta.db_table} SET overall = 'x' WHERE id = %s", review.pk),
        (f"DELETE FROM {Review._meta.db_table} WHERE id = %s", review.pk),
        (f"UPDATE {Score._meta.db_table} SET value = 0 WHERE review_id = %s", review.pk),
        (f"UPDATE {Score._meta.db_table} SET is_locked = %s WHERE review_id = {review.pk}", False),
        (f"DELETE FROM {Score._meta.db_table} WHERE review_id = %s", review.pk),
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [key])
    review.refresh_from_db()
    assert review.overall == "A good plan."


# -- how bids stand ------------------------------------------------------------------------------------------------


def test_the_score_is_the_mean_of_the_weighted_scores(bid, hassan, ruth, kit):
    declare(bid, hassan, ruth, kit)
    scored(bid, hassan, 5, 2)  # 60 + 16 = 76
    scored(bid, ruth, 3, 4)  # 36 + 32 = 68
    scored(bid, kit, 2, 1)  # 24 + 8 = 32
    row = standings([bid])[0]
    assert (row.mean, row.low, row.high) == (Decimal("58.7"), Decimal("32.0"), Decimal("76.0"))
    assert [(m.mean, m.spread, m.is_wide) for m in row.marks] == [(Decimal("3.3"), 3, True), (Decimal("2.3"), 3, True)]
    assert row.below == []


def test_bids_below_the_floor_are_flagged(bid, hassan):
    scored(bid, hassan, 1, 5)  # 12 + 40 = 52
    assert standings([bid])[0].below == ["Need and priority fit: 1.0 of 5, below 2"]
    other = BidFactory(round=bid.round)
    scored(other, hassan, 2, 2)
    assert standings([other])[0].below == ["Overall: 40.0, below 50"]


def test_the_ranking_puts_the_best_first_and_breaks_ties_by_the_first_criterion(panel, hassan):
    low, high, first_less, first_more = (BidFactory(round=panel.round) for _ in range(4))
    unscored = BidFactory(round=panel.round)
    for each, values in ((low, (1, 1)), (high, (5, 5)), (first_less, (2, 4)), (first_more, (4, 1))):
        scored(each, hassan, *values)
    rows = ranking(panel.round)
    assert [row.application for row in rows] == [high, first_more, first_less, low, unscored]
    assert [row.rank for row in rows] == [1, 2, 3, 4, None]


def test_the_ranking_costs_the_same_for_one_bid_and_for_thirty(panel, hassan, ruth, django_assert_num_queries):
    def fill(count):
        for _ in range(count):
            each = BidFactory(round=panel.round)
            scored(each, hassan, 3, 3)
            scored(each, ruth, 4, 4)

    fill(1)
    with django_assert_num_queries(6):
        ranking(panel.round)
    fill(29)
    with django_assert_num_queries(6):
        assert len(ranking(panel.round)) == 30


# -- sharing out ---------------------------------------------------------------------------------------------------


def test_officers_choose_at_least_three_scorers_and_each_is_told_once(panel, bid, carol, hassan, ruth, kit, dev):
    from communities.core.models import Message

    other = BidFactory(round=panel.round)
    operations.allocate_all({bid: [hassan, ruth, kit], other: [hassan, ruth, dev]}, by=carol, at=AT)
    assert Allocation.objects.count() == 6
    mail = {each.recipient: each.body for each in Message.objects.filter(template="papers_ready")}
    assert set(mail) == {user.email for user in (hassan, ruth, kit, dev)}
    assert "2 new bids" in mail[hassan.email]
    assert "1 new bid " in mail[kit.email]


def test_allocation_refuses_too_few_strangers_and_members_with_a_tie(bid, carol, hassan, ruth, kit, stranger):
    declare(bid, kit, kind="related")
    for users, words in (
        ([hassan, ruth], "at least 3"),
        ([hassan, ruth, stranger], "not on the panel"),
        ([hassan, ruth, kit], "has a tie"),
    ):
        with pytest.raises(Refused, match=words):
            operations.allocate(bid, users=users, by=carol, at=AT)
    assert not Allocation.objects.exists()


def test_members_do_not_share_the_bids_out(bid, hassan, ruth, kit):
    with pytest.raises(Refused) as refused:
        operations.allocate(bid, users=[hassan, ruth, kit], by=hassan, at=AT)
    assert refused.value.status == 403


def test_changing_scorers_lets_others_off_but_keeps_locked_scores(bid, carol, hassan, ruth, kit, dev, joan):
    declare(bid, hassan)
    operations.allocate(bid, users=[hassan, ruth, kit], by=carol, at=AT)
    scored(bid, hassan, 3, 3)
    operations.allocate(bid, users=[dev, joan, ruth], by=carol, at=AT)
    assert {each.user for each in Allocation.objects.all()} == {hassan, ruth, dev, joan}


def test_the_suggestion_is_even_and_leaves_out_those_with_a_tie(panel, dev, joan, hassan, ruth, kit):
    bids = [BidFactory(round=panel.round) for _ in range(10)]
    for each in bids[:4]:
        declare(each, dev, kind="paid")
    seats = seats_of(panel.round)
    given = shares(panel.round, seats)
    plan = suggestion(given, seats)
    by_seat = {seat.pk: seat for seat in seats}
    assert all(len(chosen) == 3 for chosen in plan.values())
    assert not any(by_seat[pk].person.user == dev for each in bids[:4] for pk in plan[each.pk])
    load = [sum(seat.pk in chosen for chosen in plan.values()) for seat in seats]
    assert max(load) - min(load) <= 1
