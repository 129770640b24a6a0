"""Rounds and their terms: tiers, questions, checks, rubric, report profiles, panels. Frozen when published."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.text import Truncator

from communities.core.lifecycle import Lifecycle, Stateful
from communities.core.money import MoneyField
from communities.core.permissions import Ruled
from communities.diligence.models import CheckType
from communities.framework.models import Cohort, Goal
from communities.people.models import Person
from communities.places.models import Dataset, PriorityPlace
from grants.funds.models import Budget, Fund

SLOW_LINE = timedelta(minutes=10)  # how long a request that began in time may take to arrive


class Terms(models.Model):
    """Everything a round promises to ask and to judge by. The library keeps one; each round owns a copy."""

    lock_rank: ClassVar[int] = 74

    name = models.CharField(max_length=120)
    number = models.PositiveSmallIntegerField(default=1)
    is_library = models.BooleanField(default=False, help_text="A model to copy from, not used by bids.")
    copied_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    frozen_at = models.DateTimeField(null=True, blank=True)

    objects = Ruled.as_manager()

    class Meta:
        verbose_name_plural = "terms"
        ordering = ("name", "number")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("name", "number"), name="terms_name_number_unique")
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.number}"


class Tier(models.Model):
    """A size of grant. It decides the questions, the checks, who decides, how it is paid and what is reported."""

    class Route(models.TextChoices):
        DELEGATED = "delegated", "Two officers"
        PANEL = "panel", "The panel"

    class Spending(models.TextChoices):
        TOTAL = "total", "One total and a yes or no"
        LINES = "lines", "Line by line"

    terms = models.ForeignKey(Terms, models.PROTECT, related_name="tiers")
    code = models.SlugField(max_length=20)
    name = models.CharField(max_length=40)
    minimum = MoneyField()
    maximum = MoneyField()
    is_open = models.BooleanField(default=True)
    route = models.CharField(max_length=9, choices=Route.choices)
    reviewers_needed = models.PositiveSmallIntegerField(default=3)
    online_acceptances = models.PositiveSmallIntegerField(default=2)
    payment_shares = models.JSONField(default=list, help_text="Percent of the award by instalment, such as [80, 20].")
    spending = models.CharField(max_length=5, choices=Spending.choices, default=Spending.LINES)
    receipts_from = MoneyField(default=100, help_text="A receipt is asked for at and above this amount.")
    answer_days = models.PositiveSmallIntegerField(help_text="Working days from closing (or sending) to an answer.")
    report_months = models.PositiveSmallIntegerField(
        default=1, help_text="Months after the end until the report is due."
    )
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("terms", "order")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("terms", "code"), name="tier_code_unique"),
            models.CheckConstraint(condition=Q(minimum__gt=0, minimum__lte=F("maximum")), name="tier_amounts_in_order"),
        ]

    def __str__(self) -> str:
        return self.name


class Question(models.Model):
    """One question of the terms, for the quiz, the bid or the report."""

    class Stage(models.TextChoices):
        QUIZ = "quiz", "Eligibility quiz"
        APPLY = "apply", "Bid"
        REPORT = "report", "Report"

    class Kind(models.TextChoices):
        SHORT = "short", "One line"
        LONG = "long", "Several lines"
        NUMBER = "number", "A whole number"
        YES_NO = "yes_no", "Yes or no"
        CHOICE = "choice", "One of a list"
        FIXED = "fixed", "A part of the form with its own fields"

    terms = models.ForeignKey(Terms, models.PROTECT, related_name="questions")
    stage = models.CharField(max_length=6, choices=Stage.choices)
    section = models.SlugField(max_length=30)
    key = models.SlugField(max_length=40)
    order = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=250)
    help = models.TextField(blank=True)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    choices = models.JSONField(default=list, blank=True, help_text="Pairs of code and wording, where one is chosen.")
    no_means = models.CharField(
        max_length=8,
        blank=True,
        choices=[("talk", "Talk to us"), ("not", "Not eligible")],
        help_text="Quiz: what an answer of no leads to.",
    )
    no_advice = models.TextField(blank=True, help_text="Quiz: what to do next after a no.")
    use = models.CharField(
        max_length=200, help_text="What the answer is used for. A question without a use is deleted."
    )

    class Meta:
        ordering = ("terms", "stage", "order")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("terms", "stage", "key"), name="question_key_unique")
        ]

    def __str__(self) -> str:
        return self.text


class QuestionLimit(models.Model):
    """A question is asked of a tier when it has a row here; the row holds the limits."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="limits")
    tier = models.ForeignKey(Tier, models.CASCADE, related_name="limits")
    words = models.PositiveSmallIntegerField(null=True, blank=True)
    is_required = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar[Any] = [models.UniqueConstraint(fields=("question", "tier"), name="question_limit_once")]

    def __str__(self) -> str:
        return f"{self.question} ({self.tier})"


class CheckRequirement(models.Model):
    """A check that a tier needs before a decision."""

    class Level(models.TextChoices):
        REQUIRED = "required", "Required"
        IF_RELEVANT = "if_relevant", "If it applies"

    tier = models.ForeignKey(Tier, models.CASCADE, related_name="checks")
    check_type = models.ForeignKey(CheckType, models.PROTECT, related_name="+")
    level = models.CharField(max_length=11, choices=Level.choices)

    class Meta:
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("tier", "check_type"), name="check_requirement_once")
        ]

    def __str__(self) -> str:
        return f"{self.check_type} ({self.tier})"


