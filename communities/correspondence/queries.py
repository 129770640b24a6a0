"""What was said and sent about a case, newest first."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from communities.core.models import Event, Message
from communities.core.permissions import Actor
from communities.correspondence.models import Contact


def contacts_by_case(cases: Iterable[UUID]) -> dict[UUID, list[Contact]]:
    """The calls, visits and letters of these cases, in one query."""
    rows = Contact.objects.filter(case__in=list(cases)).select_related("written_by", "file")
    return _by_case(rows.order_by("-happened_at", "-pk"))


def messages_by_case(cases: Iterable[UUID]) -> dict[UUID, list[Message]]:
    """The messages sent, or waiting to be sent, about these cases, in one query and without their texts."""
    return _by_case(Message.objects.filter(case__in=list(cases)).defer("body", "error").order_by("-created_at", "-pk"))


def failed_messages(user: Actor) -> QuerySet[Message]:
    """Messages this person may see that could not be sent."""
    return Message.objects.visible_to(user).filter(state=Message.State.FAILED)


def case_exists(case: UUID) -> bool:
    """Whether anything ever happened on this case."""
    return Event.objects.filter(case=case).exists()


def _by_case(rows: QuerySet[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.case].append(row)
    return dict(found)
