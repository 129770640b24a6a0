"""Preparing a proposed decision: lines, words, place on the reserve list, asking the group about less."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from communities.core.money import pounds
from communities.core.permissions import Actor
from communities.core.refusals import Refused
from grants.decisions.models import (
    DECISION,
    Decision,
    DecisionLine,
)
from grants.decisions.operations.proposing import adds_up


def rebase_lines(decision: Decision, *, amounts: Mapping[int, Decimal], by: Actor, at: datetime) -> Decision:
    """Say what a smaller sum is for, line by line."""
    with DECISION.record("lines", decision, by=by, at=at, who="grants.prepare_decision") as held:
        _still_proposed(held)
        lines = list(held.lines.all())
        before = {line.item: line.amount for line in lines}
        for line in lines:
            line.amount = amounts.get(line.pk, line.amount)
            if not 0 <= line.amount <= line.asked:
                raise Refused(f"“{line.item}” must be between £0 and {pounds(line.asked)}.", "Correct the line.")
        adds_up([line.amount for line in lines], held.amount or Decimal(0))
        DecisionLine.objects.bulk_update(lines, ["amount"])
        held.lines_agreed_at, held.lines_agreed_by_id = at, by.pk
        held.event_detail = {"before": before, "after": {line.item: line.amount for line in lines}}
    return held


def prepare(decision: Decision, *, reasons: str, conditions: Sequence[str] = (), by: Actor, at: datetime) -> Decision:
    """Word the reasons and the conditions that the group will read."""
    with DECISION.record("prepare", decision, by=by, at=at, who="grants.prepare_decision") as held:
        _still_proposed(held)
        held.event_detail = {"before": {"reasons": held.reasons, "conditions": held.conditions}}
        held.reasons, held.conditions = reasons.strip(), [text.strip() for text in conditions if text.strip()]
    return held


def rank_reserve(decision: Decision, *, rank: int, by: Actor, at: datetime) -> Decision:
    """Give a bid its place on the reserve list."""
    with DECISION.record("rank", decision, by=by, at=at, who="grants.prepare_decision") as held:
        _still_proposed(held)
        if held.outcome != Decision.Outcome.RESERVE or rank < 1:
            raise Refused("Only bids on the reserve list have a place, from 1 upwards.", "Correct the place.")
        held.reserve_rank = rank
    return held


def _still_proposed(decision: Decision) -> None:
    if decision.status not in (Decision.Status.PROPOSED, Decision.Status.ASKING):
        raise Refused("This decision is confirmed and cannot change.", "A senior officer can set it aside.")


def ask_about_less(decision: Decision, *, by: Actor, at: datetime) -> Decision:
    """Ask the group whether less than its least would still work. It is no offer."""
    with DECISION.step("ask_about_less", decision, by=by, at=at) as held:
        pass
    return held


def answer_about_less(decision: Decision, *, agrees: bool, note: str = "", by: Actor, at: datetime) -> Decision:
    """The group says whether the smaller sum would still work. A no sets the proposal aside: the panel looks again."""
    if not agrees:
        with DECISION.step("refuse_less", decision, by=by, at=at, reason=note) as refused:
            return refused
    with DECISION.step("answer_about_less", decision, by=by, at=at, reason=note) as agreed:
        agreed.below_least_agreed_at = at
    return agreed
