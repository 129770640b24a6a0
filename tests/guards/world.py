"""One world for the guards that look at everything: the white paper's facts and the whole demonstration."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import get_resolver

from communities.core.clock import now
from tests.plugins import database

# Who is who, by the address they sign in with. A member leads the group that a page is about, a neighbour leads
# another one, and the keeper of the installation is a superuser without any role.
PEOPLE = {
    "stranger": "sam", "officer": "carol", "senior": "grace", "finance": "fiona", "analyst": "anil", "auditor": "una",
    "access": "max", "chair": "dev", "panel": "kit", "superuser": "keeper",
}  # fmt: skip
ROLES = ("visitor", "member", "neighbour", *PEOPLE)
loaded: list[str] = []  # the databases of this process that have a copy of the world


def load():
    """Fill the database of the tests, signed in to it as the site is: it owns nothing and cannot touch evidence."""
    from allauth.account.models import EmailAddress

    from communities.people.operations import greet

    with database.as_the_site(connection):
        call_command("load_framework", verbosity=0)
        call_command("load_demo", verbosity=0)
    keeper = person("keeper")  # has never signed in
    greet(keeper, at=now())
    EmailAddress.objects.get_or_create(user=keeper, email=keeper.email, primary=True, verified=True)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """The demonstration, for all tests of a module: played once in a process, then copied. Afterwards it is gone."""
    from django.db import connections

    with django_db_blocker.unblock():
        if connections["default"].settings_dict["NAME"] in loaded:
            database.restore(connections, "world")
        else:
            load()
            database.keep(connections["default"], "world")
            loaded.append(connections["default"].settings_dict["NAME"])
        yield
        database.restore(connections)


def person(name):
    """One of the cast, by first name."""
    from communities.people.models import User

    return User.objects.get(email=f"{name}@demo.invalid")


def lead_of(group):
    """Who leads a group and can sign in."""
    found = group.memberships.filter(role="lead", ends_on=None, person__user__isnull=False).select_related(
        "person__user"
    )
    return found[0].person.user


def somebody(role, group=None):
    """The person who stands for a role, at a page about this group (or about none)."""
    from communities.groups.models import Group

    if role == "visitor":
        return None
    if role in PEOPLE:
        return person(PEOPLE[role])
    busy = Group.objects.filter(awards__isnull=False, memberships__role="lead", memberships__person__user__isnull=False)
    if role == "member":
        return lead_of(group or busy[0])
    return lead_of((busy.exclude(pk=group.pk) if group else busy).distinct().order_by("pk")[0])


def addresses():
    """Every address of the site: its full name and its pattern."""

    def walk(patterns, space=""):
        for each in patterns:
            if hasattr(each, "url_patterns"):
                yield from walk(each.url_patterns, f"{space}{each.namespace}:" if each.namespace else space)
            elif each.name:
                yield f"{space}{each.name}", each
            else:
                yield f"{space}{each.pattern}", each

    return dict(walk(get_resolver().url_patterns))
