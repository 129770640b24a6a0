"""Which checks of a group still stand, and what holds it back."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from communities.core.clock import london
from communities.diligence.models import CheckType, GroupCheck, Hold
from communities.groups.models import Group


def latest_checks(groups: Iterable[Any]) -> dict[Any, dict[Any, GroupCheck]]:
    """The latest check of each kind, by the key of the group and of the kind of check, in one query."""
    rows = GroupCheck.objects.filter(group__in=list(groups)).select_related("checked_by", "check_type", "evidence")
    found: dict[Any, dict[Any, GroupCheck]] = defaultdict(dict)
    for check in rows.order_by("-checked_at", "-pk"):
        found[check.group_id].setdefault(check.check_type_id, check)
    return dict(found)


def stands(check: GroupCheck | None, on: date) -> bool:
    """Whether a result can still be used on that day."""
    return check is not None and (check.valid_until is None or check.valid_until >= on)


def standing_checks(group: Group, at: datetime) -> dict[CheckType, GroupCheck | None]:
    """Every kind of check made on groups, with the result that still stands, if there is one."""
    latest, on = latest_checks([group.pk]).get(group.pk, {}), london(at).date()
    kinds = CheckType.objects.filter(subject=CheckType.Subject.GROUP, is_active=True)
    return {kind: check if stands(check := latest.get(kind.pk), on) else None for kind in kinds}


def open_holds(groups: Iterable[Any]) -> dict[Any, list[Hold]]:
    """The holds in force, by the key of the group, in one query."""
    found: dict[Any, list[Hold]] = defaultdict(list)
    for hold in Hold.objects.filter(group__in=list(groups), cleared_at=None).select_related("set_by"):
        found[hold.group_id].append(hold)
    return dict(found)


def has_hold(group: Group) -> bool:
    """Whether the group can be made no new offer for now."""
    return Hold.objects.filter(group=group, cleared_at=None).exists()
