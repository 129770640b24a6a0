"""Awards: the offer, what was agreed, who accepted it, and the conditions."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from communities.core.files import StoredFile
from communities.core.lifecycle import Lifecycle, Stateful
from communities.core.money import MoneyField
from communities.core.permissions import Ruled
from communities.framework.models import Cohort, Goal, Indicator
from communities.groups.models import AccountableBody, Group
from communities.people.models import Person
from communities.places.models import Area, PriorityPlace
from grants.applications.models import Application, BidPlace, Category
from grants.decisions.models import Decision


class Award(Stateful):
    """Money offered to a group for a purpose. It keeps the place and the measures it was decided on."""

    class Status(models.TextChoices):
        OFFERED = "offered", "Offered"
        ACCEPTED = "accepted", "Accepted"
        ACTIVE = "active", "Under way"
        COMPLETED = "completed", "Completed"
        CLOSED = "closed", "Closed"
        DECLINED = "declined", "Turned down by the group"
        LAPSED = "lapsed", "Offer ended"

    lock_rank: ClassVar[int] = 50
    # what was offered never changes; only where it stands, until when it can be accepted, and what was paid
    frozen_when: ClassVar[tuple[str, tuple[str, ...]]] = ("status", tuple(Status.values))
    frozen_except: ClassVar[tuple[str, ...]] = (
        *("status", "version", "offer_ends_on", "paid"),
        *("accepted_at", "completed_at", "closed_at"),
    )

    reference = models.CharField(max_length=20, unique=True)
    application = models.OneToOneField(Application, models.PROTECT, related_name="award")
    decision = models.OneToOneField(Decision, models.PROTECT, related_name="award")
    group = models.ForeignKey(Group, models.PROTECT, related_name="awards")
    held_by = models.ForeignKey(AccountableBody, models.PROTECT, null=True, blank=True, related_name="awards")
    amount = MoneyField()
    paid = MoneyField(default=0, help_text="Kept from the payments, under this row's lock.")
    title = models.CharField(max_length=80)
    starts_on = models.DateField()
    ends_on = models.DateField()
    offered_at = models.DateTimeField()
    offer_ends_on = models.DateField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    place = models.ForeignKey(PriorityPlace, models.PROTECT, null=True, blank=True, related_name="awards")
    lsoa = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    measures = models.JSONField(default=dict, help_text="The need figures it was decided on, each with its release.")
    people_expected = models.PositiveIntegerField(null=True, blank=True)

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("-offered_at", "-pk")
        indexes: ClassVar[Any] = [
            models.Index(fields=("status", "offer_ends_on")),
            models.Index(fields=("group", "status")),
        ]
        constraints: ClassVar[Any] = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="award_amount_above_zero"),
            models.CheckConstraint(condition=Q(starts_on__lte=F("ends_on")), name="award_dates_in_order"),
            models.CheckConstraint(
                condition=Q(paid__gte=0, paid__lte=F("amount")),
                name="award_paid_within_amount",
                violation_error_message="More would be paid than was awarded.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=("offered", "declined", "lapsed"), accepted_at=None)
                | Q(status__in=("accepted", "active", "completed", "closed"), accepted_at__isnull=False),
                name="award_accepted_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.title


AWARD: Lifecycle[Award] = Lifecycle(Award)


class AwardVersion(models.Model):
    """The agreement as it stood from a day on. A change makes the next version."""

    append_only = True

    award = models.ForeignKey(Award, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    agreement = models.TextField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("award", "-number")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("award", "number"), name="award_version_number_unique")
        ]

    def __str__(self) -> str:
        return f"{self.award}, version {self.number}"


class AwardLine(models.Model):
    """What the award's money is for; spending is booked against these lines."""

    append_only = True

    version = models.ForeignKey(AwardVersion, models.PROTECT, related_name="lines")
    order = models.PositiveSmallIntegerField(default=0)
    category = models.CharField(max_length=12, choices=Category.choices)
    item = models.CharField(max_length=120)
    amount = MoneyField()

    class Meta:
        ordering = ("version", "order", "pk")
        constraints: ClassVar[Any] = [models.CheckConstraint(condition=Q(amount__gt=0), name="award_line_above_zero")]

    def __str__(self) -> str:
        return self.item


