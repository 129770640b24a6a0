"""Checks on a group, made once and used again by every bid, and holds that stop new offers."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from communities.core.files import StoredFile
from communities.core.permissions import Ruled
from communities.groups.models import Group


class CheckType(models.Model):
    """One kind of check, as the fund defines it: reference data, loaded and then kept by officers."""

    class Subject(models.TextChoices):
        GROUP = "group", "the group"
        BID = "bid", "the bid"

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    how = models.TextField(help_text="How an officer makes this check, in plain words.")
    subject = models.CharField(max_length=5, choices=Subject.choices, default=Subject.GROUP)
    valid_months = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="How long a result can be used again. Empty: until something changes."
    )
    order = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("order", "code")

    def __str__(self) -> str:
        return self.name


class GroupCheck(models.Model):
    """What an officer found when checking a group. A later check is a new row; none is overwritten."""

    append_only = True

    class Result(models.TextChoices):
        PASSED = "passed", "Passed"
        FAILED = "failed", "Not passed"
        NOT_NEEDED = "not_needed", "Does not apply"
        WAIVED = "waived", "Waived"

    group = models.ForeignKey(Group, models.PROTECT, related_name="checks")
    check_type = models.ForeignKey(CheckType, models.PROTECT, related_name="+")
    result = models.CharField(max_length=10, choices=Result.choices)
    note = models.TextField(blank=True)
    evidence = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()
    valid_until = models.DateField(null=True, blank=True)

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("-checked_at", "-pk")
        indexes: ClassVar[Any] = [models.Index(fields=("group", "check_type", "-checked_at"))]
        constraints: ClassVar[Any] = [
            models.CheckConstraint(
                condition=~Q(result="waived") | ~Q(note=""),
                name="group_check_waiver_has_reason",
                violation_error_message="Say why this check is waived.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.check_type}: {self.get_result_display()}"


class Hold(models.Model):
    """A reason not to make this group a new offer for now. Drafting and sending bids goes on."""

    class Kind(models.TextChoices):
        REPORT_OVERDUE = "report_overdue", "A report is overdue"
        DEBT = "debt", "Money is owed to the council"
        SAFEGUARDING = "safeguarding", "A safeguarding concern"
        FRAUD_REVIEW = "fraud_review", "A payment or identity review"

    lock_rank: ClassVar[int] = 70

    group = models.ForeignKey(Group, models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=14, choices=Kind.choices)
    reason = models.TextField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()
    cleared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_reason = models.TextField(blank=True)

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("-set_at",)
        constraints: ClassVar[Any] = [
            models.CheckConstraint(
                condition=Q(cleared_by=None, cleared_at=None) | Q(cleared_by__isnull=False, cleared_at__isnull=False),
                name="hold_cleared_by_and_at_together",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.group}"
