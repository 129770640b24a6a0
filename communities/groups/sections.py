"""What this room shows on pages that many rooms share."""

from collections.abc import Mapping, Sequence
from typing import Any

from communities.core.navigation import place
from communities.core.permissions import Actor
from communities.core.sections import section
from communities.groups import queries
from communities.groups.models import Group
from communities.groups.queries import members_of
from communities.people.models import User


@section("home", "groups", order=500, template="communities/groups/_home.html")
def own_groups(objects: Sequence[User], user: Actor) -> Mapping[Any, Any]:
    """A person's groups, with a way to each."""
    memberships = list(members_of(user))
    return {each.pk: memberships for each in objects if each.pk == user.pk and memberships}


@section("office_group", "people", order=100, template="communities/groups/_office.html")
def of_group(objects: Sequence[Group], user: Actor) -> Mapping[Any, Any]:
    """For officers: who is in the group, how to reach them, what the group has told us."""
    return {
        group.pk: {
            "members": queries.current(group),
            "ties": queries.ties(group),
            "body": queries.accountable_body(group),
            "vision": queries.vision_words(group),
            "documents": queries.documents(group),
        }
        for group in objects
    }


place("office", "Groups", "admin:communities_group_changelist", order=40)
place("group", "Your groups", "groups:groups", order=30)
