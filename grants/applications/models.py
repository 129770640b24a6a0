"""Bids: what a group asks for, section by section, and the copies that were sent and never change."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from communities.core.lifecycle import Lifecycle, Stateful
from communities.core.money import MoneyField
from communities.core.permissions import Ruled
from communities.framework.models import Cohort, Goal, Indicator
from communities.groups.models import Group
from communities.places.models import Area, PriorityPlace
from grants.rounds.models import Round, Terms, Tier


class Category(models.TextChoices):
    """What money is spent on, in the words of the budget."""

    EQUIPMENT = "equipment", "Equipment"
    MATERIALS = "materials", "Materials"
    VENUE = "venue", "Venue hire"
    TUTORS = "tutors", "Tutors and session workers"
    SALARIES = "salaries", "Salaries"
    VOLUNTEERS = "volunteers", "Volunteer expenses"
    TRAVEL = "travel", "Travel and transport"
    REFRESHMENTS = "refreshments", "Refreshments"
    PUBLICITY = "publicity", "Printing and publicity"
    TRAINING = "training", "Training and DBS checks"
    INSURANCE = "insurance", "Insurance and licences"
    FEES = "fees", "Professional fees"
    ACCESS = "access", "Access costs, such as an interpreter or childcare"
    BUILDING = "building", "Building works"
    OVERHEADS = "overheads", "Overheads"
    OTHER = "other", "Other"


class Application(Stateful):
    """A bid. Groups read "bid"; the code keeps the word of the field, application."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Not sent"
        SUBMITTED = "submitted", "Received"
        IN_CHECK = "in_check", "Being checked"
        MORE_INFO = "more_info", "Waiting for the group"
        INELIGIBLE_PROPOSED = "ineligible_proposed", "To be confirmed"
        INELIGIBLE = "ineligible", "Not eligible"
        IN_ASSESSMENT = "in_assessment", "Being assessed"
        DECIDED = "decided", "Decision made"
        WITHDRAWN = "withdrawn", "Withdrawn"
        LAPSED = "lapsed", "Not sent in time"

    class PlaceVerdict(models.TextChoices):
        IN = "in", "In a priority place"
        NOT_SURE = "not_sure", "We are not sure, talk to us"
        ELSEWHERE = "elsewhere", "In the county, outside the priority places"
        UNKNOWN = "unknown", "Not known"

    lock_rank: ClassVar[int] = 40
    status_colours: ClassVar[dict[str, str]] = {
        "submitted": "light-blue",
        "in_check": "yellow",
        "more_info": "orange",
        "ineligible_proposed": "orange",
        "ineligible": "grey",
        "in_assessment": "turquoise",
        "decided": "green",
        "withdrawn": "grey",
    }

    reference = models.CharField(max_length=20, blank=True, help_text="Given when the bid is sent.")
    round = models.ForeignKey(Round, models.PROTECT, related_name="applications")
    terms = models.ForeignKey(Terms, models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, models.PROTECT, related_name="applications")
    tier = models.ForeignKey(Tier, models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=80, blank=True)
    requested = MoneyField(default=0)
    total_cost = MoneyField(default=0)
    minimum_viable = MoneyField(null=True, blank=True, help_text="The least that would still work.")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    people_expected = models.PositiveIntegerField(null=True, blank=True)
    postcode = models.CharField(max_length=8, blank=True, help_text="Where it happens.")
    lsoa = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    place = models.ForeignKey(PriorityPlace, models.PROTECT, null=True, blank=True, related_name="+")
    place_verdict = models.CharField(max_length=9, choices=PlaceVerdict.choices, default=PlaceVerdict.UNKNOWN)
    place_note = models.TextField(blank=True, help_text="Why an officer changed the place.")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    open_sections = models.JSONField(
        default=list, blank=True, help_text="What the group may still change while we wait for its answer."
    )
    answer_due_on = models.DateField(null=True, blank=True, help_text="The day an answer is promised by.")
    search_text = models.TextField(blank=True)

    objects = Ruled.as_manager()

    class Meta:
        verbose_name = "bid"
        ordering = ("-submitted_at", "-pk")
        indexes: ClassVar[Any] = [
            models.Index(fields=("round", "status", "-submitted_at")),
            models.Index(fields=("status", "-submitted_at")),
            # the officers' queue, as it opens
            models.Index(
                fields=("-submitted_at", "-id"), condition=~Q(status__in=("draft", "lapsed")), name="bid_sent"
            ),
            models.Index(fields=("group", "-started_at")),
        ]
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("reference",), condition=~Q(reference=""), name="bid_reference_unique"),
            models.CheckConstraint(
                condition=Q(submitted_at=None, submitted_by=None)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="bid_submitted_at_and_by_together",
            ),
            models.CheckConstraint(
                condition=Q(minimum_viable=None) | Q(minimum_viable__lte=F("requested")),
                name="bid_least_within_asked",
                violation_error_message="The least that would still work must not be more than you ask for.",
            ),
            models.CheckConstraint(condition=Q(requested__lte=F("total_cost")), name="bid_asked_within_cost"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(starts_on__lte=F("ends_on")),
                name="bid_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.title or "Bid without a title"

    def get_absolute_url(self) -> str:
        """Where the group follows its bid; an unsent one leads on to what is left to do."""
        return reverse("applications:bid", args=[self.public_id])


APPLICATION: Lifecycle[Application] = Lifecycle(Application)


class ReferenceYear(models.Model):
    """The last number given to a bid in a year. Locked while the next one is given."""

    lock_rank: ClassVar[int] = 79

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class SectionAnswer(models.Model):
    """The answers of one section of a bid. A version number keeps two editors from overwriting each other."""

    lock_rank: ClassVar[int] = 75

    application = models.ForeignKey(Application, models.PROTECT, related_name="answers")
    section = models.SlugField(max_length=30)
    content = models.JSONField(default=dict)
    is_complete = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("application", "section"), name="section_answer_once")
        ]

    def __str__(self) -> str:
        return f"{self.section} of {self.application}"


