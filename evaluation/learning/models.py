"""What was learnt, grouped into themes, and what each theme changed in the next round."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.text import Truncator

from communities.core.lifecycle import Lifecycle, Stateful
from communities.core.permissions import Ruled
from evaluation.reports.models import OutcomeReport
from grants.rounds.models import Round


class Theme(Stateful):
    """A few learnings that say the same thing, and what the fund does about it."""

    class Status(models.TextChoices):
        OPEN = "open", "Needs an answer"
        ANSWERED = "answered", "Answered"

    class Answer(models.TextChoices):
        CHANGE = "change", "We changed something"
        NO_CHANGE = "no_change", "We changed nothing, and say why"

    lock_rank: ClassVar[int] = 83

    title = models.CharField(max_length=120)
    summary = models.TextField(help_text='"You told us": what groups, panels or applicants said.')
    answer = models.CharField(max_length=9, choices=Answer.choices, blank=True)
    action = models.TextField(blank=True, help_text='"We changed": what is different, or why nothing is.')
    round = models.ForeignKey(
        Round, models.PROTECT, null=True, blank=True, related_name="themes", help_text="The round that it changed."
    )
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("-opened_at",)
        constraints: ClassVar[Any] = [
            models.CheckConstraint(
                condition=Q(status="open") | (~Q(answer="") & ~Q(action="") & Q(answered_by__isnull=False)),
                name="theme_answered_has_action",
            )
        ]

    def __str__(self) -> str:
        return self.title


THEME: Lifecycle[Theme] = Lifecycle(Theme)


class Learning(models.Model):
    """One thing learnt, in the words of the people who learnt it."""

    class Kind(models.TextChoices):
        WORKED = "worked", "What worked"
        DID_NOT = "did_not", "What did not work"
        PROCESS = "process", "About the fund itself"

    lock_rank: ClassVar[int] = 84

    kind = models.CharField(max_length=7, choices=Kind.choices)
    text = models.TextField()
    report = models.ForeignKey(OutcomeReport, models.PROTECT, null=True, blank=True, related_name="learnings")
    source = models.CharField(max_length=120, blank=True, help_text="Where it came from, if not a report.")
    theme = models.ForeignKey(Theme, models.PROTECT, null=True, blank=True, related_name="learnings")
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("-noted_at", "-pk")

    def __str__(self) -> str:
        return Truncator(self.text).words(14)
