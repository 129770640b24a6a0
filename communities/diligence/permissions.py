"""Who may check a group, waive a check, and put a group on hold."""

from django.db.models import Q

from communities.core.files import may_open
from communities.core.permissions import EVERY, NONE, Actor, office, permission
from communities.diligence.models import CheckType, GroupCheck, Hold
from communities.groups.models import Group
from communities.people.roles import AUDITOR, FINANCE, OFFICER, SENIOR_OFFICER

OFFICERS = (OFFICER.code, SENIOR_OFFICER.code)
READERS = (*OFFICERS, FINANCE.code, AUDITOR.code)

office(CheckType, view=READERS, add=(SENIOR_OFFICER.code,), change=(SENIOR_OFFICER.code,))
office(GroupCheck, view=READERS)
office(Hold, view=READERS)


@permission("communities.check_group", Group, "Officers and senior officers", roles=OFFICERS)
def check_group(user: Actor) -> Q:
    """Checks on a group are made by officers."""
    return NONE


@permission("communities.waive_check", Group, "Senior officers", roles=(SENIOR_OFFICER.code,))
def waive_check(user: Actor) -> Q:
    """Going without a check is a decision for a senior officer, with a reason."""
    return NONE


@permission("communities.hold_group", Group, "Senior officers", roles=(SENIOR_OFFICER.code,))
def hold_group(user: Actor) -> Q:
    """A hold keeps a group from new offers, so it takes a senior officer to set or clear one."""
    return NONE


@may_open("group_check")
def open_evidence(user: Actor) -> Q:
    """The evidence of a check is for those who read checks."""
    return EVERY if user.has_perm("communities.view_groupcheck") else NONE
