"""What this room shows on a case: calls and letters, and the messages that were sent."""

from collections.abc import Mapping, Sequence
from typing import Any

from communities.core.permissions import Actor
from communities.core.sections import section
from communities.correspondence.queries import contacts_by_case, messages_by_case


@section("case", "contacts", order=80, template="communities/correspondence/_contacts.html")
def contacts(objects: Sequence[Any], user: Actor) -> Mapping[Any, Any]:
    """Calls, visits and letters about this case, and a way to write one down."""
    if not user.has_perm("communities.view_contact"):
        return {}
    found = contacts_by_case(each.case for each in objects)
    can_log = user.has_perm("communities.log_contact")
    return {each.pk: {"contacts": found.get(each.case, []), "can_log": can_log} for each in objects}


@section("case", "messages", order=85, template="communities/correspondence/_messages.html")
def messages(objects: Sequence[Any], user: Actor) -> Mapping[Any, Any]:
    """The messages sent about this case."""
    if not user.has_perm("communities.view_message"):
        return {}
    found = messages_by_case(each.case for each in objects)
    return {each.pk: found[each.case] for each in objects if each.case in found}
