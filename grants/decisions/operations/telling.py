"""Telling the groups, all of a round together, now or on a day that is set."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from communities.core.clock import now
from communities.core.lifecycle import lock, unit
from communities.core.permissions import SYSTEM, Actor
from communities.core.refusals import Refused
from grants.decisions.lifecycle import is_not_told
from grants.decisions.models import (
    DECISION,
    Decision,
)
from grants.decisions.queries import ready_to_tell, unsettled
from grants.rounds.models import Round


def release(
    what: Round | Collection[Decision],
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    not_before: datetime | None = None,
) -> list[Decision]:
    """Tell the groups, all of a round together, now or not before a moment. Nothing shows to anybody until then."""
    if isinstance(what, Round):
        if waiting := unsettled(what):
            raise Refused(" ".join(waiting), "All groups of a round are told together. Finish these first.")
        decisions = list(ready_to_tell(what))
        if not decisions:
            raise Refused("There is nothing to tell: no decision is waiting.", "Confirm the decisions first.")
    else:
        decisions = [each for each in what if each.status != Decision.Status.RELEASED]
    if not_before is not None and not_before > at:
        return _schedule(decisions, not_before, by, at)
    return _tell(decisions, by=by, at=at, teller=by.pk, reason=reason)


def _schedule(decisions: Sequence[Decision], not_before: datetime, by: Actor, at: datetime) -> list[Decision]:
    with unit():
        for decision in sorted(decisions, key=lambda each: each.pk):
            detail = {"not_before": not_before}
            with DECISION.record(
                "schedule",
                decision,
                by=by,
                at=at,
                who="grants.release_decision",
                detail=detail,
                needs=(is_not_told,),
            ) as held:
                held.release_due_at, held.release_set_by_id = not_before, by.pk
    return list(decisions)


def _tell(decisions: Sequence[Decision], *, by: Actor, at: datetime, teller: Any, reason: str = "") -> list[Decision]:
    with DECISION.step_many("release", decisions, by=by, at=at, reason=reason, all_or_nothing=True) as batch:
        for held in batch.done:
            held.released_at, held.released_by_id = at, teller
    return batch.done


def release_due(*, at: datetime | None = None) -> int:
    """Tell the groups whose day has come. Safe to run twice."""
    moment = at or now()
    waiting = Decision.objects.filter(status=Decision.Status.RATIFIED, release_due_at__lte=moment)
    told = 0
    for teller in waiting.order_by("release_set_by_id").values_list("release_set_by_id", flat=True).distinct():
        with unit():
            # locked before they are looked at: one may be set aside, or given another day, in this moment
            told += len(_tell(lock(waiting.filter(release_set_by=teller)), by=SYSTEM, at=moment, teller=teller))
    return told
