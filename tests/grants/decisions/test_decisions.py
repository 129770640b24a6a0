from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from communities.core.models import Event, Message
from communities.core.refusals import Refused
from grants.decisions import operations
from grants.decisions.models import Decision, DecisionLine
from grants.decisions.queries import reserve_list, told
from grants.funds.models import LedgerEntry
from tests.factories.assessment import AT, BidFactory, declare, lead
from tests.factories.decisions import HELD, decision_on, meeting_of, motion_on


@pytest.fixture
def micro(panel):
    """A bid of £800, which two officers decide."""
    return BidFactory(
        round=panel.round,
        tier=panel.round.terms.tiers.get(code="micro"),
        requested=Decimal(800),
        minimum_viable=Decimal(500),
    )


def budget_of(bid):
    bid.round.budget.refresh_from_db()
    return bid.round.budget


# -- two officers --------------------------------------------------------------------------------------------------


def test_two_officers_decide_a_small_grant_and_the_group_is_told_at_once(micro, carol, owen):
    declare(micro, carol, owen)
    decision = operations.propose_delegated(micro, outcome="fund", reasons="Good.", by=carol, at=AT)
    told_ = operations.ratify(decision, by=owen, at=AT)
    micro.refresh_from_db()
    assert (told_.status, told_.ratified_by, micro.status) == ("released", owen, "decided")
    assert budget_of(micro).committed == 800
    assert Message.objects.filter(template="offer_made").count() == 2
    assert not Message.objects.filter(template="decision_told").exists()


