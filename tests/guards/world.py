"""One world for the guards that look at everything: the white paper's facts and the whole demonstration."""

from contextlib import contextmanager

from django.core.management import call_command
from django.db import transaction
from django.urls import get_resolver

from communities.people.models import User

ROLES = {
    "officer": "carol", "senior": "grace", "finance": "fiona", "analyst": "anil", "auditor": "una", "access": "max",
    "panel": "dev", "stranger": "sam",
}  # fmt: skip


def load():
    """Fill the database of the test."""
    call_command("load_framework", verbosity=0)
    call_command("load_demo", verbosity=0)


@contextmanager
def rolled_back():
    """The world for as long as the block lasts."""
    with transaction.atomic():
        load()
        yield
        transaction.set_rollback(True)


def person(name):
    """One of the cast, by first name."""
    return User.objects.get(email=f"{name}@demo.invalid")


def leader_of(group):
    """Somebody who leads the group and can sign in."""
    found = group.memberships.filter(is_leader=True, ends_on=None, person__user__isnull=False).first()
    return found.person.user


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
