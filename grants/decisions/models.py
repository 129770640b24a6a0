"""Meetings, motions, votes and decisions. A vote never changes; a decision never changes once it is confirmed."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from communities.core.lifecycle import Lifecycle, Stateful
from communities.core.money import MoneyField
from communities.core.permissions import Ruled
from grants.applications.models import Application, Category
from grants.funds.models import LedgerEntry
from grants.rounds.models import Panel, Seat


class Meeting(Stateful):
    """A meeting of the panel about the bids of its round."""

    class Status(models.TextChoices):
        PLANNED = "planned", "Planned"
        OPEN = "open", "In session"
        CLOSED = "closed", "Closed"

    lock_rank: ClassVar[int] = 30
    frozen_when: ClassVar[tuple[str, tuple[str, ...]]] = ("status", ("closed",))

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="meetings")
    held_at = models.DateTimeField()
    venue = models.CharField(max_length=120, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    minute = models.TextField(blank=True)

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("-held_at",)

    def __str__(self) -> str:
        return f"{self.panel}, meeting"


MEETING: Lifecycle[Meeting] = Lifecycle(Meeting)


class Attendance(models.Model):
    """Whether a panel member is in the room."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendance")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    is_present = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[Any] = [models.UniqueConstraint(fields=("meeting", "seat"), name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.seat}"


class Motion(Stateful):
    """What is proposed for one bid at a meeting, and how it went."""

    class Status(models.TextChoices):
        OPEN = "open", "Being voted on"
        CARRIED = "carried", "Carried"
        LOST = "lost", "Not carried"
        DEFERRED = "deferred", "Put off: too few could vote"

    class Kind(models.TextChoices):
        FULL = "full", "Fund in full"
        PART = "part", "Fund in part"
        DECLINE = "decline", "Do not fund"
        RESERVE = "reserve", "Put on the reserve list"
        DEFER = "defer", "Put off to another meeting"

    lock_rank: ClassVar[int] = 42
    frozen_when: ClassVar[tuple[str, tuple[str, ...]]] = ("status", ("carried", "lost", "deferred"))

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="motions")
    application = models.ForeignKey(Application, models.PROTECT, related_name="motions")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    amount = MoneyField(null=True, blank=True)
    conditions = models.JSONField(default=list, blank=True, help_text="Conditions of the award, one text each.")
    reasons = models.TextField(blank=True, help_text="The group reads this.")
    override = models.TextField(blank=True, help_text="Why the panel funds a bid that scored below the line.")
    put_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    put_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    eligible = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Members who could vote at closing.")

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("meeting", "pk")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("application",), condition=Q(status="open"), name="motion_one_open"),
            models.CheckConstraint(
                condition=(Q(kind__in=("full", "part"), amount__gt=0))
                | (~Q(kind__in=("full", "part")) & Q(amount=None)),
                name="motion_amount_where_funded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.application}"


MOTION: Lifecycle[Motion] = Lifecycle(Motion)


class Vote(models.Model):
    """One member's vote. It can be cast once and never changed."""

    append_only = True

    class Choice(models.TextChoices):
        FOR = "for", "For"
        AGAINST = "against", "Against"
        ABSTAIN = "abstain", "Abstain"

    motion = models.ForeignKey(Motion, models.PROTECT, related_name="votes")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    choice = models.CharField(max_length=7, choices=Choice.choices)
    is_casting = models.BooleanField(default=False, help_text="The chair's second vote after a tie.")
    cast_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = Ruled.as_manager()

    class Meta:
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("motion", "seat", "is_casting"), name="vote_once"),
        ]

    def __str__(self) -> str:
        return f"{self.seat}: {self.get_choice_display()}"


class Decision(Stateful):
    """What was decided about a bid: proposed by a vote or an officer, confirmed by another, then told."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        ASKING = "asking", "Waiting for the group about a smaller sum"
        RATIFIED = "ratified", "Confirmed"
        RELEASED = "released", "Told to the group"
        SET_ASIDE = "set_aside", "Set aside"

    class Outcome(models.TextChoices):
        FUND = "fund", "Fund"
        DECLINE = "decline", "Do not fund"
        RESERVE = "reserve", "Reserve list"

    class Route(models.TextChoices):
        PANEL = "panel", "The panel"
        DELEGATED = "delegated", "Two officers"

    lock_rank: ClassVar[int] = 44
    frozen_when: ClassVar[tuple[str, tuple[str, ...]]] = ("status", ("ratified", "released"))
    frozen_except: ClassVar[tuple[str, ...]] = (
        "status", "version", "released_at", "released_by", "release_due_at", "release_set_by",
    )  # fmt: skip

    application = models.ForeignKey(Application, models.PROTECT, related_name="decisions")
    motion = models.OneToOneField(Motion, models.PROTECT, null=True, blank=True, related_name="decision")
    route = models.CharField(max_length=9, choices=Route.choices)
    outcome = models.CharField(max_length=7, choices=Outcome.choices)
    amount = MoneyField(null=True, blank=True)
    conditions = models.JSONField(default=list, blank=True)
    reasons = models.TextField(blank=True, help_text="The group reads this.")
    reserve_rank = models.PositiveSmallIntegerField(null=True, blank=True)
    lines_agreed_at = models.DateTimeField(
        null=True, blank=True, help_text="When an officer said what a smaller sum is for."
    )
    lines_agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    below_least_agreed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the group said that less than its least would still work."
    )
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    ratified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ratified_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    release_due_at = models.DateTimeField(null=True, blank=True, help_text="Not before this moment.")
    release_set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    commitment = models.OneToOneField(LedgerEntry, models.PROTECT, null=True, blank=True, related_name="decision")

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("-proposed_at", "-pk")
        indexes: ClassVar[Any] = [models.Index(fields=("status", "-proposed_at"))]
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(
                fields=("application",), condition=~Q(status="set_aside"), name="decision_one_standing"
            ),
            models.CheckConstraint(
                condition=(Q(outcome="fund", amount__gt=0)) | (~Q(outcome="fund") & Q(amount=None)),
                name="decision_amount_where_funded",
            ),
            models.CheckConstraint(
                condition=Q(ratified_by=None, ratified_at=None)
                | Q(ratified_by__isnull=False, ratified_at__isnull=False),
                name="decision_ratified_by_and_at_together",
            ),
            models.CheckConstraint(
                condition=Q(ratified_by=None) | ~Q(ratified_by=F("proposed_by")),
                name="decision_ratified_by_another",
                violation_error_message="Somebody else has to confirm this decision.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("ratified", "released"), outcome="fund") | Q(commitment__isnull=False),
                name="decision_funded_has_commitment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.get_outcome_display().lower()}"


DECISION: Lifecycle[Decision] = Lifecycle(Decision)


class DecisionLine(models.Model):
    """What the money of a funded decision is for, after part-funding re-based the bid's lines."""

    frozen_when: ClassVar[tuple[str, tuple[bool, ...]]] = ("is_final", (True,))

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="lines")
    order = models.PositiveSmallIntegerField(default=0)
    category = models.CharField(max_length=12, choices=Category.choices)
    item = models.CharField(max_length=120)
    asked = MoneyField()
    amount = MoneyField()
    is_final = models.BooleanField(default=False, help_text="Confirmed with its decision.")

    class Meta:
        ordering = ("decision", "order", "pk")
        constraints: ClassVar[Any] = [
            models.CheckConstraint(
                condition=Q(amount__gte=0, amount__lte=F("asked")), name="decision_line_within_asked"
            )
        ]

    def __str__(self) -> str:
        return f"{self.item}, £{self.amount}"
