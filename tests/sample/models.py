"""Tables on which the mechanisms are tried."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from communities.core.lifecycle import Lifecycle, Stateful
from communities.core.money import MoneyField
from communities.core.permissions import Ruled


class Pot(models.Model):  # noqa: DJ008
    lock_rank: ClassVar[int] = 1

    limit = MoneyField(default=1000)
    committed = MoneyField(default=0)
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(committed__lte=F("limit")), name="pot_within_limit")]


class Bid(Stateful):
    class Status(models.TextChoices):
        DRAFT = "draft", "Not sent"
        SENT = "sent", "Received"
        FUNDED = "funded", "Funded"
        DECLINED = "declined", "Declined"

    lock_rank: ClassVar[int] = 2

    pot = models.ForeignKey(Pot, models.PROTECT, related_name="bids")
    # the users' table comes with migrations, later than tables of an app without any
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    title = models.CharField(max_length=80, default="A shed")
    amount = MoneyField(default=100)

    objects = Ruled.as_manager()

    def __str__(self):
        return f"Bid {self.pk}"


BID: Lifecycle[Bid] = Lifecycle(Bid)


class Entry(models.Model):  # noqa: DJ008
    append_only = True

    pot = models.ForeignKey(Pot, models.PROTECT)
    bid = models.ForeignKey(Bid, models.PROTECT)
    amount = MoneyField()


class Verdict(models.Model):  # noqa: DJ008
    frozen_when = ("state", ("final", "published"))
    frozen_except = ("state", "published_at")

    state = models.CharField(max_length=12, default="draft")
    text = models.CharField(max_length=80, blank=True)
    published_at = models.DateTimeField(null=True)


class Venue(models.Model):
    """One column of each kind, for the office's pages."""

    name = models.CharField(max_length=60)
    rent = MoneyField(default=0, help_text="For one evening")
    seats = models.PositiveIntegerField(default=10)
    kind = models.CharField(max_length=4, choices=[("hall", "A hall"), ("park", "A park")], default="hall")
    opens = models.DateTimeField("opens on", null=True, blank=True)
    built = models.DateField(null=True, blank=True)
    is_open = models.BooleanField("is open", default=True, help_text="Closed venues are not offered")
    about = models.TextField(blank=True)
    best = models.ForeignKey(Bid, models.PROTECT, null=True, blank=True, related_name="+")
    pots = models.ManyToManyField(Pot, blank=True)

    objects = Ruled.as_manager()

    def __str__(self):
        return self.name


class Room(models.Model):
    venue = models.ForeignKey(Venue, models.CASCADE, related_name="rooms")
    name = models.CharField(max_length=60)
    rent = MoneyField(default=0)

    def __str__(self):
        return self.name
