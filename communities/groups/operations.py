"""Everything that changes a group: its people, what it says of itself, who holds its money."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from communities.core.clock import london
from communities.core.files import store
from communities.core.lifecycle import Moment, unit
from communities.core.models import Message
from communities.core.outbox import queue, stop
from communities.core.permissions import Actor
from communities.core.refusals import Refused
from communities.groups.lifecycle import is_not_closed
from communities.groups.models import (
    GROUP,
    AccountableBody,
    Group,
    GroupDocument,
    Membership,
    RelatedPeople,
    Vision,
    VisionVersion,
)
from communities.groups.queries import leaders
from communities.people.models import PERSON, Person
from communities.people.operations import declare_household, register_person
from communities.places.models import PriorityPlace

FIELDS = ("name", "kind", "purpose", "postcode", "charity_number", "company_number", "website", "place")
Role = Membership.Role


def start_group(
    *, name: str, place: PriorityPlace | None, lead: Person, second: dict[str, Any], by: Actor, at: datetime
) -> Group:
    """Begin a group with a name, two people and a place. The rest can come later."""
    if _same_name(lead.full_name, second["full_name"]):
        raise Refused("A group needs two people.", "Name somebody else as the second person.")
    with unit():
        group = Group(name=name.strip(), place=place, created_at=at, created_by_id=by.pk)
        GROUP.create("start", group, by=by, at=at)
        _join(group, lead, at=at, role=Role.LEAD, is_leader=True, is_signatory=True, begins=True)
        other = register_person(**second, by=by, at=at)
        _join(group, other, at=at, role=Role.MEMBER, is_leader=True, is_signatory=True)
        _tell_new(group, other, Moment(by, at))
    return group


def update_group(group: Group, *, fields: dict[str, Any], version: int | None, by: Actor, at: datetime) -> Group:
    """Correct or add what the council knows of the group."""
    unknown = fields.keys() - set(FIELDS)
    if unknown:
        raise ValueError(f"A group has no field {', '.join(sorted(unknown))}.")
    with _editing("update", group, by=by, at=at, version=version) as locked:
        locked.event_detail = {
            "before": {name: str(getattr(locked, name) or "") for name in fields},
            "after": {name: str(value or "") for name, value in fields.items()},
        }
        for name, value in fields.items():
            setattr(locked, name, value)
    return locked


# -- people ----------------------------------------------------------------------------------------------------------


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
    with _editing("add_member", group, by=by, at=at) as locked:
        _no_namesake(locked, full_name, email)
        person = register_person(full_name=full_name, email=email, phone=phone, by=by, at=at)
        member = _join(locked, person, at=at, role=role, is_leader=is_leader, is_signatory=is_signatory)
        if household_with is not None:
            _live_together(locked, person, household_with, by=by, at=at)
        locked.event_detail = {"person": person.pk, "role": role, "leader": is_leader, "signatory": is_signatory}
        _tell_new(locked, person, Moment(by, at))
    return member


def update_member(
    membership: Membership, *, role: str, is_leader: bool, is_signatory: bool, by: Actor, at: datetime
) -> Membership:
    """Change what somebody does in the group. The lead is changed by handing over, never here."""
    with _editing("update_member", membership.group, by=by, at=at) as locked:
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
    with _editing("correct_member", membership.group, by=by, at=at):
        member = _current(membership)
        with PERSON.record("correct", member.person, by=by, at=at, who="communities.correct_member") as person:
            person.event_detail = {"before": {"full_name": person.full_name, "email": person.email}}
            person.full_name, person.email, person.phone = full_name.strip(), email.strip().lower(), phone.strip()
        member.person = person
    return member


def end_membership(membership: Membership, *, reason: str, by: Actor, at: datetime) -> Membership:
    """Note that somebody has left, or has died. Mail still waiting for their address is stopped."""
    with _editing("end_membership", membership.group, by=by, at=at, reason=reason) as locked:
        member = _current(membership)
        _keep_a_leader(member)
        locked.event_detail = {"person": member.person_id, "role": member.role}
        member.ends_on = max(_day(at), member.starts_on)
        member.save(update_fields=("ends_on",))
        person = member.person
        addresses = {person.email, person.user.email if person.user else ""} - {""}
        # the address as such, also when others share it: nothing may arrive that was written for somebody gone
        stop(Message.objects.filter(recipient__in=addresses), "The person it was for has left the group.")
    return member


def hand_over_lead(group: Group, *, to: Membership, reason: str, by: Actor, at: datetime) -> Membership:
    """Make somebody else the lead. No password or key changes hands: the new lead signs in as themselves."""
    with _editing("hand_over_lead", group, by=by, at=at, reason=reason, message="lead_changed") as locked:
        member = _current(to)
        if member.group_id != locked.pk:
            raise Refused("This person is not in the group.", "Add them to the group first.")
        Membership.objects.filter(group=locked, role=Role.LEAD, ends_on=None).update(role=Role.MEMBER)
        locked.event_detail = {"person": member.person_id}
        member.role, member.is_leader, member.is_signatory = Role.LEAD, True, True
        member.save(update_fields=("role", "is_leader", "is_signatory"))
    return member


def declare_related(group: Group, *, a: Person, b: Person, how: str, by: Actor, at: datetime) -> RelatedPeople:
    """Tell us that two people of the group are related or live together. It is no reproach: we only count them as one."""  # noqa: E501
    if a.pk == b.pk:
        raise Refused("You chose the same person twice.", "Choose two people of your group.")
    with _editing("declare_related", group, by=by, at=at) as locked:
        locked.event_detail = {"people": sorted((a.pk, b.pk)), "how": how}
        return _relate(locked, a, b, how=how, by=by, at=at)


# -- what the group has ------------------------------------------------------------------------------------------------


def set_accountable_body(
    group: Group,
    *,
    name: str,
    contact_name: str,
    charity_number: str = "",
    company_number: str = "",
    contact_email: str = "",
    contact_phone: str = "",
    agreement: "UploadedFile[Any] | None" = None,
    by: Actor,
    at: datetime,
) -> AccountableBody:
    """Name the organisation that holds the group's money. The one before it stays on record."""
    with _editing("set_accountable_body", group, by=by, at=at) as locked:
        before = AccountableBody.objects.filter(group=locked, ends_on=None).first()
        kept = before.agreement if before and before.name == name and agreement is None else None
        AccountableBody.objects.filter(group=locked, ends_on=None).update(ends_on=_day(at))
        locked.event_detail = {"before": before.name if before else "", "after": name}
        return AccountableBody.objects.create(
            group=locked,
            name=name,
            charity_number=charity_number,
            company_number=company_number,
            contact_name=contact_name,
            contact_email=contact_email,
            contact_phone=contact_phone,
            agreement=store(agreement, by=by, at=at, kind="group_document") if agreement else kept,
            starts_on=_day(at),
        )