def test_the_same_officer_does_not_confirm(micro, carol):
    declare(micro, carol)
    decision = operations.propose_delegated(micro, outcome="fund", by=carol, at=AT)
    with pytest.raises(Refused, match="somebody else has to confirm"):
        operations.ratify(decision, by=carol, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(ratified_by=carol, ratified_at=AT)


def test_officers_declare_their_ties_too(micro, carol, owen, grace):
    with pytest.raises(Refused, match="Say first what ties you"):
        operations.propose_delegated(micro, outcome="fund", by=carol, at=AT)
    declare(micro, carol)
    decision = operations.propose_delegated(micro, outcome="fund", by=carol, at=AT)
    with pytest.raises(Refused, match="Say first what ties you"):
        operations.ratify(decision, by=owen, at=AT)
    declare(micro, owen, kind="related")
    with pytest.raises(Refused, match="A tie keeps you away"):
        operations.ratify(decision, by=owen, at=AT)
    declare(micro, grace)
    assert operations.ratify(decision, by=grace, at=AT).status == "released"


def test_an_officer_with_a_tie_does_not_propose(micro, carol):
    declare(micro, carol, kind="paid")
    with pytest.raises(Refused, match="Say first what ties you"):
        operations.propose_delegated(micro, outcome="fund", by=carol, at=AT)


def test_only_officers_propose_and_only_small_grants(micro, bid, carol, fiona, dev, asha):
    for user in (fiona, dev, asha):
        declare(micro, user)
        with pytest.raises(Refused) as refused:
            operations.propose_delegated(micro, outcome="fund", by=user, at=AT)
        assert refused.value.status == 403
    declare(bid, carol)
    with pytest.raises(Refused, match="goes to the panel"):
        operations.propose_delegated(bid, outcome="fund", by=carol, at=AT)


def test_a_small_grant_in_part_names_its_lines(micro, carol, owen):
    declare(micro, carol, owen)
    hall, food = micro.lines.all()
    with pytest.raises(Refused, match="come to £500"):
        operations.propose_delegated(
            micro, outcome="fund", amount=Decimal(600), lines={hall.pk: Decimal(500)}, by=carol, at=AT
        )
    decision = operations.propose_delegated(
        micro,
        outcome="fund",
        amount=Decimal(600),
        lines={hall.pk: Decimal(450), food.pk: Decimal(150)},
        by=carol,
        at=AT,
    )
    assert [line.amount for line in decision.lines.all()] == [450, 150]
    assert operations.ratify(decision, by=owen, at=AT).amount == 600


def test_a_no_needs_reasons(micro, carol):
    declare(micro, carol)
    with pytest.raises(Refused, match="no reasons"):
        operations.propose_delegated(micro, outcome="decline", by=carol, at=AT)


@pytest.mark.parametrize("amount", ["0", "-5", "800.01"])
def test_sums_outside_what_was_asked_are_refused(micro, carol, amount):
    declare(micro, carol)
    with pytest.raises(Refused, match="at most £800"):
        operations.propose_delegated(micro, outcome="fund", amount=Decimal(amount), by=carol, at=AT)


# -- confirming the panel's decisions ------------------------------------------------------------------------------


def test_a_senior_officer_confirms_and_the_money_is_promised(bid, grace):
    decision = operations.ratify(decision_on(bid), by=grace, at=AT)
    bid.refresh_from_db()
    assert (decision.status, bid.status) == ("ratified", "decided")
    entry = LedgerEntry.objects.get(kind="commit")
    assert (entry.amount, entry.case, decision.commitment) == (2000, bid.case, entry)
    assert budget_of(bid).committed == 2000
    assert not Message.objects.filter(template="decision_told").exists()


def test_only_a_senior_officer_confirms_the_panels_decisions(bid, carol, dev, fiona, una):
    decision = decision_on(bid)
    for user in (carol, dev, fiona, una):
        with pytest.raises(Refused) as refused:
            operations.ratify(decision, by=user, at=AT)
        assert refused.value.status == 403


def test_a_senior_officer_with_a_tie_does_not_confirm(bid, grace):
    declare(bid, grace, kind="related")
    with pytest.raises(Refused, match="A tie keeps you away"):
        operations.ratify(decision_on(bid), by=grace, at=AT)


def test_a_decision_beyond_the_budget_is_refused_with_the_headroom(bid, grace):
    budget = bid.round.budget
    budget.limit = Decimal("1999.99")
    budget.save()
    with pytest.raises(Refused, match=r"needs £2,000, and £1,999\.99 is left"):
        operations.ratify(decision_on(bid), by=grace, at=AT)
    bid.refresh_from_db()
    assert (bid.status, LedgerEntry.objects.count()) == ("in_assessment", 0)


def test_several_are_confirmed_together_or_not_at_all(panel, grace):
    bids = [BidFactory(round=panel.round, requested=Decimal(4000)) for _ in range(3)]
    decisions = [decision_on(each) for each in bids]
    with pytest.raises(Refused, match="left"):
        operations.ratify_many(decisions, by=grace, at=AT)
    assert (budget_of(bids[0]).committed, Decision.objects.filter(status="ratified").count()) == (0, 0)
    operations.ratify_many(decisions[:2], by=grace, at=AT)
    assert budget_of(bids[0]).committed == 8000


def test_the_last_penny_can_be_promised(panel, grace):
    bid = BidFactory(round=panel.round, requested=Decimal(10000))
    operations.ratify(decision_on(bid), by=grace, at=AT)
    assert budget_of(bid).committed == 10000


def test_lines_of_a_smaller_sum_have_to_be_agreed_first(bid, carol, grace):
    decision = decision_on(bid, amount=Decimal(1500))
    for order, line in enumerate(bid.lines.all()):
        DecisionLine.objects.create(
            decision=decision, order=order, category=line.category, item=line.item, asked=line.amount,
            amount=(750, 500)[order],
        )  # fmt: skip
    with pytest.raises(Refused, match="come to £1,250, but the sum is £1,500"):
        operations.ratify(decision, by=grace, at=AT)
    hall, food = decision.lines.all()
    with pytest.raises(Refused, match="come to £1,400"):
        operations.rebase_lines(decision, amounts={hall.pk: Decimal(900)}, by=carol, at=AT)
    with pytest.raises(Refused, match="between £0 and £500"):
        operations.rebase_lines(decision, amounts={food.pk: Decimal(600)}, by=carol, at=AT)
    operations.rebase_lines(decision, amounts={hall.pk: Decimal(1000)}, by=carol, at=AT)
    assert operations.ratify(decision, by=grace, at=AT).status == "ratified"


def test_a_group_offered_less_than_its_least_is_asked_first(bid, carol, grace, asha):
    lead(bid.group, asha.person)
    decision = less_than_least(bid, carol)
    with pytest.raises(Refused, match="less than the group said"):
        operations.ratify(decision, by=grace, at=AT)
    operations.ask_about_less(decision, by=carol, at=AT)
    assert asha.email in {each.recipient for each in Message.objects.filter(template="smaller_sum")}
    with pytest.raises(Refused, match="already"):
        operations.ratify(decision, by=grace, at=AT)
    operations.answer_about_less(decision, agrees=True, by=asha, at=AT)
    assert operations.ratify(decision, by=grace, at=AT).status == "ratified"


def test_a_no_to_the_smaller_sum_brings_the_bid_back_to_the_panel(bid, panel, carol, asha, dev, joan, hassan):
    lead(bid.group, asha.person)
    decision = less_than_least(bid, carol)
    operations.ask_about_less(decision, by=carol, at=AT)
    operations.answer_about_less(decision, agrees=False, by=asha, at=AT)
    decision.refresh_from_db()
    assert decision.status == "set_aside"
    declare(bid, dev, joan, hassan)
    assert motion_on(meeting_of(panel, dev, joan, hassan), bid)


def test_who_answers_about_a_smaller_sum(bid, carol, asha, ben, stranger, dev):
    from communities.groups.models import Membership

    Membership.objects.create(group=bid.group, person=ben.person, role="member", starts_on="2026-01-01")
    decision = less_than_least(bid, carol)
    operations.ask_about_less(decision, by=carol, at=AT)
    for user in (stranger, ben, dev):
        with pytest.raises(Refused) as refused:
            operations.answer_about_less(decision, agrees=True, by=user, at=AT)
        assert refused.value.status == 403
    operations.answer_about_less(decision, agrees=True, note="Told us by phone", by=carol, at=AT)
    assert Event.objects.get(verb="decision.answer_about_less").reason == "Told us by phone"


def test_groups_are_asked_only_where_it_matters(bid, carol):
    with pytest.raises(Refused, match="not below"):
        operations.ask_about_less(decision_on(bid), by=carol, at=AT)


def less_than_least(bid, carol):
    decision = decision_on(bid, amount=Decimal(1000))
    hall, food = (
        DecisionLine.objects.create(
            decision=decision, order=order, category=line.category, item=line.item, asked=line.amount, amount=0
        )
        for order, line in enumerate(bid.lines.all())
    )
    return operations.rebase_lines(decision, amounts={hall.pk: Decimal(700), food.pk: Decimal(300)}, by=carol, at=AT)


def test_wording_changes_until_it_is_confirmed(bid, carol, grace, dev):
    decision = decision_on(bid)
    operations.prepare(decision, reasons=" Well led. ", conditions=["Insurance first", ""], by=carol, at=AT)
    decision.refresh_from_db()
    assert (decision.reasons, decision.conditions) == ("Well led.", ["Insurance first"])
    with pytest.raises(Refused):
        operations.prepare(decision, reasons="Mine", by=dev, at=AT)
    operations.ratify(decision, by=grace, at=AT)
    with pytest.raises(Refused, match="confirmed and cannot change"):
        operations.prepare(decision, reasons="Other", by=carol, at=AT)
    with pytest.raises(Refused, match="confirmed and cannot change"):
        operations.rebase_lines(decision, amounts={}, by=carol, at=AT)


def test_a_withdrawn_bid_is_not_confirmed(bid, grace):
    decision = decision_on(bid)
    type(bid).objects.filter(pk=bid.pk).update(status="withdrawn")
    with pytest.raises(Refused, match="Withdrawn"):
        operations.ratify(decision, by=grace, at=AT)


# -- setting aside -------------------------------------------------------------------------------------------------


def test_setting_aside_gives_the_money_back_and_opens_the_bid_again(bid, grace):
    decision = operations.ratify(decision_on(bid), by=grace, at=AT)
    operations.set_aside(decision, reason="The minute says otherwise.", by=grace, at=AT)
    bid.refresh_from_db()
    assert (bid.status, budget_of(bid).committed) == ("in_assessment", 0)
    assert decision_on(bid).status == "proposed"


def test_setting_aside_needs_a_reason_and_a_senior_officer(bid, grace, carol):
    decision = decision_on(bid)
    with pytest.raises(Refused, match="no reason"):
        operations.set_aside(decision, reason=" ", by=grace, at=AT)
    with pytest.raises(Refused) as refused:
        operations.set_aside(decision, reason="No.", by=carol, at=AT)
    assert refused.value.status == 403


def test_what_a_group_was_told_is_not_set_aside(bid, grace):
    decision = operations.ratify(decision_on(bid), by=grace, at=AT)
    operations.release([decision], by=grace, at=AT)
    with pytest.raises(Refused, match="already"):
        operations.set_aside(decision, reason="Second thoughts.", by=grace, at=AT)


# -- telling -------------------------------------------------------------------------------------------------------


def test_all_groups_of_a_round_are_told_together(panel, grace):
    first, second = BidFactory(round=panel.round), BidFactory(round=panel.round)
    operations.ratify(decision_on(first), by=grace, at=AT)
    with pytest.raises(Refused, match=f"1 bid is still to be decided: {second.reference}"):
        operations.release(panel.round, by=grace, at=AT)
    other = decision_on(second, outcome="decline")
    with pytest.raises(Refused, match="1 decision still to be confirmed"):
        operations.release(panel.round, by=grace, at=AT)
    operations.ratify(other, by=grace, at=AT)
    assert len(operations.release(panel.round, by=grace, at=AT)) == 2
    assert Message.objects.filter(template="offer_made", case=first.case).count() == 2
    letters = Message.objects.filter(template="decision_told")
    assert {each.case for each in letters} == {second.case}
    assert "will not support it this time" in letters[0].body


def test_a_bid_put_off_does_not_hold_the_others_up(panel, bid, grace):
    late = BidFactory(round=panel.round)
    motion = motion_on(meeting_of(panel), late, kind="defer", reasons="More facts.")
    type(motion).objects.filter(pk=motion.pk).update(status="carried")
    operations.ratify(decision_on(bid), by=grace, at=AT)
    assert len(operations.release(panel.round, by=grace, at=AT)) == 1


def test_only_a_senior_officer_tells_the_groups(bid, panel, grace, carol):
    operations.ratify(decision_on(bid), by=grace, at=AT)
    with pytest.raises(Refused) as refused:
        operations.release(panel.round, by=carol, at=AT)
    assert refused.value.status == 403


def test_nothing_to_tell_is_a_refusal(panel, grace):
    with pytest.raises(Refused, match="nothing to tell"):
        operations.release(panel.round, by=grace, at=AT)


def test_the_group_sees_the_decision_only_once_it_is_told(bid, grace, asha):
    lead(bid.group, asha.person)
    decision = decision_on(bid)
    seen = lambda: Decision.objects.visible_to(asha).filter(pk=decision.pk).exists()
    assert not seen()
    operations.ratify(decision, by=grace, at=AT)
    assert not seen()
    operations.release([decision], by=grace, at=AT)
    assert seen()
    assert told(bid) == decision


def test_an_embargo_holds_until_its_moment(bid, panel, grace):
    operations.ratify(decision_on(bid), by=grace, at=AT)
    at_noon = AT + timedelta(days=2)
    operations.release(panel.round, by=grace, at=AT, not_before=at_noon)
    assert operations.release_due(at=at_noon - timedelta(seconds=1)) == 0
    assert not Message.objects.filter(template="decision_told").exists()
    assert operations.release_due(at=at_noon) == 1
    assert operations.release_due(at=at_noon) == 0
    decision = Decision.objects.get()
    assert (decision.status, decision.released_at, decision.released_by) == ("released", at_noon, grace)


def test_a_confirmed_decision_cannot_change_even_in_the_database(bid, grace):
    decision = operations.ratify(decision_on(bid), by=grace, at=AT)
    for sql in (
        f"UPDATE {Decision._meta.db_table} SET amount = 1",
        f"UPDATE {Decision._meta.db_table} SET reasons = 'x'",
        f"UPDATE {Decision._meta.db_table} SET commitment_id = NULL",
        f"DELETE FROM {Decision._meta.db_table}",
        f"UPDATE {DecisionLine._meta.db_table} SET amount = 0",
        f"DELETE FROM {DecisionLine._meta.db_table}",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    decision.refresh_from_db()
    assert decision.amount == 2000


# -- the reserve list ----------------------------------------------------------------------------------------------


def test_the_reserve_list_has_an_order_that_officers_set(panel, carol):
    first, second = (decision_on(BidFactory(round=panel.round), outcome="reserve", reserve_rank=n) for n in (1, 2))
    operations.rank_reserve(second, rank=1, by=carol, at=AT)
    operations.rank_reserve(first, rank=2, by=carol, at=AT)
    assert reserve_list(panel.round) == [second, first]


def test_a_reserve_is_funded_when_money_is_free(bid, panel, grace, carol):
    reserve = operations.ratify(decision_on(bid, outcome="reserve", reserve_rank=1), by=grace, at=AT)
    operations.release(panel.round, by=grace, at=AT)
    new = operations.reconsider_reserve(reserve, outcome="fund", by=carol, at=AT)
    reserve.refresh_from_db()
    assert (reserve.status, new.status, told(bid)) == ("set_aside", "proposed", reserve)
    operations.ratify(new, by=grace, at=AT)
    operations.release([new], by=grace, at=AT)
    assert (budget_of(bid).committed, told(bid)) == (2000, new)


def test_waiting_on_the_reserve_list_ends_with_reasons(bid, panel, grace, carol):
    reserve = operations.ratify(decision_on(bid, outcome="reserve", reserve_rank=1), by=grace, at=AT)
    operations.release(panel.round, by=grace, at=AT)
    with pytest.raises(Refused, match="no reasons"):
        operations.reconsider_reserve(reserve, outcome="decline", by=carol, at=AT)
    new = operations.reconsider_reserve(reserve, outcome="decline", reasons="No money came free.", by=carol, at=AT)
    assert new.outcome == "decline"


def test_other_decisions_that_were_told_stand(bid, panel, grace, carol):
    decision = operations.ratify(decision_on(bid), by=grace, at=AT)
    operations.release(panel.round, by=grace, at=AT)
    with pytest.raises(Refused, match="not on the reserve list"):
        operations.reconsider_reserve(decision, outcome="decline", reasons="x", by=carol, at=AT)
    decision.refresh_from_db()
    assert decision.status == "released"


def test_members_of_the_group_read_nothing_on_the_ledger_or_timeline_before(bid, grace, asha):
    operations.ratify(decision_on(bid), by=grace, at=HELD)
    assert not Decision.objects.visible_to(asha).exists()
