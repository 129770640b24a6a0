"""Meetings in session, motions, decisions waiting to be confirmed."""

from datetime import UTC, datetime

from grants.decisions.models import Attendance, Decision, DecisionLine, Meeting, Motion
from tests.factories.assessment import AT, officer

HELD = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def meeting_of(panel, *present, status="open"):
    """A meeting of the panel with these people in the room."""
    meeting = Meeting.objects.create(
        panel=panel, held_at=HELD, venue="Village hall", status=status, opened_at=None if status == "planned" else HELD
    )
    who = {user.pk for user in present}
    for seat in panel.seats.select_related("person"):
        Attendance.objects.create(meeting=meeting, seat=seat, is_present=seat.person.user_id in who)
    return meeting


def motion_on(meeting, bid, kind="full", amount=None, put_by=None, **more):
    """A motion being voted on."""
    amount = bid.requested if kind == "full" else amount
    return Motion.objects.create(
        meeting=meeting, application=bid, case=bid.case, kind=kind, amount=amount, status="open",
        put_by=put_by or officer(), put_at=HELD, **more,
    )  # fmt: skip


def decision_on(bid, outcome="fund", amount=None, proposed_by=None, route="panel", **more):
    """A decision proposed and not yet confirmed, its lines as asked for."""
    amount = (bid.requested if amount is None else amount) if outcome == "fund" else None
    decision = Decision.objects.create(
        application=bid, case=bid.case, route=route, outcome=outcome, amount=amount, status="proposed",
        proposed_by=proposed_by or officer(), proposed_at=AT, **{"reasons": "The panel liked it."} | more,
    )  # fmt: skip
    if outcome == "fund" and amount == bid.requested:
        for line in bid.lines.all():
            DecisionLine.objects.create(
                decision=decision, order=line.order, category=line.category, item=line.item, asked=line.amount,
                amount=line.amount,
            )  # fmt: skip
    return decision