class BidPlace(models.Model):
    """The share of a bid that happens in one place. Shares add up to 100; no place means elsewhere."""

    class Where(models.TextChoices):
        PLACE = "place", "A priority place"
        COUNTY = "county", "Elsewhere in the county"
        OUTSIDE = "outside", "Outside the county"

    application = models.ForeignKey(Application, models.CASCADE, related_name="places")
    where = models.CharField(max_length=7, choices=Where.choices, default=Where.PLACE)
    place = models.ForeignKey(PriorityPlace, models.PROTECT, null=True, blank=True, related_name="+")
    share = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(
                fields=("application", "where", "place"), nulls_distinct=False, name="bid_place_once"
            ),
            models.CheckConstraint(condition=Q(share__gte=1, share__lte=100), name="bid_place_share_range"),
            models.CheckConstraint(
                condition=Q(where="place", place__isnull=False) | (~Q(where="place") & Q(place=None)),
                name="bid_place_named_where_priority",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.share}% {self.place or self.get_where_display()}"


class BidCohort(models.Model):
    """The share of the people reached who belong to a priority cohort. Shares may overlap."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="cohorts")
    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="+")
    share = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("application", "cohort"), name="bid_cohort_once"),
            models.CheckConstraint(condition=Q(share__gte=1, share__lte=100), name="bid_cohort_share_range"),
        ]

    def __str__(self) -> str:
        return f"{self.share}% {self.cohort}"


class BidGoal(models.Model):
    """A goal that the bid works towards; exactly one is the main one."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="goals")
    goal = models.ForeignKey(Goal, models.PROTECT, related_name="+")
    is_primary = models.BooleanField(default=False)

    class Meta:
        ordering = ("-is_primary", "goal__number")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("application", "goal"), name="bid_goal_once"),
            models.UniqueConstraint(fields=("application",), condition=Q(is_primary=True), name="bid_goal_one_primary"),
        ]

    def __str__(self) -> str:
        return str(self.goal)


class BidLine(models.Model):
    """One line of the budget."""

    class FundedBy(models.TextChoices):
        GRANT = "grant", "This grant"
        OWN = "own", "Our own money"
        OTHER = "other", "Somebody else's money"
        IN_KIND = "in_kind", "Given for free"

    application = models.ForeignKey(Application, models.CASCADE, related_name="lines")
    order = models.PositiveSmallIntegerField(default=0)
    category = models.CharField(max_length=12, choices=Category.choices)
    item = models.CharField(max_length=120)
    amount = MoneyField()
    funded_by = models.CharField(max_length=7, choices=FundedBy.choices, default=FundedBy.GRANT)

    class Meta:
        ordering = ("application", "order", "pk")
        constraints: ClassVar[Any] = [models.CheckConstraint(condition=Q(amount__gt=0), name="bid_line_above_zero")]

    def __str__(self) -> str:
        return f"{self.item}, £{self.amount}"


class Target(models.Model):
    """What the group wants to reach: in its own words, from the catalogue, or both."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="targets")
    order = models.PositiveSmallIntegerField(default=0)
    own_words = models.CharField(max_length=250, blank=True)
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True, related_name="+")
    baseline = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    value = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering = ("application", "order", "pk")
        constraints: ClassVar[Any] = [
            models.CheckConstraint(
                condition=~Q(own_words="") | Q(indicator__isnull=False), name="target_words_or_indicator"
            )
        ]

    def __str__(self) -> str:
        return self.own_words or str(self.indicator)


class Submission(models.Model):
    """The bid exactly as it was sent. An answered request for information makes the next number."""

    append_only = True

    application = models.ForeignKey(Application, models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("application", "-number")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("application", "number"), name="submission_number_unique")
        ]

    def __str__(self) -> str:
        return f"{self.application}, sent copy {self.number}"
