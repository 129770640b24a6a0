"""Proposing a decision: from a carried motion, by an officer for a small grant, from the reserve list."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Max

from communities.core.lifecycle import lock, unit
from communities.core.money import pounds, split
from communities.core.permissions import Actor
from communities.core.refusals import Refused
from grants.applications.models import Application, BidLine
from grants.assessment.queries import has_declared
from grants.decisions.models import (
    DECISION,
    Decision,
    DecisionLine,
    Motion,
)
from grants.decisions.operations.meetings import permit
from grants.rounds.models import Round, Tier

OUTCOME_OF = {
    Motion.Kind.FULL: Decision.Outcome.FUND,
    Motion.Kind.PART: Decision.Outcome.FUND,
    Motion.Kind.DECLINE: Decision.Outcome.DECLINE,
    Motion.Kind.RESERVE: Decision.Outcome.RESERVE,
}


def propose_carried(motion: Motion, bid: Application, by: Actor, at: datetime) -> Decision:
    """What the panel carried becomes a proposal that a senior officer confirms."""
    decision = Decision(
        application=bid,
        motion=motion,
        route=Decision.Route.PANEL,
        outcome=OUTCOME_OF[Motion.Kind(motion.kind)],
        amount=motion.amount,
        conditions=motion.conditions,
        reasons=motion.reasons,
    )
    return propose(decision, {}, by, at)


def propose_delegated(
    application: Application,
    *,
    outcome: str,
    amount: Decimal | None = None,
    conditions: Sequence[str] = (),
    reasons: str = "",
    lines: Mapping[int, Decimal] | None = None,
    by: Actor,
    at: datetime,
) -> Decision:
    """Propose what happens with a small bid. Another officer confirms it, and the group is told at once.

    `lines` gives the new amount of each of the bid's lines, by its key, where the sum is smaller than asked.
    """
    with unit():
        [bid] = lock(Application.objects.filter(pk=application.pk))
        permit("grants.propose_delegated", bid, by)
        if bid.tier is None or bid.tier.route != Tier.Route.DELEGATED:
            raise Refused("This bid goes to the panel.", "Only small grants are decided by two officers.")
        if bid.status != Application.Status.IN_ASSESSMENT:
            raise Refused("This bid is not being assessed.", "Finish its checks first.")
        if not has_declared(by, bid):
            raise Refused("Say first what ties you to this bid.", "With a tie, a colleague decides it.")
        decision = Decision(
            application=bid,
            route=Decision.Route.DELEGATED,
            outcome=outcome,
            amount=_amount(bid, outcome, amount),
            conditions=[text.strip() for text in conditions if text.strip()],
            reasons=reasons.strip(),
        )
        _reasons_for_no(decision)
        return propose(decision, lines or {}, by, at)


def reconsider_reserve(
    decision: Decision,
    *,
    outcome: str,
    amount: Decimal | None = None,
    reasons: str = "",
    by: Actor,
    at: datetime,
) -> Decision:
    """Take a bid from the reserve list, to fund it after all or to end its waiting. Confirmed by another person."""
    with unit():
        [bid] = lock(Application.objects.filter(pk=decision.application_id))
        with DECISION.step("reconsider", decision, by=by, at=at, reason=reasons) as old:
            if old.outcome != Decision.Outcome.RESERVE:
                raise Refused("This bid is not on the reserve list.", "Decisions that were told stand.")
        new = Decision(
            application=bid,
            route=old.route,
            outcome=outcome,
            amount=_amount(bid, outcome, amount),
            conditions=old.conditions,
            reasons=reasons.strip(),
        )
        _reasons_for_no(new)
        return propose(new, {}, by, at)


def _amount(bid: Application, outcome: str, amount: Decimal | None) -> Decimal | None:
    if outcome != Decision.Outcome.FUND:
        return None
    given = bid.requested if amount is None else amount
    if not 0 < given <= bid.requested:
        raise Refused(f"The sum must be more than nothing and at most {pounds(bid.requested)}.", "Correct the sum.")
    return given


def _reasons_for_no(decision: Decision) -> None:
    if decision.outcome != Decision.Outcome.FUND and not decision.reasons:
        raise Refused("There are no reasons for the group yet.", "Write what the group will read.")


def propose(decision: Decision, lines: Mapping[int, Decimal], by: Actor, at: datetime) -> Decision:
    """Write a proposal down with its lines; one stands for each bid at a time."""
    bid = decision.application
    if bid.decisions.exclude(status=Decision.Status.SET_ASIDE).exists():
        raise Refused("A decision on this bid stands already.", "Set it aside first.")
    decision.case, decision.proposed_by_id, decision.proposed_at = bid.case, by.pk, at
    if decision.outcome == Decision.Outcome.RESERVE:
        decision.reserve_rank = _next_rank(bid.round)
    if lines and decision.amount is not None:
        decision.lines_agreed_by_id, decision.lines_agreed_at = by.pk, at
    DECISION.create("propose", decision, by=by, at=at)
    if decision.amount is not None:
        _write_lines(decision, list(bid.lines.filter(funded_by=BidLine.FundedBy.GRANT)), lines)
    return decision


def _write_lines(decision: Decision, asked: Sequence[BidLine], chosen: Mapping[int, Decimal]) -> None:
    """The bid's lines; for a smaller sum shared in proportion, until an officer says better."""
    amount = decision.amount or Decimal(0)
    shared = split(amount, [line.amount for line in asked]) if asked else []
    if chosen:
        shared = [chosen.get(line.pk, Decimal(0)) for line in asked]
        adds_up(shared, amount)
    DecisionLine.objects.bulk_create(
        DecisionLine(
            decision=decision, order=line.order, category=line.category, item=line.item, asked=line.amount, amount=part
        )
        for line, part in zip(asked, shared, strict=True)
    )


def adds_up(parts: Sequence[Decimal], amount: Decimal) -> None:
    """Refuse lines that do not come to the sum."""
    if (total := sum(parts, Decimal(0))) != amount:
        raise Refused(f"The lines come to {pounds(total)}, but the sum is {pounds(amount)}.", "Change the lines.")


def _next_rank(round_: Round) -> int:
    last = Decision.objects.filter(application__round=round_).exclude(status=Decision.Status.SET_ASIDE)
    return (last.aggregate(last=Max("reserve_rank"))["last"] or 0) + 1
