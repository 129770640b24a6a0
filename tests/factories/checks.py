"""Bids on officers' desks, kinds of checks, results and holds."""

from datetime import UTC, date, datetime

import factory
from factory.django import DjangoModelFactory

from communities.diligence import models as diligence
from grants.checks import models
from grants.rounds.models import CheckRequirement
from tests.factories.applications import ApplicationFactory, _starter
from tests.factories.groups import GroupFactory

SENT = datetime(2026, 10, 8, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)  # the round is closed, officers are at work


class CheckTypeFactory(DjangoModelFactory):
    class Meta:
        model = diligence.CheckType
        django_get_or_create = ("code",)

    code = "identity"
    name = factory.LazyAttribute(lambda kind: f"Check of {kind.code}")
    how = "Ring them."
    valid_months = 12


class GroupCheckFactory(DjangoModelFactory):
    class Meta:
        model = diligence.GroupCheck

    group = factory.SubFactory(GroupFactory)
    check_type = factory.SubFactory(CheckTypeFactory)
    result = "passed"
    checked_by = factory.LazyFunction(_starter)
    checked_at = SENT
    valid_until = date(2027, 10, 8)


class HoldFactory(DjangoModelFactory):
    class Meta:
        model = diligence.Hold

    group = factory.SubFactory(GroupFactory)
    kind = "report_overdue"
    reason = "The report of the spring grant is a month late."
    set_by = factory.LazyFunction(_starter)
    set_at = SENT


class BidCheckFactory(DjangoModelFactory):
    class Meta:
        model = models.BidCheck

    application = factory.SubFactory(ApplicationFactory)
    rule = factory.Sequence(lambda n: f"rule-{n}")
    name = factory.LazyAttribute(lambda check: f"Rule {check.rule}")
    finding = "passed"
    finding_note = "It looks right."
    found_at = SENT


def ask_for(tier, *codes, subject="group", level="required", **kind):
    """Let a tier ask for checks of these kinds."""
    for code in codes:
        check_type = CheckTypeFactory(code=code, subject=subject, **kind)
        CheckRequirement.objects.get_or_create(tier=tier, check_type=check_type, defaults={"level": level})


def sent_bid(bid, by, at=SENT):
    """A complete draft, sent through the operation."""
    from grants.applications.operations import submit

    submit(bid, by=by, at=at)
    bid.refresh_from_db()
    return bid


def judge_all(bid, by, judgement="passed", at=LATER):
    """Judge every check of a bid the same."""
    from grants.checks.operations.judging import Judged, judge_many

    note = "We looked into it."
    judge_many(bid, judged=[Judged(check, judgement, note) for check in bid.checks.all()], by=by, at=at)
    bid.refresh_from_db()


def checked_bid(bid, by):
    """A bid whose checks are all judged, ready for assessment."""
    from grants.checks.operations.steps import begin_check

    begin_check(bid, by=by, at=LATER)
    judge_all(bid, by)
    return bid


def queue_of(count, round_, **fields):
    """Many sent bids of many groups."""
    return [ApplicationFactory(sent=True, round=round_, group=GroupFactory(), **fields) for _ in range(count)]
