"""Who is paid and how: bank details checked by a call, instalments, batches, and what came of them."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from communities.core.files import StoredFile
from communities.core.lifecycle import Lifecycle, Stateful
from communities.core.money import MoneyField
from communities.core.permissions import Ruled
from communities.groups.models import Group
from grants.awards.models import Award
from grants.funds.models import LedgerEntry


class PayeeAccount(Stateful):
    """A bank account, encrypted at rest. It is paid only after somebody else has checked it by a call."""

    class Status(models.TextChoices):
        ENTERED = "entered", "To be checked"
        VERIFIED = "verified", "Checked"
        REJECTED = "rejected", "Not accepted"
        REPLACED = "replaced", "Replaced"

    lock_rank: ClassVar[int] = 60

    group = models.ForeignKey(Group, models.PROTECT, related_name="payee_accounts")
    name_on_account = models.CharField(max_length=120)
    sort_code = models.TextField(help_text="Encrypted.")
    account_number = models.TextField(help_text="Encrypted.")
    roll_number = models.TextField(blank=True, help_text="Encrypted. Some building societies use one.")
    last_four = models.CharField(max_length=4)
    fingerprint = models.CharField(max_length=64, db_index=True, help_text="Keyed, to find the same account twice.")
    statement = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    supplier_number = models.CharField(max_length=20, blank=True, help_text="What finance calls this payee.")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    verified_at = models.DateTimeField(null=True, blank=True)
    call_number = models.CharField(max_length=30, blank=True, help_text="The number we rang, held before the change.")
    call_spoke_to = models.CharField(max_length=120, blank=True)
    call_note = models.TextField(blank=True)
    trouble = models.CharField(max_length=200, blank=True, help_text="Why it has to be looked at again.")

    objects = Ruled.as_manager()

    class Meta:
        verbose_name = "account"
        verbose_name_plural = "bank details"
        ordering = ("-entered_at",)
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(
                fields=("group",), condition=Q(status="verified"), name="payee_account_one_verified"
            ),
            models.UniqueConstraint(fields=("group",), condition=Q(status="entered"), name="payee_account_one_waiting"),
            models.CheckConstraint(
                condition=Q(verified_by=None) | ~Q(verified_by=F("entered_by")),
                name="payee_account_verified_by_another",
                violation_error_message="Somebody else has to check these bank details.",
            ),
            models.CheckConstraint(
                condition=~Q(status="verified") | Q(verified_by__isnull=False, verified_at__isnull=False),
                name="payee_account_verified_has_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name_on_account}, account ending {self.last_four}"


PAYEE_ACCOUNT: Lifecycle[PayeeAccount] = Lifecycle(PayeeAccount)


class PaymentBatch(Stateful):
    """Payments sent to the council's finance system in one file. The file's bytes never change."""

    class Status(models.TextChoices):
        PREPARED = "prepared", "Prepared"
        APPROVED = "approved", "Approved"
        EXPORTED = "exported", "Sent to finance"
        CANCELLED = "cancelled", "Cancelled"

    lock_rank: ClassVar[int] = 62
    frozen_when: ClassVar[tuple[str, tuple[str, ...]]] = ("status", ("exported",))
    frozen_except: ClassVar[tuple[str, ...]] = ()

    reference = models.CharField(max_length=20, unique=True)
    total = MoneyField()
    count = models.PositiveSmallIntegerField()
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    exported_at = models.DateTimeField(null=True, blank=True)
    exported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    content = models.TextField(blank=True, help_text="The file, encrypted, as it was made.")
    digest = models.CharField(max_length=64, blank=True)

    objects = Ruled.as_manager()

    class Meta:
        verbose_name_plural = "payment batches"
        ordering = ("-prepared_at",)
        constraints: ClassVar[Any] = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("prepared_by")),
                name="batch_approved_by_another",
                violation_error_message="Somebody else has to approve this batch.",
            ),
            models.CheckConstraint(
                condition=Q(exported_by=None) | ~Q(exported_by=F("approved_by")),
                name="batch_exported_by_another",
                violation_error_message="Somebody other than the approver has to send this batch.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("approved", "exported"))
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="batch_approved_has_by_and_at",
            ),
            models.CheckConstraint(
                condition=~Q(status="exported")
                | (Q(exported_by__isnull=False, exported_at__isnull=False) & ~Q(content="") & ~Q(digest="")),
                name="batch_exported_has_file",
            ),
            models.CheckConstraint(condition=Q(total__gt=0, count__gt=0), name="batch_not_empty"),
        ]

    def __str__(self) -> str:
        return self.reference


PAYMENT_BATCH: Lifecycle[PaymentBatch] = Lifecycle(PaymentBatch)


class Payment(Stateful):
    """One instalment of an award."""

    class Status(models.TextChoices):
        SCHEDULED = "scheduled", "Planned"
        APPROVED = "approved", "Approved"
        BATCHED = "batched", "Being prepared"
        IN_TRANSIT = "in_transit", "On its way"
        PAID = "paid", "Paid"
        FAILED = "failed", "Sent back by the bank"
        CANCELLED = "cancelled", "Cancelled"

    class Trigger(models.TextChoices):
        ACCEPTANCE = "acceptance", "When the offer is accepted"
        REPORT = "report", "When the final report is accepted"

    lock_rank: ClassVar[int] = 64
    frozen_when: ClassVar[tuple[str, tuple[str, ...]]] = ("status", ("paid",))
    frozen_except: ClassVar[tuple[str, ...]] = ()

    award = models.ForeignKey(Award, models.PROTECT, related_name="payments")
    number = models.PositiveSmallIntegerField()
    amount = MoneyField()
    trigger = models.CharField(max_length=10, choices=Trigger.choices, default=Trigger.ACCEPTANCE)
    due_on = models.DateField()
    account = models.ForeignKey(PayeeAccount, models.PROTECT, null=True, blank=True, related_name="payments")
    batch = models.ForeignKey(PaymentBatch, models.PROTECT, null=True, blank=True, related_name="payments")
    details_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who entered the bank details it goes to.",
    )
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who approved the batch it was sent in.",
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    paid_on = models.DateField(null=True, blank=True)
    bank_reference = models.CharField(max_length=40, blank=True)
    failure = models.CharField(max_length=200, blank=True)
    ledger_entry = models.OneToOneField(LedgerEntry, models.PROTECT, null=True, blank=True, related_name="payment")

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("due_on", "pk")
        indexes: ClassVar[Any] = [models.Index(fields=("status", "due_on")), models.Index(fields=("due_on", "id"))]
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("award", "number"), name="payment_number_unique"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_above_zero"),
            models.CheckConstraint(
                condition=~Q(status="paid") | Q(paid_on__isnull=False, ledger_entry__isnull=False),
                name="payment_paid_has_day_and_ledger_entry",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="payment_approved_by_and_at_together",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(details_by=None) | ~Q(approved_by=F("details_by")),
                name="payment_approved_by_another_than_the_details",
                violation_error_message="Whoever entered the bank details cannot approve the payment.",
            ),
            models.CheckConstraint(
                condition=Q(released_by=None) | Q(details_by=None) | ~Q(released_by=F("details_by")),
                name="payment_released_by_another_than_the_details",
            ),
            models.CheckConstraint(
                condition=Q(released_by=None) | Q(approved_by=None) | ~Q(released_by=F("approved_by")),
                name="payment_released_by_another_than_the_approver",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("in_transit", "paid", "failed"))
                | Q(account__isnull=False, batch__isnull=False, released_by__isnull=False, sent_at__isnull=False),
                name="payment_sent_has_account_batch_and_release",
            ),
        ]

    def __str__(self) -> str:
        return f"Payment {self.number} for {self.award}"


PAYMENT: Lifecycle[Payment] = Lifecycle(Payment)


class BatchLine(models.Model):
    """One payment as it stood in a batch. A payment that failed stands in the next batch as well."""

    append_only = True

    batch = models.ForeignKey(PaymentBatch, models.PROTECT, related_name="lines")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="lines")
    account = models.ForeignKey(PayeeAccount, models.PROTECT, related_name="+")
    amount = MoneyField()

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("batch", "pk")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("batch", "payment"), name="batch_line_payment_once")
        ]

    def __str__(self) -> str:
        return f"{self.payment} in {self.batch}"
