"""Everything that changes the correspondence: a call written down, a message sent again."""

from datetime import datetime
from uuid import UUID

from communities.core.events import record_event
from communities.core.files import StoredFile
from communities.core.lifecycle import unit
from communities.core.models import Message
from communities.core.outbox import retry
from communities.core.permissions import Actor
from communities.core.refusals import Refused
from communities.correspondence.models import Contact


def log_contact(
    *,
    case: UUID,
    means: str,
    happened_at: datetime,
    with_whom: str,
    note: str,
    file: StoredFile | None = None,
    by: Actor,
    at: datetime,
) -> Contact:
    """Write down a call, visit, letter or e-mail on the case it was about. It stays as written."""
    if not by.has_perm("communities.log_contact"):
        raise Refused("You do not have the right to write in the contact log.", "Tell an officer instead.", status=403)
    if happened_at > at:
        raise Refused("This has not happened yet.", "Write it down when it has.", status=400)
    with unit():
        contact = Contact.objects.create(
            case=case,
            means=means,
            happened_at=happened_at,
            with_whom=with_whom,
            note=note,
            file=file,
            written_by_id=by.pk,
            written_at=at,
        )
        record_event(f"contact.{means}", contact, by=by, at=at)
    return contact


def send_again(message: Message, *, by: Actor, at: datetime) -> None:
    """Try a message again that could not be sent, after whatever stood in its way has been put right."""
    if not by.has_perm("communities.resend_message", message):
        raise Refused("You do not have the right to send messages again.", "Tell an officer instead.", status=403)
    with unit():
        if not retry(Message.objects.filter(pk=message.pk)):
            raise Refused("This message is not one that failed.", "Look at it again to see where it stands.")
        record_event("message.send_again", message, by=by, at=at)
