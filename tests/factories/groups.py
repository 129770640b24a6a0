"""People and the groups they run."""

from datetime import UTC, date, datetime

import factory
from factory.django import DjangoModelFactory

from communities.groups import models
from communities.people.models import Person
from communities.places.models import PriorityPlace

AT = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)


def _starter():
    from communities.people.models import User

    return User.objects.get_or_create(email="starter@example.org", defaults={"full_name": "Somebody Else"})[0]


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person

    full_name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"person{n}@example.org")


class PlaceFactory(DjangoModelFactory):
    class Meta:
        model = PriorityPlace
        django_get_or_create = ("code",)

    code = "CAN"
    name = factory.Sequence(lambda n: "Canvey Island" if not n else f"Place {n}")
    kind = "part"
    district_code = "E07000069"
    district_name = "Castle Point"
    order = factory.Sequence(lambda n: n)


class GroupFactory(DjangoModelFactory):
    class Meta:
        model = models.Group

    name = factory.Sequence(lambda n: f"Friends of Park {n}")
    created_at = AT
    created_by = factory.LazyFunction(_starter)


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = models.Membership

    group = factory.SubFactory(GroupFactory)
    person = factory.SubFactory(PersonFactory)
    starts_on = date(2026, 9, 1)


class DocumentFactory(DjangoModelFactory):
    class Meta:
        model = models.GroupDocument

    group = factory.SubFactory(GroupFactory)
    kind = "rules"
    added_by = factory.LazyFunction(_starter)
    added_at = AT


def person_of(who):
    """A person, from a person or an account."""
    return who if isinstance(who, Person) else who.person


def make_group(lead, *others, name="Friends of Swan Meadow", **fields):
    """A group with a lead, a treasurer, and members; leads and treasurers are leaders and signatories."""
    group = GroupFactory(name=name, **fields)
    roles = ["lead", "treasurer", *["member"] * len(others)]
    for who, role in zip((lead, *others), roles, strict=False):
        runs = role != "member"
        MembershipFactory(group=group, person=person_of(who), role=role, is_leader=runs, is_signatory=runs)
    return group
