"""Bids before a panel: the group behind them, the sent copy, who was asked to score, and what they gave."""

from datetime import UTC, date, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from communities.groups.models import Group, Membership
from communities.people.models import Person
from grants.applications.models import Application, BidLine, Submission
from grants.assessment import models
from grants.rounds.models import Seat
from tests.factories.rounds import PanelFactory

AT = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


def officer():
    """Somebody who made what is there already."""
    from communities.people.models import User

    found = User.objects.filter(email="made@example.org").first()
    return found or User.objects.create_user("made@example.org", full_name="Made Before")


class GroupFactory(DjangoModelFactory):
    """A group with a leader and a treasurer, who have accounts where a test gives them."""

    class Meta:
        model = Group
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Friends of Meadow {n}")
    kind = Group.Kind.ASSOCIATION
    status = Group.Status.ACTIVE
    created_at = AT
    created_by = factory.LazyFunction(officer)

    @factory.post_generation
    def people(group, create, extracted, **kwargs):  # noqa: N805
        for role in (Membership.Role.LEAD, Membership.Role.TREASURER):
            person = Person.objects.create(
                full_name=f"{role.label} Meadow{group.pk}", email=f"{role}{group.pk}@example.org", status="known"
            )
            lead(group, person, role=role)


def lead(group, person, role=Membership.Role.MEMBER):
    """Make somebody a declared leader of the group."""
    Membership.objects.create(
        group=group, person=person, role=role, is_leader=True, is_signatory=True, starts_on=date(2026, 1, 1)
    )


class BidFactory(DjangoModelFactory):
    """A bid in assessment, sent, with lines that add up to what it asks for."""

    class Meta:
        model = Application
        skip_postgeneration_save = True

    reference = factory.Sequence(lambda n: f"CCF-2026-{n:04d}")
    title = factory.Sequence(lambda n: f"Warm table {n}")
    status = Application.Status.IN_ASSESSMENT
    terms = factory.SelfAttribute("round.terms")
    tier = factory.LazyAttribute(lambda bid: bid.round.terms.tiers.get(code="small"))
    group = factory.SubFactory(GroupFactory)
    requested = Decimal("2000.00")
    total_cost = factory.SelfAttribute("requested")
    minimum_viable = Decimal("1200.00")
    people_expected = 40
    starts_on = date(2027, 1, 4)
    ends_on = date(2027, 6, 30)
    started_at = AT
    started_by = factory.LazyFunction(officer)
    submitted_at = AT
    submitted_by = factory.LazyFunction(officer)

    @factory.post_generation
    def parts(bid, create, extracted, **kwargs):  # noqa: N805
        third = (bid.requested / 4).quantize(Decimal("0.01"))
        BidLine.objects.create(application=bid, order=1, category="venue", item="Hall", amount=bid.requested - third)
        BidLine.objects.create(application=bid, order=2, category="refreshments", item="Food", amount=third)
        Submission.objects.create(
            application=bid, number=1, content=CONTENT, digest="0" * 64, sent_at=AT, sent_by=officer()
        )


CONTENT = {
    "sections": [
        {
            "key": "idea",
            "title": "Your idea",
            "answers": [{"key": "what", "question": "What do you want to do?", "answer": "Cook and eat together."}],
        }
    ]
}


class AllocationFactory(DjangoModelFactory):
    class Meta:
        model = models.Allocation

    allocated_at = AT
    allocated_by = factory.LazyFunction(officer)


class InterestFactory(DjangoModelFactory):
    class Meta:
        model = models.Interest

    kind = models.Interest.Kind.NONE
    declared_at = AT


def panel_of(*users, quorum=3, **more):
    """A panel: the first is the chair, the second the vice-chair, the last of five holds the community seat."""
    panel = PanelFactory(quorum=quorum, **more)
    roles = [Seat.Role.CHAIR, Seat.Role.VICE, Seat.Role.MEMBER, Seat.Role.MEMBER, Seat.Role.COMMUNITY]
    for user, role in zip(users, roles, strict=False):
        Seat.objects.create(panel=panel, person=user.person, role=role)
    return panel


def declare(bid, *users, kind=models.Interest.Kind.NONE):
    """These people have said what ties them to the bid."""
    for user in users:
        InterestFactory(application=bid, user=user, kind=kind)


def scored(bid, user, *values, overall="A good plan."):
    """A locked review with these scores, in the order of the criteria."""
    models.Allocation.objects.get_or_create(
        application=bid, user=user, defaults={"allocated_at": AT, "allocated_by": officer()}
    )
    review = models.Review.objects.create(
        application=bid, submission=bid.submissions.first(), reviewer=user, status="draft", overall=overall,
        recommendation="fund", case=bid.case,
    )  # fmt: skip
    for criterion, value in zip(bid.terms.criteria.order_by("order"), values, strict=True):
        models.Score.objects.create(review=review, criterion=criterion, value=value, words="Because.", is_locked=True)
    models.Review.objects.filter(pk=review.pk).update(status="locked", locked_at=AT)
    review.refresh_from_db()
    return review
