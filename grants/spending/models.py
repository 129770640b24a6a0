"""What the money was spent on: the treasurer's record beside the plan, accepted or queried by an officer."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from communities.core.files import StoredFile
from communities.core.lifecycle import Lifecycle, Stateful
from communities.core.money import MoneyField, pounds
from communities.core.permissions import Ruled
from grants.awards.models import Award, AwardLine


class SpendingReturn(Stateful):
    """The spending record of an award: line by line, or for micro awards one total and a yes or no."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Being filled in"
        SUBMITTED = "submitted", "Sent to the council"
        QUERIED = "queried", "We have a question"
        ACCEPTED = "accepted", "Accepted"

    lock_rank: ClassVar[int] = 54

    award = models.OneToOneField(Award, models.PROTECT, related_name="spending_return")
    total = MoneyField(
        null=True, blank=True, help_text="Micro awards: all that was spent. Otherwise kept from the lines."
    )
    as_planned = models.BooleanField(null=True, blank=True, help_text="Micro awards: was it spent as agreed?")
    note = models.TextField(blank=True)
    query = models.TextField(blank=True, help_text="What the officer asked.")
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = Ruled.as_manager()

    class Meta:
        verbose_name = "record of spending"
        verbose_name_plural = "records of spending"
        constraints: ClassVar[Any] = [
            models.CheckConstraint(
                condition=~Q(status__in=("submitted", "accepted"))
                | Q(submitted_by__isnull=False, submitted_at__isnull=False, total__isnull=False),
                name="spending_sent_has_total_by_and_at",
            ),
            models.CheckConstraint(
                condition=~Q(status="accepted") | Q(settled_by__isnull=False, settled_at__isnull=False),
                name="spending_accepted_has_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return f"Spending of {self.award.title}"


SPENDING_RETURN: Lifecycle[SpendingReturn] = Lifecycle(SpendingReturn)


class Expenditure(models.Model):
    """One thing bought, against one line of the award."""

    lock_rank: ClassVar[int] = 82

    spending = models.ForeignKey(SpendingReturn, models.PROTECT, related_name="expenditure")
    line = models.ForeignKey(AwardLine, models.PROTECT, related_name="expenditure")
    spent_on = models.DateField()
    supplier = models.CharField(max_length=120)
    description = models.CharField(max_length=200)
    amount = MoneyField()
    receipt = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    no_receipt = models.CharField(max_length=200, blank=True, help_text="Why there is no receipt.")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True, help_text="Taken out again before it was sent.")

    objects = Ruled.as_manager()

    class Meta:
        verbose_name_plural = "expenditure"
        ordering = ("spent_on", "pk")
        constraints: ClassVar[Any] = [models.CheckConstraint(condition=Q(amount__gt=0), name="expenditure_above_zero")]

    def __str__(self) -> str:
        return f"{self.description}, {pounds(self.amount)}"
