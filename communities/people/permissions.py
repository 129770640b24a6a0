"""Who may see and change people, and who may give roles."""

from django.db.models import Q

from communities.core.permissions import EVERY, NONE, Actor, permission
from communities.people.models import Person, RoleGrant, User

CASEWORK = ("officer", "senior_officer", "finance")


@permission(
    "communities.view_user",
    User,
    "Access managers and auditors; everyone their own",
    roles=("access_manager", "auditor"),
)
def view_user(user: Actor) -> Q:
    """Everyone sees their own account."""
    return Q(pk=user.pk)


@permission(
    "communities.view_person",
    Person,
    "Officers, finance and auditors; everyone themselves",
    roles=(*CASEWORK, "auditor"),
)
def view_person(user: Actor) -> Q:
    """Everyone sees themselves; who else is in a group is the group's to show."""
    return Q(user=user.pk)


@permission("communities.register_person", Person, "Anyone signed in: a group names its own people")
def register_person(user: Actor) -> Q:
    """A group's leader names the members."""
    return EVERY


@permission("communities.change_person", Person, "Officers; everyone themselves", roles=CASEWORK[:2])
def change_person(user: Actor) -> Q:
    """Everyone corrects their own name and number."""
    return Q(user=user.pk)


@permission("communities.link_person", Person, "Officers; everyone themselves", roles=CASEWORK[:2])
def link_person(user: Actor) -> Q:
    """Signing in ties the account to the person it belongs to."""
    return Q(user=user.pk)


@permission(
    "communities.declare_household",
    Person,
    "Officers; everyone for themselves and for people without an account",
    roles=CASEWORK[:2],
)
def declare_household(user: Actor) -> Q:
    """People say who they live with; for those without an account somebody of the group does."""
    return Q(user=user.pk) | Q(user__isnull=True)


@permission("communities.anonymise_person", Person, "Senior officers", roles=("senior_officer",))
def anonymise_person(user: Actor) -> Q:
    """A person's name is removed by a senior officer, on request or when the time to keep it is over."""
    return NONE


@permission(
    "communities.view_rolegrant",
    RoleGrant,
    "Access managers and auditors; everyone their own",
    roles=("access_manager", "auditor"),
)
def view_role_grant(user: Actor) -> Q:
    """Everyone sees which roles they were given, by whom and why."""
    return Q(user=user.pk)


@permission("communities.add_rolegrant", RoleGrant, "Access managers, to others", roles=("access_manager",))
def grant_role(user: Actor) -> Q:
    """Roles are given by access managers only."""
    return NONE


@permission("communities.end_role", RoleGrant, "Access managers, of others", roles=("access_manager",))
def end_role(user: Actor) -> Q:
    """Roles are ended by access managers only."""
    return NONE
