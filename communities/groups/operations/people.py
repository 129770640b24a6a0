"""Who is in a group: joining, changing, leaving, handing over the lead, counting as one."""

from datetime import datetime

from communities.core.lifecycle import Moment
from communities.core.models import Message
from communities.core.outbox import queue, stop
from communities.core.permissions import Actor
from communities.core.refusals import Refused
from communities.groups.models import Group, Membership, RelatedPeople
from communities.groups.operations.acting import day_of, editing
from communities.groups.queries import leaders
from communities.people.models import PERSON, Person
from communities.people.operations import declare_household, register_person

Role = Membership.Role


def add_member(
    group: Group,
    *,
    full_name: str,
    email: str = "",
    phone: str = "",
    role: str = Role.MEMBER,
    is_leader: bool = False,
    is_signatory: bool = False,
    household_with: Person | None = None,
    by: Actor,
    at: datetime,
) -> Membership:
    """Add somebody to the group. They need no e-mail; those who have one are told and can sign in by a code."""
    with editing("add_member", group, by=by, at=at) as locked:
        _no_namesake(locked, full_name, email)
        person = register_person(full_name=full_name, email=email, phone=phone, by=by, at=at)
        member = join(locked, person, at=at, role=role, is_leader=is_leader, is_signatory=is_signatory)
        if household_with is not None:
            _live_together(locked, person, household_with, by=by, at=at)
        locked.event_detail = {"person": person.pk, "role": role, "leader": is_leader, "signatory": is_signatory}
        tell_new(locked, person, Moment(by, at))
    return member


def update_member(
    membership: Membership, *, role: str, is_leader: bool, is_signatory: bool, by: Actor, at: datetime
) -> Membership:
    """Change what somebody does in the group. The lead is changed by handing over, never here."""
    with editing("update_member", membership.group, by=by, at=at) as locked:
        member = _current(membership)
        if Role.LEAD in (role, member.role) and role != member.role:
            raise Refused("The lead is changed by handing over.", "Use “Hand over the lead” on your group’s page.")
        if member.is_leader and not is_leader:
            _keep_a_leader(member)
        locked.event_detail = {"person": member.person_id, "before": member.role, "after": role}
        member.role, member.is_leader, member.is_signatory = role, is_leader, is_signatory
        member.save(update_fields=("role", "is_leader", "is_signatory"))
    return member


def correct_member(
    membership: Membership, *, full_name: str, email: str, phone: str, by: Actor, at: datetime
) -> Membership:
    """Correct the name, address or number of somebody in the group who has no account of their own."""
    with editing("correct_member", membership.group, by=by, at=at):
        member = _current(membership)
        with PERSON.record("correct", member.person, by=by, at=at, who="communities.correct_member") as person:
            person.event_detail = {"before": {"full_name": person.full_name, "email": person.email}}
            person.full_name, person.email, person.phone = full_name.strip(), email.strip().lower(), phone.strip()
        member.person = person
    return member


def end_membership(membership: Membership, *, reason: str, by: Actor, at: datetime) -> Membership:
    """Note that somebody has left, or has died. Mail still waiting for their address is stopped."""
    with editing("end_membership", membership.group, by=by, at=at, reason=reason) as locked:
        member = _current(membership)
        _keep_a_leader(member)
        locked.event_detail = {"person": member.person_id, "role": member.role}
        member.ends_on = max(day_of(at), member.starts_on)
        member.save(update_fields=("ends_on",))
        person = member.person
        addresses = {person.email, person.user.email if person.user else ""} - {""}
        # the address as such, also when others share it: nothing may arrive that was written for somebody gone
        stop(Message.objects.filter(recipient__in=addresses), "The person it was for has left the group.")
    return member


def hand_over_lead(group: Group, *, to: Membership, reason: str, by: Actor, at: datetime) -> Membership:
    """Make somebody else the lead. No password or key changes hands: the new lead signs in as themselves."""
    with editing("hand_over_lead", group, by=by, at=at, reason=reason, message="lead_changed") as locked:
        member = _current(to)
        if member.group_id != locked.pk:
            raise Refused("This person is not in the group.", "Add them to the group first.")
        Membership.objects.filter(group=locked, role=Role.LEAD, ends_on=None).update(role=Role.MEMBER)
        locked.event_detail = {"person": member.person_id}
        member.role, member.is_leader, member.is_signatory = Role.LEAD, True, True
        member.save(update_fields=("role", "is_leader", "is_signatory"))
    return member


def declare_related(group: Group, *, a: Person, b: Person, how: str, by: Actor, at: datetime) -> RelatedPeople:
    """Say that two people are related or live together. It is no reproach: they only count as one."""
    if a.pk == b.pk:
        raise Refused("You chose the same person twice.", "Choose two people of your group.")
    with editing("declare_related", group, by=by, at=at) as locked:
        locked.event_detail = {"people": sorted((a.pk, b.pk)), "how": how}
        return _relate(locked, a, b, how=how, by=by, at=at)


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same, however they were typed."""
    return " ".join(one.lower().split()) == " ".join(other.lower().split())


def _no_namesake(group: Group, full_name: str, email: str) -> None:
    for member in group.memberships.filter(ends_on=None).select_related("person"):
        if same_name(member.person.full_name, full_name) and member.person.email == email.strip().lower():
            raise Refused(
                f"{member.person} is already in the group.",
                "If this is somebody else with the same name, add a middle name or initial.",
            )


def join(
    group: Group, person: Person, *, at: datetime, role: str, is_leader: bool, is_signatory: bool, begins: bool = False
) -> Membership:
    """Make somebody a member from today."""
    if role == Role.LEAD and not begins:
        raise Refused("The group has a lead.", "Add the person as a member, then hand over the lead.")
    return Membership.objects.create(
        group=group,
        person=person,
        role=role,
        is_leader=is_leader,
        is_signatory=is_signatory,
        starts_on=day_of(at),
    )


def _current(membership: Membership) -> Membership:
    fresh = Membership.objects.select_related("person__user", "group").get(pk=membership.pk)
    if fresh.ends_on is not None:
        raise Refused(f"{fresh.person} has already left the group.", "Look at your group’s page again.")
    return fresh


def _keep_a_leader(member: Membership) -> None:
    if member.is_leader and not leaders(member.group).exclude(pk=member.pk).exists():
        raise Refused(
            f"{member.person} is the only leader of the group.",
            "Hand over the lead to somebody else first.",
        )


def _live_together(group: Group, new: Person, other: Person, *, by: Actor, at: datetime) -> None:
    if by.has_perm("communities.declare_household", other):
        declare_household([new, other], by=by, at=at)
    else:  # somebody with an account says for themselves who they live with; the group's word counts the same
        _relate(group, new, other, how="Same address", by=by, at=at)


def _relate(group: Group, a: Person, b: Person, *, how: str, by: Actor, at: datetime) -> RelatedPeople:
    first, second = sorted((a, b), key=lambda person: person.pk)
    tie, _ = RelatedPeople.objects.update_or_create(
        group=group,
        person_a=first,
        person_b=second,
        defaults={"how": how, "declared_by_id": by.pk, "declared_at": at},
    )
    return tie


def tell_new(group: Group, person: Person, moment: Moment) -> None:
    """Tell somebody that they were named, where they have an address."""
    member = group.memberships.select_related("group", "person__user").get(person=person, ends_on=None)
    queue("member_added", [member], moment)
