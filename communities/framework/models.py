"""What the council cares about: cohorts, goals, outcome areas, the outcomes chain, principles and indicators."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from communities.core.permissions import Ruled


class Stated(models.Model):
    """A fact with its place in the paper it was taken from, so that anybody can check the wording."""

    chapter = models.CharField(
        max_length=60, blank=True, help_text="Where the white paper says it. Blank: the council's own working."
    )

    objects = Ruled.as_manager()

    class Meta:
        abstract = True


class Cohort(Stated):
    """A group of people the fund is for, anywhere in the county. New wording is a new row, never a rename."""

    code = models.CharField(max_length=12)
    wording = models.CharField(max_length=250)
    short_name = models.CharField(max_length=60)
    plain = models.CharField(max_length=250, help_text="The sentence applicants read.")
    order = models.PositiveSmallIntegerField(default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("order", "code")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("code", "valid_from"), name="cohort_code_version_unique"),
            models.UniqueConstraint(fields=("code",), condition=Q(valid_to=None), name="cohort_one_current"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="cohort_dates_in_order",
                violation_error_message="The last day must come after the first.",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name


class OutcomeArea(Stated):
    """One of the five areas the council focuses on."""

    code = models.CharField(max_length=3, unique=True)
    name = models.CharField(max_length=60)
    focus = models.TextField(help_text="What the paper says the council is focused on.")
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("order",)

    def __str__(self) -> str:
        return self.name


class Goal(Stated):
    """One of the fourteen levelling-up goals. Applicants see the plain sentence."""

    number = models.PositiveSmallIntegerField(unique=True)
    name = models.CharField(max_length=80)
    covers = models.CharField(max_length=120)
    plain = models.CharField(max_length=150)
    primary_area = models.ForeignKey(OutcomeArea, models.PROTECT, related_name="goals")

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"


class ChainElement(Stated):
    """One link of the chain that leads to outcomes: support, environment, aspiration, opportunities, outcomes."""

    order = models.PositiveSmallIntegerField(unique=True)
    code = models.CharField(max_length=3, unique=True)
    name = models.CharField(max_length=40)
    gist = models.TextField()

    class Meta:
        ordering = ("order",)

    def __str__(self) -> str:
        return self.name


class Principle(Stated):
    """One of the ten operating principles: help text for people who judge."""

    number = models.PositiveSmallIntegerField(unique=True)
    wording = models.CharField(max_length=120)
    gloss = models.TextField()

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return self.wording


class NeedWard(Stated):
    """One of the ten wards of England with the highest community need, as the paper lists them."""

    rank = models.PositiveSmallIntegerField(unique=True)
    ward = models.CharField(max_length=80)
    authority = models.CharField(max_length=80)
    region = models.CharField(max_length=60)
    district_code = models.CharField(max_length=9, blank=True, help_text="Only for wards in the county.")
    source = models.CharField(max_length=120)

    class Meta:
        verbose_name = "ward of highest need"
        verbose_name_plural = "wards of highest need"
        ordering = ("rank",)

    def __str__(self) -> str:
        return f"{self.rank}. {self.ward}, {self.authority}"


class HeadlineFigure(Stated):
    """A figure of the paper, kept as a quotation. It is shown beside what the data gives, never instead of it."""

    code = models.SlugField(max_length=40, unique=True)
    quotation = models.TextField()
    value = models.CharField(max_length=40)
    note = models.TextField(blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order", "code")

    def __str__(self) -> str:
        return f"{self.code}: {self.value}"


class Indicator(Stated):
    """Something that can be counted to see whether life got better. A new wording is a new version."""

    class Direction(models.TextChoices):
        UP = "up", "More is better"
        DOWN = "down", "Less is better"

    class Level(models.TextChoices):
        OUTPUT = "output", "What was done"
        OUTCOME = "outcome", "What changed"
        PLACE = "place", "What official statistics say of a place"

    class Aggregation(models.TextChoices):
        SUM = "sum", "Added up"
        MEAN = "mean", "Averaged over the people asked"
        NONE = "none", "Shown side by side, never added"

    code = models.CharField(max_length=6)
    version = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=120)
    question = models.CharField(max_length=200, help_text="How a group is asked for it, in plain words.")
    unit = models.CharField(max_length=20)
    direction = models.CharField(max_length=4, choices=Direction.choices)
    level = models.CharField(max_length=7, choices=Level.choices)
    goal = models.ForeignKey(Goal, models.PROTECT, null=True, blank=True, related_name="indicators")
    area = models.ForeignKey(OutcomeArea, models.PROTECT, null=True, blank=True, related_name="indicators")
    chain = models.ForeignKey(ChainElement, models.PROTECT, null=True, blank=True, related_name="indicators")
    aggregation = models.CharField(max_length=4, choices=Aggregation.choices)
    person_based = models.BooleanField(default=False, help_text="It counts people, so sums may count somebody twice.")
    needs_baseline = models.BooleanField(default=False, help_text="Asked before and after.")
    publisher = models.CharField(max_length=60, blank=True, help_text="Who publishes it, for statistics of places.")
    active = models.BooleanField(default=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order", "code", "version")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("code", "version"), name="indicator_version_unique"),
            models.UniqueConstraint(fields=("code",), condition=Q(active=True), name="indicator_one_active_version"),
            models.CheckConstraint(
                condition=Q(level="place") | Q(area__isnull=False, chain__isnull=False),
                name="indicator_area_and_chain",
                violation_error_message="An indicator that groups report needs an area and a link of the chain.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
