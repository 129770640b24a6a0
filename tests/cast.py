"""The people who appear in the tests, each with the same job everywhere."""

from datetime import UTC, date, datetime

import pytest

AT = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)


def account(name, *roles):
    """Somebody with an account, a person behind it, and the roles that somebody else gave them. They may be there."""
    from communities.people.models import Person, RoleGrant, User

    email = f"{name.split()[0].lower()}@example.org"
    if found := User.objects.filter(email=email).first():
        return found
    user = User.objects.create_user(email, full_name=name)
    Person.objects.create(full_name=name, email=email, user=user, status="known")
    if roles:
        giver, _ = User.objects.get_or_create(email="access@example.org", full_name="Access Manager")
        for role in roles:
            RoleGrant.objects.create(
                user=user, role=role, starts=date(2020, 1, 1), granted_by=giver, reason="test", status="current"
            )
        User.objects.filter(pk=user.pk).update(is_staff=roles != ("panel",))
    return User.objects.get(pk=user.pk)


@pytest.fixture
def asha(db):
    """Leads the group."""
    return account("Asha Patel")


@pytest.fixture
def ben(db):
    """The group's treasurer."""
    return account("Ben Carter")


@pytest.fixture
def carol(db):
    """A grants officer."""
    return account("Carol Reed", "officer")


@pytest.fixture
def owen(db):
    """The other grants officer."""
    return account("Owen Hughes", "officer")


@pytest.fixture
def fiona(db):
    """The finance clerk."""
    return account("Fiona Grant", "finance")


@pytest.fixture
def grace(db):
    """The senior officer who makes decisions final."""
    return account("Grace Miller", "senior_officer")


@pytest.fixture
def anil(db):
    """The analyst."""
    return account("Anil Shah", "analyst")


@pytest.fixture
def dev(db):
    """Chairs the panel."""
    return account("Dev Okoro", "panel")


@pytest.fixture
def stranger(db):
    """Has an account, and nothing to do with any of it."""
    return account("Sam Stranger")


@pytest.fixture
def joan(db):
    """Vice-chair of the panel."""
    return account("Joan Pryor", "panel")


@pytest.fixture
def hassan(db):
    """Sits on the panel."""
    return account("Hassan Ali", "panel")


@pytest.fixture
def ruth(db):
    """Sits on the panel."""
    return account("Ruth Lamb", "panel")


@pytest.fixture
def kit(db):
    """Holds the community seat of the panel."""
    return account("Kit Rowe", "panel")


@pytest.fixture
def una(db):
    """The auditor: reads everything, changes nothing."""
    return account("Una Byrne", "auditor")
