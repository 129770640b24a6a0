"""Messages leave through a table: written with the change they tell of, sent a moment later, never lost."""

import logging
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import models
from django.db.models import F
from django.template import Context, Engine

from communities.core.clock import now
from communities.core.events import Moment
from communities.core.locking import loaded
from communities.core.models import Message

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)  # short, and few at a time: a killed worker holds its batch until the lease ends
AT_ONCE = 10
BACK_OFF = [timedelta(minutes=m) for m in (1, 5, 15, 60)]
GIVE_UP_AFTER = timedelta(days=4)  # what mail servers do
GIVE_UP_TRIES = 200
GIVE_UP_LOST = 5  # a message that kills its worker each time must end as well
LOST = f"Each of {GIVE_UP_LOST} tries to send it stopped the process that sends, so it is not tried again by itself."


@dataclass(frozen=True)
class Recipient:
    """Who gets a message: an address, a name to greet, and what is told to this person only."""

    email: str
    name: str = ""
    user: Any = None  # the account, when there is one
    context: dict[str, Any] = field(default_factory=dict)


Author = Callable[[Any, Moment], Iterable[Recipient]]


@dataclass(frozen=True)
class Template:
    """A kind of message: its subject, and the function that says who gets it."""

    name: str
    subject: str
    author: Author
    loads: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Where its words are."""
        return f"messages/{self.name}.txt"


MESSAGES: dict[str, Template] = {}


def message(name: str, *, subject: str, loads: tuple[str, ...] = ()) -> Callable[[Author], Author]:
    """Declare a message: the decorated function `(row, moment)` answers with its recipients.

    The words are in `templates/messages/<name>.txt`, plain text, with `object`, `moment`, `recipient`, `site`,
    `council` and what the recipient's `context` adds. The subject may use the same in braces (`{object.reference}`):
    references and names of rounds only, never what applicants typed.
    `loads` names the related rows that author and words read: a batch of letters then costs no more queries than one.
    """

    def declare(author: Author) -> Author:
        if name in MESSAGES:
            raise ValueError(f"The message {name} is declared twice.")
        MESSAGES[name] = Template(name, subject, author, loads)
        return author

    return declare


def queue(name: str, rows: Sequence[models.Model], moment: Moment) -> None:
    """Write the messages about these rows, worded as things are now, in the caller's transaction.

    The same message about the same version to the same address is written once.
    """
    template = MESSAGES[name]
    loaded(rows, template.loads)
    waiting = [
        _worded(template, row, recipient, moment)
        for row in rows
        for recipient in template.author(row, moment)
        if recipient.email
    ]
    Message.objects.bulk_create(waiting, ignore_conflicts=True)


def _worded(template: Template, row: models.Model, recipient: Recipient, moment: Moment) -> Message:
    words = {
        "object": row,
        "moment": moment,
        "recipient": recipient,
        "site": settings.SITE_URL,
        "council": {"name": settings.COUNCIL_NAME, "fund": settings.FUND_NAME, "phone": settings.HELP_PHONE}
        | {"email": settings.HELP_EMAIL, "hours": settings.HELP_HOURS},
        **recipient.context,
    }
    body = Engine.get_default().get_template(template.path).render(Context(words, autoescape=False))
    at = now()
    return Message(
        template=template.name,
        object_model=row._meta.label,
        object_pk=str(row.pk),
        version=getattr(row, "version", 1),
        case=getattr(row, "case", None),
        recipient=recipient.email.lower(),
        recipient_name=recipient.name,
        user=recipient.user,
        subject=" ".join(template.subject.format(**words).split())[:200],
        body=body.strip() + "\n",
        created_at=at,
        next_at=at,
    )


def stop(messages: models.QuerySet[Message], why: str) -> int:
    """Keep waiting messages from being sent, for instance when somebody has died."""
    return messages.filter(state=Message.State.WAITING).update(state=Message.State.STOPPED, error=why, lease_token=None)


def hold(messages: models.QuerySet[Message], why: str) -> int:
    """Leave it to a person whether waiting messages are sent: they stand with those that could not be."""
    waiting = messages.filter(state=Message.State.WAITING)
    return waiting.update(state=Message.State.FAILED, error=why, lease_token=None)


def retry(messages: models.QuerySet[Message]) -> int:
    """Send failed messages again."""
    at = now()
    return messages.filter(state=Message.State.FAILED).update(
        state=Message.State.WAITING, created_at=at, next_at=at, attempts=0, lost_tries=0, lease_token=None
    )


# -- sending: claim, commit, send, settle --------------------------------------------------------------------------


def send_due(*, stopping: Callable[[], bool] = lambda: False) -> int:
    """Send what is due and return how many were sent. Any number of processes may do this at once."""
    sent = 0
    while not stopping():
        token = claim()
        if token is None:
            break
        sent += _send_claimed(token, stopping)
    return sent


def claim(limit: int = AT_ONCE) -> uuid.UUID | None:
    """Take a few due messages for this process alone, until the lease ends."""
    at, token = now(), uuid.uuid4()
    due = Message.objects.filter(state=Message.State.WAITING, next_at__lte=at)
    chosen = list(due.order_by("next_at", "pk").values_list("pk", flat=True)[:limit])
    if not chosen:
        return None
    # READ COMMITTED looks at the conditions again after waiting, so a row goes to one claimer only
    taken = due.filter(pk__in=chosen).update(lease_token=token, next_at=at + LEASE)
    return token if taken else claim(limit)


def claimed(token: uuid.UUID) -> models.QuerySet[Message]:
    """What this process has taken: what killed another before comes last."""
    return Message.objects.filter(lease_token=token, state=Message.State.WAITING).order_by("lost_tries", "pk")


def _send_claimed(token: uuid.UUID, stopping: Callable[[], bool]) -> int:
    sent = 0
    with Connection() as connection:
        for each in claimed(token):
            if stopping():
                break
            sent += _send_one(each, token, connection)
    claimed(token).update(lease_token=None, next_at=now())  # handed back, when stopped early
    return sent


def _send_one(each: Message, token: uuid.UUID, connection: BaseEmailBackend) -> bool:
    mine = Message.objects.filter(pk=each.pk, lease_token=token, state=Message.State.WAITING)
    if each.lost_tries >= GIVE_UP_LOST:
        mine.update(state=Message.State.FAILED, lease_token=None, error=LOST)
        return False
    if not mine.update(next_at=now() + LEASE, attempts=F("attempts") + 1, lost_tries=F("lost_tries") + 1):
        return False  # the lease ended and somebody else has it
    try:
        as_email(each, connection).send()
    except Exception as problem:  # noqa: BLE001 (whatever happens to one message must not stop the others)
        _failed(each, mine, problem)
        return False
    return bool(mine.update(state=Message.State.SENT, sent_at=now(), lost_tries=0, lease_token=None, error=""))


def as_email(each: Message, connection: BaseEmailBackend | None = None) -> EmailMessage:
    """The e-mail of a message. Its Message-ID never changes, so a second sending is recognised as the same mail."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
    return EmailMessage(
        subject=each.subject,
        body=each.body,
        to=[each.recipient],
        connection=connection,
        headers={"Message-ID": f"<{each.public_id}@{domain}>", "Auto-Submitted": "auto-generated"},
    )


