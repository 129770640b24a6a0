"""Funds, the budgets that are locked when money is promised, and the ledger that is only ever added to."""

from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from communities.core.money import MoneyField, pounds
from communities.core.permissions import Ruled


class Fund(models.Model):
    """A pot of public money with a purpose, a legal power and a named owner (GovS 015, requirements 1 and 4)."""

    name = models.CharField(max_length=120, unique=True)
    purpose = models.TextField()
    legal_power = models.CharField(max_length=200, blank=True)
    cost_code = models.CharField(max_length=40, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Budget(models.Model):
    """A limit that promises count against. This row is locked first, then read, whenever money is promised."""

    lock_rank: ClassVar[int] = 10

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    case = models.UUIDField(default=uuid4, editable=False, db_index=True)
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="budgets")
    name = models.CharField(max_length=120)
    limit = MoneyField()
    committed = MoneyField(default=0)
    paid = MoneyField(default=0)
    version = models.PositiveIntegerField(default=1)

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("name", "pk")
        constraints: ClassVar[Any] = [
            models.CheckConstraint(
                condition=Q(committed__gte=0, committed__lte=F("limit")),
                name="budget_committed_within_limit",
                violation_error_message="There is not enough left in this budget.",
            ),
            models.CheckConstraint(
                condition=Q(paid__gte=0, paid__lte=F("committed")),
                name="budget_paid_within_committed",
                violation_error_message="More would be paid than was promised.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LedgerEntry(models.Model):
    """One movement of money on a budget. Never changed; a mistake is put right by another entry."""

    append_only = True

    class Kind(models.TextChoices):
        ALLOCATE = "allocate", "Allocated"
        COMMIT = "commit", "Promised"
        RELEASE = "release", "Promise given back"
        PAY = "pay", "Paid"
        REFUND = "refund", "Returned"

    budget = models.ForeignKey(Budget, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    amount = MoneyField()
    financial_year = models.PositiveSmallIntegerField(help_text="The year it starts in: 2026 is 2026-27.")
    case = models.UUIDField(null=True, blank=True, db_index=True)
    note = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=120, unique=True, help_text="Names the act, so that none is booked twice.")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("pk",)
        verbose_name_plural = "ledger entries"
        indexes: ClassVar[Any] = [models.Index(fields=("budget", "kind", "financial_year"))]
        constraints: ClassVar[Any] = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_amount_above_zero")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {pounds(self.amount)}"
