"""Finding people: by address, by role, and the cast of the demonstration."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from communities.people.models import Person, RoleGrant, User
from communities.people.roles import ROLES

DEMONSTRATION_DOMAIN = "@demo.invalid"


def holders(*roles: str) -> QuerySet[User]:
    """The accounts that hold one of these roles today."""
    grants = RoleGrant.objects.in_force().filter(role__in=roles)
    return User.objects.filter(is_active=True, pk__in=grants.values("user")).order_by("full_name", "email")


def unclaimed(email: str) -> Person | None:
    """The one person without an account who gave this address; None where nobody or several did."""
    found = list(Person.objects.filter(email__iexact=email, user=None, status="known")[:2])
    return found[0] if len(found) == 1 else None


def same_household(people: Iterable[Person]) -> bool:
    """Whether any two of these people live together."""
    homes = [person.household_id or f"alone {person.pk}" for person in people]
    return len(set(homes)) < len(homes)


def demonstration_cast() -> list[tuple[User, str]]:
    """Who can be signed in as with one click, and what they do; the office first, then the panel, then groups."""
    grants: dict[int, list[str]] = {}
    for grant in RoleGrant.objects.in_force().filter(user__email__endswith=DEMONSTRATION_DOMAIN):
        grants.setdefault(grant.user_id, []).append(ROLES[grant.role].name)
    cast = User.objects.filter(email__endswith=DEMONSTRATION_DOMAIN, is_active=True, is_superuser=False)
    described = [(user, ", ".join(grants.get(user.pk, ["Community group"]))) for user in cast]
    return sorted(
        described, key=lambda each: (not each[0].is_staff, each[0].pk not in grants, each[1], each[0].full_name)
    )