def write_vision(
    group: Group, *, title: str, text: str, strengths: str, by: Actor, at: datetime, version: int | None = None
) -> VisionVersion:
    """Write down what the group wants its place to become. Earlier words are kept."""
    with _editing("write_vision", group, by=by, at=at, version=version) as locked:
        if locked.vision is None:
            locked.vision = Vision.objects.create(place=locked.place, title=title, created_at=at)
        vision = locked.vision
        Vision.objects.filter(pk=vision.pk).update(title=title)
        latest = vision.versions.first()
        return VisionVersion.objects.create(
            vision=vision,
            number=latest.number + 1 if latest else 1,
            text=text,
            strengths=strengths,
            written_by_id=by.pk,
            written_at=at,
        )


def share_vision(group: Group, *, vision: Vision, by: Actor, at: datetime) -> Group:
    """Take up a vision that another group of the same place has written: it belongs to the place."""
    with _editing("share_vision", group, by=by, at=at) as locked:
        if locked.place_id is None or vision.place_id != locked.place_id:
            raise Refused("This vision is for another place.", "Choose one of your own place, or write yours.")
        locked.event_detail = {"before": locked.vision_id, "after": vision.pk}
        locked.vision = vision
    return locked


def add_document(
    group: Group,
    *,
    kind: str,
    file: "UploadedFile[Any]",
    issued_on: date | None = None,
    expires_on: date | None = None,
    by: Actor,
    at: datetime,
) -> GroupDocument:
    """Give us a paper once; every bid uses it again."""
    with _editing("add_document", group, by=by, at=at) as locked:
        stored = store(file, by=by, at=at, kind="group_document")
        locked.event_detail = {"kind": kind, "sha256": stored.sha256}
        return GroupDocument.objects.create(
            group=locked,
            kind=kind,
            file=stored,
            issued_on=issued_on,
            expires_on=expires_on,
            added_by_id=by.pk,
            added_at=at,
        )


# -- the council's side ------------------------------------------------------------------------------------------------


def suspend(group: Group, *, reason: str, by: Actor, at: datetime) -> Group:
    """Put the group's new bids on hold, and tell its leaders why."""
    with GROUP.step("suspend", group, by=by, at=at, reason=reason) as locked:
        pass
    return locked


def resume(group: Group, *, by: Actor, at: datetime, reason: str = "") -> Group:
    """Let the group bid again."""
    with GROUP.step("resume", group, by=by, at=at, reason=reason) as locked:
        pass
    return locked


def close(group: Group, *, reason: str, by: Actor, at: datetime) -> Group:
    """Note that the group has ended. What it did stays on record."""
    with GROUP.step("close", group, by=by, at=at, reason=reason) as locked:
        pass
    return locked


# -- inside ------------------------------------------------------------------------------------------------------------


@contextmanager
def _editing(verb: str, group: Group, *, by: Actor, at: datetime, **options: Any) -> Iterator[Group]:
    who = "communities.change_group"
    with GROUP.record(verb, group, by=by, at=at, who=who, needs=(is_not_closed,), **options) as locked:
        yield locked


def _day(at: datetime) -> date:
    return london(at).date()


def _same_name(one: str, other: str) -> bool:
    return " ".join(one.lower().split()) == " ".join(other.lower().split())


def _no_namesake(group: Group, full_name: str, email: str) -> None:
    for member in group.memberships.filter(ends_on=None).select_related("person"):
        if _same_name(member.person.full_name, full_name) and member.person.email == email.strip().lower():
            raise Refused(
                f"{member.person} is already in the group.",
                "If this is somebody else with the same name, add a middle name or initial.",
            )


def _join(
    group: Group, person: Person, *, at: datetime, role: str, is_leader: bool, is_signatory: bool, begins: bool = False
) -> Membership:
    if role == Role.LEAD and not begins:
        raise Refused("The group has a lead.", "Add the person as a member, then hand over the lead.")
    return Membership.objects.create(
        group=group,
        person=person,
        role=role,
        is_leader=is_leader,
        is_signatory=is_signatory,
        starts_on=_day(at),
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


def _tell_new(group: Group, person: Person, moment: Moment) -> None:
    member = group.memberships.select_related("group", "person__user").get(person=person, ends_on=None)
    queue("member_added", [member], moment)
