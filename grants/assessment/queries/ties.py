"""Ties between a member and a group that the system can see. It asks, it never locks."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from communities.groups.models import Membership
from communities.people.models import Person, User
from grants.applications.models import Application


def matches(user: Any, applications: Collection[Application]) -> dict[int, list[str]]:
    """What looks like a tie between this person and the people of a bid's group. It asks, it never locks."""
    me: Person | None = getattr(user, "person", None)
    groups = {each.group_id for each in applications}
    found: dict[int, list[str]] = defaultdict(list)
    for membership in Membership.objects.filter(group__in=groups, ends_on=None).select_related("person", "group"):
        for sentence in _ties(user, me, membership):
            if sentence not in found[membership.group_id]:
                found[membership.group_id].append(sentence)
    return {each.pk: found[each.group_id] for each in applications if found.get(each.group_id)}


def _ties(user: User, me: Person | None, membership: Membership) -> Iterable[str]:
    other = membership.person
    if other.user_id == user.pk or (me and other.pk == me.pk):
        yield "You are listed as one of this group’s people."
        return
    addresses = {address.lower() for address in (user.email, me.email if me else "") if address}
    if other.email.lower() in addresses:
        yield "Somebody in this group uses your e-mail address."
    if me and me.household_id and me.household_id == other.household_id:
        yield "Somebody in this group is recorded as living with you."
    if me and _digits(me.phone) and _digits(me.phone) == _digits(other.phone):
        yield "Somebody in this group has your phone number."
    if _surname(me.full_name if me else user.full_name) == _surname(other.full_name):
        yield "Somebody in this group has your family name."


def _digits(text: str) -> str:
    return re.sub(r"^(?:44|0)", "", re.sub(r"\D", "", text))


def _surname(name: str) -> str:
    return name.rsplit(maxsplit=1)[-1].casefold() if name.split() else ""