def _failed(each: Message, mine: models.QuerySet[Message], problem: Exception) -> None:
    at, tries = now(), each.attempts + 1
    over = permanent(problem) or at - each.created_at > GIVE_UP_AFTER or tries >= GIVE_UP_TRIES
    log.warning("Message %s was not sent (try %s): %s", each.public_id, tries, type(problem).__name__)
    mine.update(
        state=Message.State.FAILED if over else Message.State.WAITING,
        next_at=at + BACK_OFF[min(tries, len(BACK_OFF)) - 1],
        lost_tries=0,
        lease_token=None,
        error=f"{type(problem).__name__}: {problem}"[:1000],
    )


def permanent(problem: Exception) -> bool:
    """Is there no use in trying again: the address or the message itself was refused."""
    if isinstance(problem, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in problem.recipients.values())
    if isinstance(problem, SMTPDataError):
        return problem.smtp_code >= 500
    if isinstance(problem, SMTPException | OSError):
        return False
    return isinstance(problem, BadHeaderError | ValueError | TypeError)


class Connection:
    """A mail connection kept for the batch; one that cannot be opened is tried again by each message."""

    def __enter__(self) -> BaseEmailBackend:
        self.backend: BaseEmailBackend = get_connection()
        return self.backend

    def __exit__(self, *_: object) -> None:
        try:
            self.backend.close()
        except (OSError, SMTPResponseException):
            log.info("The mail server closed the connection first.")
