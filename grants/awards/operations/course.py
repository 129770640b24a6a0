"""An award on its way: conditions met, and the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from communities.core.lifecycle import lock
from communities.core.permissions import Actor
from communities.core.refusals import Refused
from grants.awards.models import AWARD, Award, AwardCondition


def meet_condition(condition: AwardCondition, *, note: str = "", by: Actor, at: datetime) -> AwardCondition:
    """Write down that a condition is met, and how we know."""
    with _condition_of(condition, "meet_condition", note, by, at) as found:
        found.met_at, found.met_by_id, found.note = at, by.pk, note[:250]
    return found


def change_condition(
    condition: AwardCondition, *, when: str, due_on: date | None = None, by: Actor, at: datetime
) -> AwardCondition:
    """Say whether a condition comes before payment or during the project, and until when."""
    with _condition_of(condition, "change_condition", "", by, at) as found:
        found.when, found.due_on = when, due_on
    return found


@contextmanager
def _condition_of(
    condition: AwardCondition, verb: str, reason: str, by: Actor, at: datetime
) -> Iterator[AwardCondition]:
    with AWARD.record(verb, condition.award, by=by, at=at, who="grants.change_awardcondition", reason=reason) as award:
        [found] = lock(award.conditions.filter(pk=condition.pk))
        if found.met_at is not None:
            raise Refused("This condition is met already.", "Nothing more has to be done about it.")
        yield found
        found.save()


def complete(award: Award, *, by: Actor, at: datetime) -> Award:
    """Say that all is paid, accounted for and told. The group is thanked."""
    with AWARD.step("complete", award, by=by, at=at) as done:
        done.completed_at = at
    return done


def close(award: Award, *, by: Actor, at: datetime) -> Award:
    """Put the file away. The years that it has to be kept are counted from now."""
    with AWARD.step("close", award, by=by, at=at) as done:
        done.closed_at = at
    return done
