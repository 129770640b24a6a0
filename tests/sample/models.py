"""Tables on which the mechanisms are tried."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from communities.core.lifecycle import Lifecycle, Stateful
from communities.core.money import MoneyField
from communities.core.permissions import Ruled


class Pot(models.Model):
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
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_constraint=False)
    title = models.CharField(max_length=80, default="A shed")
    amount = MoneyField(default=100)

    objects = Ruled.as_manager()


BID: Lifecycle[Bid] = Lifecycle(Bid)


class Entry(models.Model):
    append_only = True

    pot = models.ForeignKey(Pot, models.PROTECT)
    bid = models.ForeignKey(Bid, models.PROTECT)
    amount = MoneyField()


class Verdict(models.Model):
    frozen_when = ("state", ("final", "published"))
    frozen_except = ("state", "published_at")

    state = models.CharField(max_length=12, default="draft")
    text = models.CharField(max_length=80, blank=True)
    published_at = models.DateTimeField(null=True)
