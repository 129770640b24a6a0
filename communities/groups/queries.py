"""Reading groups: who is in them, who counts as two people, who gets their mail."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from communities.core.locking import fetched
from communities.core.outbox import Recipient
from communities.core.permissions import Actor
from communities.groups.models import (
    AccountableBody,
    Group,
    GroupDocument,
    Membership,
    RelatedPeople,
    Vision,
    VisionVersion,
)
from communities.people.models import Person


def current(group: Group) -> QuerySet[Membership]:
    """Who is in the group today, the lead first."""
    members = group.memberships.filter(ends_on=None).select_related("person__user", "group")
    return members.order_by("-is_leader", "pk")


def leaders(group: Group) -> QuerySet[Membership]:
    """The declared leaders: they may send bids and reports."""
    return current(group).filter(is_leader=True)


def signatories(group: Group) -> QuerySet[Membership]:
    """Those who may accept an offer for the group."""
    return current(group).filter(is_signatory=True)


def lead_of(group: Group) -> Membership | None:
    """The person who speaks for the group, where there is one."""
    return current(group).filter(role=Membership.Role.LEAD).first()


def members_of(user: Actor) -> QuerySet[Membership]:
    """The groups a person belongs to today, as memberships."""
    found = Membership.objects.filter(person__user=user.pk, ends_on=None) if user.pk else Membership.objects.none()
    return found.select_related("group__place", "person").order_by("group__name", "pk")


def with_members(groups: QuerySet[Group]) -> QuerySet[Group]:
    """Groups with the people of today as `people_now`, in one query more."""
    today = Membership.objects.filter(ends_on=None).select_related("person").order_by("-is_leader", "pk")
    return groups.select_related("place").prefetch_related(Prefetch("memberships", today, to_attr="people_now"))


def unrelated(a: Person, b: Person, group: Group) -> bool:
    """Whether these count as two people: not the same, not of one household, no tie the group told us about."""
    if a.pk == b.pk or a.lives_with(b):
        return False
    first, second = sorted((a.pk, b.pk))
    return not RelatedPeople.objects.filter(group=group, person_a=first, person_b=second).exists()


def has_two_unrelated(group: Group, among: Iterable[Membership] | None = None) -> bool:
    """Whether at least two people who do not live together and are not related run the group."""
    people = [membership.person for membership in (current(group) if among is None else among)]
    ties = set(group.related_people.values_list("person_a", "person_b"))
    return any(
        not one.lives_with(other) and (min(one.pk, other.pk), max(one.pk, other.pk)) not in ties
        for number, one in enumerate(people)
        for other in people[number + 1 :]
    )


def ties(group: Group) -> QuerySet[RelatedPeople]:
    """The people of the group who told us that they are related or live together."""
    return group.related_people.select_related("person_a", "person_b").order_by("pk")


def accountable_body(group: Group) -> AccountableBody | None:
    """Who holds the group's money today, where it has no account of its own."""
    return accountable_bodies([group]).get(group.pk)


def accountable_bodies(groups: Iterable[Group]) -> dict[int, AccountableBody]:
    """Who holds the money of each of these groups today, in one query; left out where it is the group itself."""
    found = AccountableBody.objects.filter(group__in=[group.pk for group in groups], ends_on=None)
    return {body.group_id: body for body in found.select_related("agreement")}


def vision_words(group: Group) -> VisionVersion | None:
    """The latest words of the group's vision for its place."""
    if group.vision_id is None:
        return None
    return VisionVersion.objects.filter(vision=group.vision_id).select_related("vision").first()


def visions_to_share(group: Group) -> QuerySet[Vision]:
    """The visions that other groups have written for the same place."""
    found = Vision.objects.filter(place=group.place_id) if group.place_id else Vision.objects.none()
    own = [group.vision_id] if group.vision_id else []
    return found.exclude(pk__in=own).prefetch_related("versions").order_by("title")


def documents(group: Group) -> QuerySet[GroupDocument]:
    """The papers of the group, the latest first."""
    return group.documents.select_related("file").order_by("-added_at", "-pk")


PEOPLE = "memberships.person.user"  # what a message to many groups loads: who is in each of them


def addressees(
    group: Group, *, only: Callable[[Membership], bool] | None = None, extra: dict[str, Any] | None = None
) -> list[Recipient]:
    """Who of the group gets a message: one for each address, greeting all who share it.

    Those without an address are told by phone or letter. `only` narrows it down, for instance to those who lead.
    """
    by_address: dict[str, list[Person]] = {}
    for member in filter(only, _people_now(group)):
        if email := _address(member.person):
            by_address.setdefault(email, []).append(member.person)
    return [
        Recipient(email, _together(people), people[0].user, dict(extra or {})) for email, people in by_address.items()
    ]


def leads(member: Membership) -> bool:
    """A declared leader of the group."""
    return member.is_leader


def keeps_money(member: Membership) -> bool:
    """The treasurer or the lead."""
    return member.role in (Membership.Role.TREASURER, Membership.Role.LEAD)


def _people_now(group: Group) -> list[Membership]:
    """As `current`, from the rows that a batch has fetched where it has."""
    if not fetched(group, "memberships"):
        return list(current(group))
    members = [member for member in group.memberships.all() if member.ends_on is None]
    return sorted(members, key=lambda member: (not member.is_leader, member.pk))


def _address(person: Person) -> str:
    """The address of the account comes first: it was proved by a code."""
    return (person.user.email if person.user else person.email).lower()


def _together(people: Sequence[Person]) -> str:
    names = [person.full_name for person in people]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


@dataclass(frozen=True)
class Missing:
    """Something a group has not told us yet, and the page where it can."""

    title: str
    reason: str
    page: str  # the name of the address


def missing(group: Group) -> list[Missing]:
    """What the group could tell us next. Nothing of it stands in the way of a bid."""
    people = list(current(group))
    found = []
    if not any(member.role == Membership.Role.LEAD for member in people):
        found.append(Missing("Choose a lead", "We need to know who speaks for the group.", "groups:lead"))
    if len(people) < 2:
        found.append(Missing("Add a second person", "A grant needs two people who agree to it.", "groups:add"))
    elif not has_two_unrelated(group, people):
        found.append(
            Missing("Add somebody from another household", "Two people who live together count as one.", "groups:add")
        )
    if not group.kind:
        found.append(Missing("Say what kind of group you are", "It decides what we ask you for.", "groups:details"))
    elif not group.is_constituted and accountable_body(group) is None:
        reason = "A group without written rules needs somebody to hold its money."
        found.append(Missing("Name who will hold the money", reason, "groups:body"))
    if group.vision_id is None:
        found.append(Missing("Write your vision for your place", "A few sentences are enough.", "groups:vision"))
    return found
