"""Interests, who reads which bid, and the scores that each person gives alone."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from communities.core.lifecycle import Lifecycle, Stateful
from communities.core.permissions import Ruled
from grants.applications.models import Application, Submission
from grants.rounds.models import Criterion


class Interest(models.Model):
    """What a panel member or assessing officer says about their ties to a bid. Earlier words stay in the events."""

    class Kind(models.TextChoices):
        NONE = "none", "No connection"
        KNOWN = "known", "I know some of them"
        RELATED = "related", "I am related to, or close to, somebody in the group"
        PAID = "paid", "I, or somebody close to me, would gain money from it"

    OUT: ClassVar[tuple[str, ...]] = (Kind.RELATED, Kind.PAID)
    IN: ClassVar[tuple[str, ...]] = (Kind.NONE, Kind.KNOWN)

    application = models.ForeignKey(Application, models.PROTECT, related_name="interests")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    detail = models.CharField(max_length=250, blank=True)
    declared_at = models.DateTimeField()

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("application", "user")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("application", "user"), name="interest_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_kind_display()}"

    @property
    def is_out(self) -> bool:
        """Whether this tie keeps the person away from the bid."""
        return self.kind in self.OUT


class Allocation(models.Model):
    """A bid given to a person to score, until the panel meets about it."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="allocations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    allocated_at = models.DateTimeField()
    allocated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True, help_text="When scoring ended: the panel had met.")

    objects = Ruled.as_manager()

    class Meta:
        constraints: ClassVar[Any] = [models.UniqueConstraint(fields=("application", "user"), name="allocation_once")]

    def __str__(self) -> str:
        return f"{self.application} for {self.user}"


class Review(Stateful):
    """One person's scores of one bid. Nobody else sees them before they are locked."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Not locked"
        LOCKED = "locked", "Locked"

    class Recommendation(models.TextChoices):
        FUND = "fund", "Fund"
        PART = "part", "Fund in part"
        DECLINE = "decline", "Do not fund"

    lock_rank: ClassVar[int] = 46
    frozen_when: ClassVar[tuple[str, tuple[str, ...]]] = ("status", ("locked",))
    frozen_except: ClassVar[tuple[str, ...]] = ()

    application = models.ForeignKey(Application, models.PROTECT, related_name="reviews")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recommendation = models.CharField(max_length=7, choices=Recommendation.choices, blank=True)
    overall = models.TextField(blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("application", "pk")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("application", "reviewer"), name="review_once"),
            models.CheckConstraint(
                condition=Q(status="draft", locked_at=None) | Q(status="locked", locked_at__isnull=False),
                name="review_locked_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} by {self.reviewer}"


REVIEW: Lifecycle[Review] = Lifecycle(Review)


class Score(models.Model):
    """The score of one criterion: the words of the descriptor are the reason, more words where it is 0, 1 or 5."""

    frozen_when: ClassVar[tuple[str, tuple[bool, ...]]] = ("is_locked", (True,))

    review = models.ForeignKey(Review, models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    value = models.PositiveSmallIntegerField()
    words = models.TextField(blank=True)
    is_locked = models.BooleanField(default=False, help_text="Locked with its review.")

    class Meta:
        ordering = ("review", "criterion__order")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("review", "criterion"), name="score_once"),
            models.CheckConstraint(condition=Q(value__lte=5), name="score_range"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.value}"
