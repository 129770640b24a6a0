"""Core's own tables: what happened, what waits to be sent, and when periodic work is due."""

import json
import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from communities.core.clock import now
from communities.core.permissions import Ruled


class Event(models.Model):
    """One thing that happened: who did what to which row, when and why. Never changed, never deleted."""

    append_only: ClassVar[bool] = True

    at = models.DateTimeField("when it happened", db_index=True)
    recorded_at = models.DateTimeField("when it was written down", default=now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=80)
    object_model = models.CharField("about", max_length=80, blank=True)
    object_pk = models.CharField("its number", max_length=40, blank=True)
    case = models.UUIDField(null=True)
    source = models.CharField("from", max_length=40, blank=True)
    target = models.CharField("to", max_length=40, blank=True)
    reason = models.TextField(blank=True)
    digest = models.CharField("digest of the detail", max_length=64, blank=True)

    objects = Ruled.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["case", "id"], name="event_case"),
            models.Index(fields=["object_model", "object_pk"], name="event_object"),
            models.Index(fields=["verb", "at"], name="event_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_model} {self.object_pk}".strip()


class EventDetail(models.Model):
    """The before and after of an event, with its salt. May be erased (by an event); its digest then proves nothing."""

    append_only: ClassVar[bool] = True
    erasable: ClassVar[bool] = True

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, related_name="detail")
    salt = models.CharField(max_length=32)
    content = models.TextField()

    def __str__(self) -> str:
        return f"Detail of event {self.pk}"

    @property
    def data(self) -> dict[str, Any]:
        """The detail as it was given."""
        loaded: dict[str, Any] = json.loads(self.content)
        return loaded


class Link(models.Model):
    """One place in the sealed chain: each seal covers its event and the seal before it."""

    append_only: ClassVar[bool] = True

    position = models.PositiveBigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, models.PROTECT, related_name="link")
    sealed_at = models.DateTimeField()
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.position}: event {self.event_id}"


class Message(models.Model):
    """One message to one address, written with the change it tells of and sent soon after."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting to be sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Could not be sent"
        STOPPED = "stopped", "Stopped"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    template = models.CharField(max_length=80)
    object_model = models.CharField("about", max_length=80, blank=True)
    object_pk = models.CharField("its number", max_length=40, blank=True)
    version = models.PositiveIntegerField(default=1)
    case = models.UUIDField(null=True, db_index=True)
    recipient = models.EmailField()
    recipient_name = models.CharField(max_length=200, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    subject = models.CharField(max_length=200)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField(default=now)
    next_at = models.DateTimeField("try again after", default=now)
    lease_token = models.UUIDField(null=True, editable=False)
    attempts = models.PositiveIntegerField(default=0)
    lost_tries = models.PositiveSmallIntegerField(default=0, editable=False)  # in a row, begun and never ended
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    objects = Ruled.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["template", "object_model", "object_pk", "version", "recipient"], name="message_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state="sent", sent_at__isnull=False) | (~models.Q(state="sent")),
                name="message_sent_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=models.Q(state="waiting"), name="message_due"),
            models.Index(fields=["created_at"], condition=models.Q(state="failed"), name="message_failed"),
            models.Index(fields=["lease_token"], name="message_lease"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.recipient})"


class PeriodicRun(models.Model):
    """When a periodic task is due next, and how its last run went."""

    name = models.CharField(max_length=80, primary_key=True)
    next_at = models.DateTimeField(db_index=True)
    last_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name
