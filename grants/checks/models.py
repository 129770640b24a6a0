"""Whether a bid may be funded at all: what the system found, what an officer judged, what was asked."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.text import Truncator

from communities.core.lifecycle import Lifecycle, Stateful
from communities.core.permissions import Ruled
from communities.diligence.models import CheckType
from grants.applications.models import Application, Submission


class BidCheck(models.Model):
    """One rule of the bid: what the system found beside what a person judged. The person's word counts."""

    class Finding(models.TextChoices):
        PASSED = "passed", "Looks right"
        FAILED = "failed", "Looks wrong"
        UNKNOWN = "unknown", "Cannot tell"

    class Judgement(models.TextChoices):
        PASSED = "passed", "Passed"
        FAILED = "failed", "Not passed"
        NOT_NEEDED = "not_needed", "Does not apply"

    lock_rank: ClassVar[int] = 76

    application = models.ForeignKey(Application, models.PROTECT, related_name="checks")
    rule = models.SlugField(max_length=40)
    check_type = models.ForeignKey(CheckType, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=120)
    order = models.PositiveSmallIntegerField(default=0)
    is_required = models.BooleanField(default=True, help_text="The bid goes to assessment only when it is judged.")
    finding = models.CharField(max_length=7, choices=Finding.choices, default=Finding.UNKNOWN)
    finding_note = models.TextField(blank=True)
    found_at = models.DateTimeField()
    judgement = models.CharField(max_length=10, choices=Judgement.choices, blank=True)
    judgement_note = models.TextField(blank=True)
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    judged_at = models.DateTimeField(null=True, blank=True)

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("application", "order", "pk")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("application", "rule"), name="bid_check_rule_once"),
            models.CheckConstraint(
                condition=Q(judgement="", judged_by=None, judged_at=None)
                | (~Q(judgement="") & Q(judged_by__isnull=False, judged_at__isnull=False)),
                name="bid_check_judged_by_and_at_together",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether a person has still to judge it."""
        return self.is_required and not self.judgement

    @property
    def is_contrary(self) -> bool:
        """Whether the person saw it differently from the system."""
        opposite = {self.Finding.PASSED: self.Judgement.FAILED, self.Finding.FAILED: self.Judgement.PASSED}
        return bool(self.judgement) and opposite.get(self.Finding(self.finding)) == self.judgement


class InformationRequest(Stateful):
    """Questions to the group about its bid. Only what is asked can be changed; the answer is the next sent copy."""

    class Status(models.TextChoices):
        OPEN = "open", "Waiting for the group"
        ANSWERED = "answered", "Answered"
        CLOSED = "closed", "Closed without an answer"

    lock_rank: ClassVar[int] = 48

    application = models.ForeignKey(Application, models.PROTECT, related_name="information_requests")
    message = models.TextField()
    sections = models.JSONField(default=list, help_text="The sections of the bid that open for the answer.")
    due_on = models.DateField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reply = models.TextField(blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    submission = models.OneToOneField(Submission, models.PROTECT, null=True, blank=True, related_name="+")

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("-asked_at",)
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(
                fields=("application",), condition=Q(status="open"), name="information_request_one_open"
            ),
            models.CheckConstraint(
                condition=Q(answered_by=None, answered_at=None)
                | Q(answered_by__isnull=False, answered_at__isnull=False),
                name="information_request_answered_by_and_at_together",
            ),
        ]

    def __str__(self) -> str:
        return f"Request about {self.application}"


INFORMATION_REQUEST: Lifecycle[InformationRequest] = Lifecycle(InformationRequest)


class IneligibleFinding(models.Model):
    """One officer proposes that a bid is not eligible, another confirms or sends it back."""

    lock_rank: ClassVar[int] = 77

    application = models.ForeignKey(Application, models.PROTECT, related_name="ineligible_findings")
    rule = models.ForeignKey(BidCheck, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(help_text="The group reads this.")
    signpost = models.TextField(blank=True, help_text="Where the group could turn instead.")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    is_confirmed = models.BooleanField(null=True, blank=True)
    settled_note = models.TextField(blank=True)

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("-proposed_at",)
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("application",), condition=Q(settled_at=None), name="ineligible_one_open"),
            models.CheckConstraint(
                condition=Q(settled_by=None) | ~Q(settled_by=F("proposed_by")),
                name="ineligible_settled_by_another",
                violation_error_message="Another officer has to confirm this.",
            ),
            models.CheckConstraint(
                condition=Q(settled_by=None, settled_at=None, is_confirmed=None)
                | Q(settled_by__isnull=False, settled_at__isnull=False, is_confirmed__isnull=False),
                name="ineligible_settled_by_and_at_together",
            ),
        ]

    def __str__(self) -> str:
        return f"Not eligible? {self.application}"


class Flag(models.Model):
    """Something about a bid that a person should look at. It never blocks by itself."""

    lock_rank: ClassVar[int] = 78

    application = models.ForeignKey(Application, models.PROTECT, related_name="flags")
    reason = models.TextField()
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    raised_at = models.DateTimeField()
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolution = models.TextField(blank=True)

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("-raised_at",)
        constraints: ClassVar[Any] = [
            models.CheckConstraint(
                condition=Q(resolved_by=None, resolved_at=None)
                | Q(resolved_by__isnull=False, resolved_at__isnull=False),
                name="flag_resolved_by_and_at_together",
            )
        ]

    def __str__(self) -> str:
        return Truncator(self.reason).words(14)
