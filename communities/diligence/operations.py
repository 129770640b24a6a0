"""Everything that changes what we know about a group: checks made, holds set and cleared, the kinds of check."""

import json
from calendar import monthrange
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from communities.core.clock import london
from communities.core.events import Moment, record_event
from communities.core.files import StoredFile
from communities.core.jobs import Loaded, load_missing
from communities.core.lifecycle import lock, unit
from communities.core.outbox import queue
from communities.core.permissions import Actor
from communities.core.refusals import Refused
from communities.diligence.models import CheckType, GroupCheck, Hold
from communities.groups.models import Group

DATA = Path(__file__).parent / "data"
Result = GroupCheck.Result


def load_check_types() -> dict[str, Loaded]:
    """Add the kinds of check that are not there yet; what officers changed stays."""
    rows = json.loads((DATA / "checks.json").read_text(encoding="utf-8"))
    with transaction.atomic():
        loaded = load_missing(CheckType, rows, key=("code",))
        if loaded.new:
            record_event("check_type.load", detail={"check types": loaded.new})
    return {"check types": loaded}


def record_check(
    group: Group,
    *,
    check_type: CheckType,
    result: str,
    note: str = "",
    evidence: StoredFile | None = None,
    valid_until: date | None = None,
    by: Actor,
    at: datetime,
) -> GroupCheck:
    """Write down what a check of the group found. Every bid of the group uses it while it is valid."""
    _permit(by, "communities.waive_check" if result == Result.WAIVED else "communities.check_group", group)
    if result in (Result.FAILED, Result.WAIVED) and not note.strip():
        raise Refused(
            "Say why, in a sentence or two.", "Whoever reads the case later has to understand it.", status=400
        )
    with unit():
        check = GroupCheck.objects.create(
            group=group,
            check_type=check_type,
            result=result,
            note=note.strip(),
            evidence=evidence,
            checked_by_id=by.pk,
            checked_at=at,
            valid_until=valid_until or _until(check_type, result, at),
        )
        detail = {"check": check_type.code, "result": result, "note": check.note, "valid_until": check.valid_until}
        record_event("group.check", check, by=by, at=at, reason=str(check), detail=detail, case=group.case)
    return check


def set_hold(group: Group, *, kind: str, reason: str, by: Actor, at: datetime) -> Hold:
    """Keep a group from new offers for a while. It can go on writing and sending bids."""
    _permit(by, "communities.hold_group", group)
    if not reason.strip():
        raise Refused("Say why the group is put on hold.", "Write the reason, then try again.", status=400)
    with unit():
        hold = Hold.objects.create(group=group, kind=kind, reason=reason.strip(), set_by_id=by.pk, set_at=at)
        record_event("hold.set", hold, by=by, at=at, reason=hold.reason, case=group.case)
        queue("hold_set", [hold], Moment(by, at, hold.reason))
    return hold


def clear_hold(hold: Hold, *, reason: str, by: Actor, at: datetime) -> None:
    """Let a group have new offers again."""
    _permit(by, "communities.hold_group", hold.group)
    if not reason.strip():
        raise Refused("Say why the hold can go.", "Write the reason, then try again.", status=400)
    with unit():
        [row] = lock(Hold.objects.filter(pk=hold.pk))
        if row.cleared_at is not None:
            raise Refused("This hold has been cleared already.", "There is nothing left to do.")
        row.cleared_by_id, row.cleared_at, row.cleared_reason = by.pk, at, reason.strip()
        row.save(update_fields=("cleared_by", "cleared_at", "cleared_reason"))
        record_event("hold.clear", row, by=by, at=at, reason=row.cleared_reason, case=hold.group.case)
        queue("hold_cleared", [row], Moment(by, at, row.cleared_reason))


def _until(check_type: CheckType, result: str, at: datetime) -> date | None:
    if check_type.valid_months is None or result == Result.FAILED:
        return None
    return months_after(london(at).date(), check_type.valid_months)


def months_after(day: date, months: int) -> date:
    """The same day that many months later, or the last of its month where there is none."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _permit(by: Actor, name: str, group: Group) -> None:
    if not by.has_perm(name, group):
        raise Refused("You do not have the right to do this.", "Ask a senior officer.", status=403)
