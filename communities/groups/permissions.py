"""Who may see a group, and who may change what it says of itself."""

from django.db.models import Q, QuerySet

from communities.core.files import StoredFile, may_open
from communities.core.permissions import EVERY, NONE, Actor, permission, rule
from communities.groups.models import AccountableBody, Group, GroupDocument, Membership, RelatedPeople, Vision
from communities.people.models import Person
from communities.people.roles import OFFICE_ROLES

READERS = tuple(code for code in OFFICE_ROLES if code != "access_manager")
CASEWORK = ("officer", "senior_officer")


def member_of(user: Actor, path: str = "") -> Q:
    """The groups (or, by a path, what belongs to them) in which this person is a member today."""
    return Q(**{f"{path}memberships__person__user": user.pk, f"{path}memberships__ends_on": None})


def leader_of(user: Actor, path: str = "") -> Q:
    """The groups in which this person is a declared leader today."""
    return member_of(user, path) & Q(**{f"{path}memberships__is_leader": True})


@permission("communities.view_group", Group, "The group's own members; the office", roles=READERS)
def view_group(user: Actor) -> Q:
    """Members see their own groups."""
    return member_of(user)


@permission("communities.start_group", Group, "Anyone signed in")
def start_group(user: Actor) -> Q:
    """A group begins with the person who names it."""
    return Q(created_by=user.pk)


@permission("communities.change_group", Group, "The group's declared leaders; officers", roles=CASEWORK)
def change_group(user: Actor) -> Q:
    """Leaders keep what the council knows of their group up to date."""
    return leader_of(user)


@permission("communities.suspend_group", Group, "Senior officers", roles=("senior_officer",))
def suspend_group(user: Actor) -> Q:
    """Stopping a group's bids and offers takes a senior officer."""
    return NONE


@permission("communities.view_membership", Membership, "The group's own members; the office", roles=READERS)
def view_membership(user: Actor) -> Q:
    """Members see who else is in their group."""
    return member_of(user, "group__")


@permission("communities.view_relatedpeople", RelatedPeople, "The group's own members; the office", roles=READERS)
def view_related_people(user: Actor) -> Q:
    """Members see which ties their group told us about."""
    return member_of(user, "group__")


@permission("communities.view_accountablebody", AccountableBody, "The group's own members; the office", roles=READERS)
def view_accountable_body(user: Actor) -> Q:
    """Members see who holds their group's money."""
    return member_of(user, "group__")


@permission("communities.view_groupdocument", GroupDocument, "The group's own members; the office", roles=READERS)
def view_group_document(user: Actor) -> Q:
    """Members see the papers of their group."""
    return member_of(user, "group__")


@permission("communities.view_vision", Vision, "Anyone signed in: a vision belongs to a place", partly=READERS)
def view_vision(user: Actor) -> Q:
    """Groups of a place can share a vision, so they can all read it."""
    return EVERY


@permission(
    "communities.correct_member", Person, "Leaders, for people of their group without an account", roles=CASEWORK
)
def correct_member(user: Actor) -> Q:
    """Who has an account corrects their own name; for the others a leader does."""
    return Q(user=None) & Q(pk__in=Membership.objects.filter(leader_of(user, "group__")).values("person"))


@may_open("group_document")
def open_group_document(user: Actor) -> Q:
    """Whoever sees the paper can open its file."""
    return Q(pk__in=_files(GroupDocument, user, "file") | _files(AccountableBody, user, "agreement"))


def _files(model: type[GroupDocument | AccountableBody], user: Actor, field: str) -> QuerySet[StoredFile]:
    rows = model.objects.filter(rule(user, f"communities.view_{model._meta.model_name}"))
    return StoredFile.objects.filter(pk__in=rows.values(field))
