"""What this room shows on pages that many rooms share."""

from collections.abc import Mapping, Sequence
from typing import Any

from communities.core.navigation import place
from communities.core.permissions import Actor
from communities.core.sections import section
from communities.groups.queries import members_of
from communities.people.models import User


@section("home", "groups", order=500, template="communities/groups/_home.html")
def own_groups(objects: Sequence[User], user: Actor) -> Mapping[Any, Any]:
    """A person's groups, with a way to each."""
    memberships = list(members_of(user))
    return {each.pk: memberships for each in objects if each.pk == user.pk and memberships}


place("group", "Your groups", "groups:groups", order=30)