class AwardTarget(models.Model):
    """What the group said it would reach, as agreed."""

    lock_rank: ClassVar[int] = 80

    version = models.ForeignKey(AwardVersion, models.PROTECT, related_name="targets")
    order = models.PositiveSmallIntegerField(default=0)
    own_words = models.CharField(max_length=250, blank=True)
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, related_name="+", help_text="An analyst may add this later."
    )
    baseline = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    value = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("version", "order", "pk")

    def __str__(self) -> str:
        return self.own_words or str(self.indicator)


class AwardPlace(models.Model):
    """The share of the award for one place, in percent and in pounds; pounds add up to the award."""

    append_only = True

    award = models.ForeignKey(Award, models.PROTECT, related_name="places")
    where = models.CharField(max_length=7, choices=BidPlace.Where.choices)
    place = models.ForeignKey(PriorityPlace, models.PROTECT, null=True, blank=True, related_name="award_shares")
    share = models.PositiveSmallIntegerField()
    amount = MoneyField()

    class Meta:
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("award", "where", "place"), nulls_distinct=False, name="award_place_once")
        ]

    def __str__(self) -> str:
        return f"{self.share}% {self.place or self.get_where_display()}"


class AwardCohort(models.Model):
    """The share of the people reached who belong to a priority cohort."""

    append_only = True

    award = models.ForeignKey(Award, models.PROTECT, related_name="cohorts")
    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="award_shares")
    share = models.PositiveSmallIntegerField()
    amount = MoneyField()

    class Meta:
        constraints: ClassVar[Any] = [models.UniqueConstraint(fields=("award", "cohort"), name="award_cohort_once")]

    def __str__(self) -> str:
        return f"{self.share}% {self.cohort}"


class AwardGoal(models.Model):
    """A goal the award works towards; the whole sum counts for the main one."""

    append_only = True

    award = models.ForeignKey(Award, models.PROTECT, related_name="goals")
    goal = models.ForeignKey(Goal, models.PROTECT, related_name="award_links")
    is_primary = models.BooleanField(default=False)

    class Meta:
        ordering = ("-is_primary", "goal__number")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("award", "goal"), name="award_goal_once"),
            models.UniqueConstraint(fields=("award",), condition=Q(is_primary=True), name="award_goal_one_primary"),
        ]

    def __str__(self) -> str:
        return str(self.goal)


class Acceptance(models.Model):
    """One person's yes to the offer, on line or by another recorded means."""

    append_only = True

    class Means(models.TextChoices):
        ONLINE = "online", "On this site"
        SIGNED = "signed", "Signed page"
        CALL_BACK = "call_back", "Call to a number we hold"
        IN_PERSON = "in_person", "In person"

    award = models.ForeignKey(Award, models.PROTECT, related_name="acceptances")
    version = models.ForeignKey(AwardVersion, models.PROTECT, related_name="acceptances")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    means = models.CharField(max_length=9, choices=Means.choices)
    note = models.CharField(max_length=250, blank=True)
    evidence = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField()

    class Meta:
        ordering = ("accepted_at",)
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("award", "version", "person"), name="acceptance_person_once")
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.get_means_display().lower()})"


class AwardCondition(models.Model):
    """Something that must be done before payment or during the project, with a test that anybody can apply."""

    class When(models.TextChoices):
        PAYMENT = "payment", "Before payment"
        DURING = "during", "During the project"

    lock_rank: ClassVar[int] = 81

    award = models.ForeignKey(Award, models.PROTECT, related_name="conditions")
    text = models.CharField(max_length=250)
    when = models.CharField(max_length=7, choices=When.choices, default=When.PAYMENT)
    due_on = models.DateField(null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)
    met_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ("award", "pk")
        constraints: ClassVar[Any] = [
            models.CheckConstraint(
                condition=Q(met_by=None, met_at=None) | Q(met_by__isnull=False, met_at__isnull=False),
                name="award_condition_met_by_and_at_together",
            )
        ]

    def __str__(self) -> str:
        return self.text
