"""What this room shows on the officers' page of a group: what holds it back, and which checks still stand."""

from collections.abc import Mapping, Sequence
from typing import Any

from communities.core.clock import today
from communities.core.permissions import Actor
from communities.core.sections import section
from communities.diligence.models import CheckType, GroupCheck
from communities.diligence.queries import latest_checks, open_holds, stands
from communities.groups.models import Group


@section("office_group", "standing", order=150, template="communities/diligence/_standing.html")
def standing(groups: Sequence[Group], user: Actor) -> Mapping[Any, Any]:
    """Holds in force, and every kind of check with its latest result."""
    if not user.has_perm("communities.view_groupcheck"):
        return {}
    kinds = list(CheckType.objects.filter(subject=CheckType.Subject.GROUP, is_active=True))
    latest, holds = latest_checks(group.pk for group in groups), open_holds(group.pk for group in groups)
    may = {name: user.has_perm(f"communities.{name}_group") for name in ("check", "hold")}
    return {
        group.pk: {
            "holds": holds.get(group.pk, []),
            "rows": [_row(kind, latest.get(group.pk, {}).get(kind.pk)) for kind in kinds],
            "may": may,
        }
        for group in groups
    }


def _row(kind: CheckType, check: GroupCheck | None) -> dict[str, Any]:
    return {"kind": kind, "check": check, "stands": stands(check, today())}
