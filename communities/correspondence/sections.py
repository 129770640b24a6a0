"""What this room shows on a case: calls and letters, and the messages that were sent."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from communities.core.permissions import Actor
from communities.core.sections import section
from communities.correspondence.queries import contacts_by_case, failed_messages, messages_by_case


@section("case", "contacts", order=900, template="communities/correspondence/_contacts.html")
def contacts(objects: Sequence[Any], user: Actor) -> Mapping[Any, Any]:
    """Calls, visits and letters about this case, and a way to write one down."""
    if not user.has_perm("communities.view_contact"):
        return {}
    found = contacts_by_case(each.case for each in objects)
    can_log = user.has_perm("communities.log_contact")
    return {each.pk: {"contacts": found.get(each.case, []), "can_log": can_log} for each in objects}


@section("case", "messages", order=950, template="communities/correspondence/_messages.html")
def messages(objects: Sequence[Any], user: Actor) -> Mapping[Any, Any]:
    """The messages sent about this case."""
    if not user.has_perm("communities.view_message"):
        return {}
    found = messages_by_case(each.case for each in objects)
    return {each.pk: found[each.case] for each in objects if each.case in found}


@section("office_home", "failed_messages", order=95, template="")
def failed(users: Sequence[Any], user: Actor) -> Mapping[Any, Any]:
    """Messages that could not be sent, for those who can put it right."""
    if not user.has_perm("communities.resend_message"):
        return {}
    count = failed_messages(user).count()
    address = f"{reverse('admin:communities_message_changelist')}?state__exact=failed"
    card = {"number": count, "title": "See what could not be sent", "href": address, "reason": "Messages came back"}
    return {each.pk: card for each in users} if count else {}
