"""Frozen starting points of the place series, so that later figures have something to be held against."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from communities.core.permissions import Ruled
from communities.framework.models import Indicator
from communities.places.models import Dataset, PriorityPlace
from grants.rounds.models import Round


class Baseline(models.Model):
    """Where an indicator stood for a place (or the whole county) on a day, from a named release."""

    append_only = True

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="baselines")
    place = models.ForeignKey(PriorityPlace, models.PROTECT, null=True, blank=True, related_name="+")
    dataset = models.ForeignKey(Dataset, models.PROTECT, null=True, blank=True, related_name="+")
    value = models.DecimalField(max_digits=14, decimal_places=2)
    as_at = models.DateField()
    source = models.CharField(max_length=200)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("indicator", "as_at", "pk")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("indicator", "place", "as_at"), nulls_distinct=False, name="baseline_once")
        ]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.value}"


class RoundSums(models.Model):
    """What the awards of a round add up to, as it stood at a place in the chain of events. Made anew at any time."""

    round = models.OneToOneField(Round, models.CASCADE, related_name="+")
    upto = models.PositiveBigIntegerField(help_text="Every event up to this place of the chain is in the sums.")
    sums = models.JSONField(help_text="By kind of sum: pairs of a key and its numbers.")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.round} at place {self.upto}"
