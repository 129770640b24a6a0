"""Confirming a decision, which promises its money, or setting it aside."""

from collections.abc import Collection, Sequence
from datetime import datetime

from communities.core.permissions import Actor
from communities.core.refusals import Refused
from grants.applications.models import APPLICATION, Application
from grants.decisions.models import (
    DECISION,
    Decision,
    DecisionLine,
)
from grants.decisions.operations.telling import release
from grants.funds.operations import commit, give_back


def ratify(decision: Decision, *, by: Actor, at: datetime) -> Decision:
    """Confirm a decision and promise its money. A small grant decided by two officers is told at once."""
    [confirmed] = ratify_many([decision], by=by, at=at)
    if confirmed.route == Decision.Route.DELEGATED:
        [confirmed] = release([confirmed], by=by, at=at)
    return confirmed


def ratify_many(decisions: Collection[Decision], *, by: Actor, at: datetime) -> list[Decision]:
    """Confirm several decisions, all or none. The budget is locked before anything is read."""
    with DECISION.step_many("ratify", list(decisions), by=by, at=at, all_or_nothing=True) as batch:
        for held in batch.done:
            held.ratified_by_id, held.ratified_at = by.pk, at
            if held.amount is not None:
                held.commitment = commit(
                    held.application.round.budget,
                    amount=held.amount,
                    case=held.case,
                    key=f"decision:{held.public_id}",
                    by=by,
                    at=at,
                    note=f"{held.application.reference} {held.application.title}",
                )
        DecisionLine.objects.filter(decision__in=batch.done).update(is_final=True)
        _decide([held.application for held in batch.done], by, at)
    return batch.done


def set_aside(decision: Decision, *, reason: str, by: Actor, at: datetime) -> Decision:
    """Send a decision back before anybody is told. Money that was promised is free again."""
    if not reason.strip():
        raise Refused("There is no reason yet.", "Say why the decision is set aside.")
    with DECISION.step("set_aside", decision, by=by, at=at, reason=reason) as held:
        if held.commitment is not None and held.amount is not None:
            give_back(
                held.application.round.budget,
                amount=held.amount,
                case=held.case,
                key=f"set-aside:{held.public_id}",
                by=by,
                at=at,
                note=f"{held.application.reference} set aside",
            )
        _reopen(held.application, by, at)
    return held


def _decide(bids: Sequence[Application], by: Actor, at: datetime) -> None:
    """The bids are decided; one from the reserve list is that already."""
    moving = [bid for bid in bids if bid.status == Application.Status.IN_ASSESSMENT]
    with APPLICATION.step_many("decide", moving, by=by, at=at, all_or_nothing=True):
        pass


def _reopen(bid: Application, by: Actor, at: datetime) -> None:
    """A confirmed decision that nobody was told falls: the bid is open again."""
    told = bid.decisions.filter(released_at__isnull=False).exists()
    if bid.status == Application.Status.DECIDED and not told:
        with APPLICATION.step("reopen", bid, by=by, at=at):
            pass