class Criterion(models.Model):
    """What bids are scored on, 0 to 5, each score with its words."""

    terms = models.ForeignKey(Terms, models.PROTECT, related_name="criteria")
    code = models.CharField(max_length=2)
    name = models.CharField(max_length=80)
    help = models.TextField(blank=True)
    order = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name_plural = "criteria"
        ordering = ("terms", "order")
        constraints: ClassVar[Any] = [models.UniqueConstraint(fields=("terms", "code"), name="criterion_code_unique")]

    def __str__(self) -> str:
        return self.name


class CriterionWeight(models.Model):
    """How much a criterion counts for a tier, and the least score that is safe to fund."""

    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="weights")
    tier = models.ForeignKey(Tier, models.CASCADE, related_name="weights")
    weight = models.PositiveSmallIntegerField(validators=[MaxValueValidator(100)])
    floor = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(5)])

    class Meta:
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("criterion", "tier"), name="criterion_weight_once"),
            models.CheckConstraint(
                condition=Q(weight__gt=0, weight__lte=100, floor__lte=5), name="criterion_weight_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion} {self.weight} ({self.tier})"


class Descriptor(models.Model):
    """What a score of a criterion means, in words."""

    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="descriptors")
    score = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=120)

    class Meta:
        ordering = ("criterion", "score")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("criterion", "score"), name="descriptor_once"),
            models.CheckConstraint(condition=Q(score__lte=5), name="descriptor_score_range"),
        ]

    def __str__(self) -> str:
        return f"{self.score}: {self.text}"


class Round(Stateful):
    """A call for bids: its dates, its money, its places and its terms."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        FINISHED = "finished", "Finished"

    lock_rank: ClassVar[int] = 20

    title = models.CharField(max_length=120)
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="rounds")
    budget = models.ForeignKey(Budget, models.PROTECT, related_name="rounds")
    terms = models.ForeignKey(Terms, models.PROTECT, related_name="rounds")
    purpose = models.TextField(help_text="What this round is for, in plain words.")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    grace_minutes = models.PositiveSmallIntegerField(
        default=15, help_text="For bids that were opened before the deadline."
    )
    decision_due_on = models.DateField(help_text="When everybody is told.")
    starts_from = models.DateField(help_text="The earliest day an activity may start.")
    ends_by = models.DateField(help_text="The latest day an activity may end.")
    offer_days = models.PositiveSmallIntegerField(default=28, help_text="Days a group has to accept an offer.")
    places = models.ManyToManyField(PriorityPlace, blank=True, related_name="rounds")
    cohorts = models.ManyToManyField(Cohort, blank=True, related_name="+")
    goals = models.ManyToManyField(Goal, blank=True, related_name="+")
    datasets = models.ManyToManyField(Dataset, blank=True, related_name="+", help_text="The releases this round uses.")
    published_at = models.DateTimeField(null=True, blank=True)

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("-opens_at", "-pk")
        constraints: ClassVar[Any] = [
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")),
                name="round_opens_before_it_closes",
                violation_error_message="The round must open before it closes.",
            ),
            models.CheckConstraint(
                condition=Q(starts_from__lt=F("ends_by")),
                name="round_activity_dates_in_order",
                violation_error_message="Activities must be able to start before the latest end.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def last_moment(self) -> datetime:
        """Until when a bid that was begun in time can be sent: the deadline and its minutes of grace."""
        return self.closes_at + timedelta(minutes=self.grace_minutes)

    @property
    def settled_at(self) -> datetime:
        """From when on nothing that was sent in time can still be on its way to us."""
        return self.last_moment + SLOW_LINE


ROUND: Lifecycle[Round] = Lifecycle(Round)


class RoundNotice(models.Model):
    """A dated correction to a published round. The first words stay beside it."""

    append_only = True

    round = models.ForeignKey(Round, models.PROTECT, related_name="notices")
    text = models.TextField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ("-written_at",)

    def __str__(self) -> str:
        return Truncator(self.text).words(14)


class RoundStaff(models.Model):
    """Who carries this round through, from checks to payment."""

    class Duty(models.TextChoices):
        OFFICER = "officer", "Checks and recommends"
        DECIDER = "decider", "Confirms decisions"
        FINANCE = "finance", "Verifies payees and prepares payments"
        APPROVER = "approver", "Approves payments"

    round = models.ForeignKey(Round, models.PROTECT, related_name="staff")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    duty = models.CharField(max_length=8, choices=Duty.choices)

    class Meta:
        verbose_name_plural = "round staff"
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("round", "user", "duty"), name="round_staff_once")
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_duty_display()}"


class Panel(models.Model):
    """The people who score and decide the bids of a round."""

    round = models.OneToOneField(Round, models.PROTECT, related_name="panel")
    name = models.CharField(max_length=80)
    quorum = models.PositiveSmallIntegerField(default=3)

    objects = Ruled.as_manager()

    def __str__(self) -> str:
        return self.name


class Seat(models.Model):
    """A person's seat on a panel."""

    class Role(models.TextChoices):
        CHAIR = "chair", "Chair"
        VICE = "vice", "Vice-chair"
        MEMBER = "member", "Member"
        COMMUNITY = "community", "Community member"

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="seats")
    person = models.ForeignKey(Person, models.PROTECT, related_name="seats")
    role = models.CharField(max_length=9, choices=Role.choices, default=Role.MEMBER)
    left_on = models.DateField(null=True, blank=True)

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("panel", "pk")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("panel", "person"), name="seat_person_once"),
            models.UniqueConstraint(fields=("panel",), condition=Q(role="chair", left_on=None), name="seat_one_chair"),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.get_role_display().lower()})"
