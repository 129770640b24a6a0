"""What was said between the council and a group: calls, visits and letters beside the messages we send."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from communities.core.files import StoredFile
from communities.core.permissions import Ruled


class Contact(models.Model):
    """One call, visit, letter or e-mail, written down on the case it was about."""

    append_only = True

    class Means(models.TextChoices):
        CALL = "call", "Phone call"
        VISIT = "visit", "Visit or meeting"
        LETTER = "letter", "Letter"
        EMAIL = "email", "E-mail"

    case = models.UUIDField(db_index=True)
    means = models.CharField(max_length=6, choices=Means.choices)
    happened_at = models.DateTimeField()
    with_whom = models.CharField(max_length=120)
    note = models.TextField()
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("-happened_at", "-pk")
        indexes: ClassVar[Any] = [models.Index(fields=("case", "-happened_at"))]

    def __str__(self) -> str:
        return f"{self.get_means_display()} with {self.with_whom}"
