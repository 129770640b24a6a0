"""What an award owes us to tell, the group's report, and the figures it leaves behind."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from communities.core.files import StoredFile
from communities.core.lifecycle import Lifecycle, Stateful
from communities.core.permissions import Ruled
from communities.framework.models import Cohort, Indicator
from communities.places.models import Dataset, PriorityPlace
from grants.awards.models import Award, AwardTarget

PEOPLE = "XX1"  # the indicator of different people taking part: the denominator


class ReportRequirement(models.Model):
    """A report that an award owes, with the day it is due."""

    class Kind(models.TextChoices):
        INTERIM = "interim", "Half-way report"
        FINAL = "final", "Final report"

    award = models.ForeignKey(Award, models.PROTECT, related_name="report_requirements")
    kind = models.CharField(max_length=7, choices=Kind.choices, default=Kind.FINAL)
    due_on = models.DateField()

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("due_on", "pk")
        indexes: ClassVar[Any] = [models.Index(fields=("due_on",))]
        constraints: ClassVar[Any] = [models.UniqueConstraint(fields=("award", "kind"), name="report_requirement_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.award}"


class OutcomeReport(Stateful):
    """The group's own account of what happened. What did not work is as welcome as what did."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Being written"
        SUBMITTED = "submitted", "Sent to the council"
        RETURNED = "returned", "We have a question"
        ACCEPTED = "accepted", "Accepted"

    lock_rank: ClassVar[int] = 56

    requirement = models.OneToOneField(ReportRequirement, models.PROTECT, related_name="report")
    answers = models.JSONField(default=dict, help_text="Answers by the key of the question.")
    people_reached = models.PositiveIntegerField(
        null=True, blank=True, help_text="Different people, each counted once."
    )
    photo = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    may_publish = models.BooleanField(default=False)
    returned_note = models.TextField(blank=True)
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("-started_at",)
        indexes: ClassVar[Any] = [models.Index(fields=("status", "submitted_at"))]

    def __str__(self) -> str:
        return f"Report: {self.requirement}"


OUTCOME_REPORT: Lifecycle[OutcomeReport] = Lifecycle(OutcomeReport)


class ReportSubmission(models.Model):
    """The report exactly as it was sent."""

    append_only = True

    report = models.ForeignKey(OutcomeReport, models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("report", "number"), name="report_submission_number_unique")
        ]

    def __str__(self) -> str:
        return f"{self.report}, sent copy {self.number}"


class TargetResult(models.Model):
    """What was reached for one target, as the group reports it."""

    report = models.ForeignKey(OutcomeReport, models.PROTECT, related_name="results")
    target = models.ForeignKey(AwardTarget, models.PROTECT, related_name="results")
    value = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    baseline = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    words = models.TextField(blank=True)
    respondents = models.PositiveIntegerField(null=True, blank=True, help_text="How many people were asked.")

    class Meta:
        constraints: ClassVar[Any] = [models.UniqueConstraint(fields=("report", "target"), name="target_result_once")]

    def __str__(self) -> str:
        return f"{self.target}: {self.value}"


class CohortReached(models.Model):
    """How many of the people reached belong to a priority cohort."""

    report = models.ForeignKey(OutcomeReport, models.PROTECT, related_name="cohorts_reached")
    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="+")
    people = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar[Any] = [models.UniqueConstraint(fields=("report", "cohort"), name="cohort_reached_once")]

    def __str__(self) -> str:
        return f"{self.people} {self.cohort}"


class Observation(models.Model):
    """One figure about an award or a place: the table that both kinds of evaluation read (white paper, chapter 6)."""

    append_only = True

    class Evidence(models.IntegerChoices):
        SELF_REPORTED = 0, "The group's own figure"
        ATTACHED = 1, "With evidence"
        VERIFIED = 2, "Checked by an officer"
        OFFICIAL = 3, "Official statistic"

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="observations")
    award = models.ForeignKey(Award, models.PROTECT, null=True, blank=True, related_name="observations")
    target = models.ForeignKey(AwardTarget, models.PROTECT, null=True, blank=True, related_name="observations")
    place = models.ForeignKey(PriorityPlace, models.PROTECT, null=True, blank=True, related_name="observations")
    dataset = models.ForeignKey(Dataset, models.PROTECT, null=True, blank=True, related_name="+")
    value = models.DecimalField(max_digits=14, decimal_places=2)
    baseline = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    respondents = models.PositiveIntegerField(null=True, blank=True)
    evidence = models.PositiveSmallIntegerField(choices=Evidence.choices, default=Evidence.SELF_REPORTED)
    observed_on = models.DateField()
    number = models.PositiveSmallIntegerField(default=1, help_text="A correction is the next number, with a note.")
    note = models.CharField(max_length=250, blank=True)

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("indicator", "observed_on", "pk")
        constraints: ClassVar[Any] = [
            models.CheckConstraint(
                condition=Q(award__isnull=False) | Q(place__isnull=False), name="observation_about_award_or_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.value}"
