"""Calling the panel together, opening and closing its meeting, who is in the room."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from communities.core.lifecycle import lock
from communities.core.permissions import Actor, allows
from communities.core.refusals import Refused
from grants.assessment.operations import close_scoring
from grants.assessment.queries import before_panel
from grants.decisions.lifecycle import is_not_closed
from grants.decisions.models import MEETING, Attendance, Meeting
from grants.rounds.models import Panel, Seat

NOT_YOURS = ("You do not have the right to do this.", "Ask the council's grants team if you think you should.")


def plan_meeting(panel: Panel, *, held_at: datetime, venue: str = "", by: Actor, at: datetime) -> Meeting:
    """Call the panel together. Its members are told by e-mail."""
    return MEETING.create("plan", Meeting(panel=panel, held_at=held_at, venue=venue.strip()), by=by, at=at)


def move_meeting(meeting: Meeting, *, held_at: datetime, venue: str = "", by: Actor, at: datetime) -> Meeting:
    """Change the day or the place. The panel is told again."""
    with MEETING.record(
        "move", meeting, by=by, at=at, who="grants.plan_this_meeting", message="meeting_planned"
    ) as held:
        if held.status != Meeting.Status.PLANNED:
            raise Refused("The meeting has begun.", "Plan another one.")
        held.event_detail = {"before": {"held_at": held.held_at, "venue": held.venue}}
        held.held_at, held.venue = held_at, venue.strip()
    return held


def open_meeting(meeting: Meeting, *, by: Actor, at: datetime) -> Meeting:
    """Begin. Scoring of the bids on the agenda is over, and members see all scores."""
    with MEETING.step("open", meeting, by=by, at=at) as held:
        held.opened_at = at
        close_scoring(list(before_panel(held.panel.round)), at=at)
    return held


def mark_attendance(meeting: Meeting, *, present: Collection[Seat], by: Actor, at: datetime) -> None:
    """Note who is in the room, now: members come late and leave early."""
    who = {seat.pk for seat in present}
    detail = {"present": sorted(who)}
    with MEETING.record(
        "attendance", meeting, by=by, at=at, who="grants.run_meeting", detail=detail, needs=(is_not_closed,)
    ) as held:
        seats = Seat.objects.filter(panel=held.panel)
        Attendance.objects.bulk_create(
            [Attendance(meeting=held, seat=seat, is_present=seat.pk in who) for seat in seats],
            update_conflicts=True,
            unique_fields=("meeting", "seat"),
            update_fields=("is_present",),
        )


def close_meeting(meeting: Meeting, *, minute: str, by: Actor, at: datetime) -> Meeting:
    """End the meeting with its minute. Neither the meeting nor its votes can change afterwards."""
    if not minute.strip():
        raise Refused("The meeting has no minute yet.", "Write what was decided and what was noted.")
    with MEETING.step("close", meeting, by=by, at=at) as held:
        held.closed_at, held.minute = at, minute.strip()
    return held


def in_session(meeting: Meeting) -> Meeting:
    """The meeting, locked and open: motions and votes belong to nothing else."""
    [held] = lock(Meeting.objects.filter(pk=meeting.pk).select_related("panel__round"))
    if held.status != Meeting.Status.OPEN:
        raise Refused("The meeting is not in session.", "Motions and votes belong to a meeting that is open.")
    return held


def permit(name: str, row: Any, by: Actor) -> None:
    """Refuse who may not."""
    if not allows(by, name, row):
        raise Refused(*NOT_YOURS, status=403)
