"""What a group is and has: its beginning, its details, its papers, and what the council does about it."""

from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from communities.core.files import store
from communities.core.lifecycle import Moment, unit
from communities.core.permissions import Actor
from communities.core.refusals import Refused
from communities.groups.models import (
    GROUP,
    AccountableBody,
    Group,
    GroupDocument,
    Membership,
    Vision,
    VisionVersion,
)
from communities.groups.operations.acting import day_of, editing
from communities.groups.operations.people import join, same_name, tell_new
from communities.people.models import Person
from communities.people.operations import register_person
from communities.places.models import PriorityPlace

FIELDS = ("name", "kind", "purpose", "postcode", "charity_number", "company_number", "website", "place")
Role = Membership.Role


def start_group(
    *, name: str, place: PriorityPlace | None, lead: Person, second: dict[str, Any], by: Actor, at: datetime
) -> Group:
    """Begin a group with a name, two people and a place. The rest can come later."""
    if same_name(lead.full_name, second["full_name"]):
        raise Refused("A group needs two people.", "Name somebody else as the second person.")
    with unit():
        group = Group(name=name.strip(), place=place, created_at=at, created_by_id=by.pk)
        GROUP.create("start", group, by=by, at=at)
        join(group, lead, at=at, role=Role.LEAD, is_leader=True, is_signatory=True, begins=True)
        other = register_person(**second, by=by, at=at)
        join(group, other, at=at, role=Role.MEMBER, is_leader=True, is_signatory=True)
        tell_new(group, other, Moment(by, at))
    return group


def update_group(group: Group, *, fields: dict[str, Any], version: int | None, by: Actor, at: datetime) -> Group:
    """Correct or add what the council knows of the group."""
    unknown = fields.keys() - set(FIELDS)
    if unknown:
        raise ValueError(f"A group has no field {', '.join(sorted(unknown))}.")
    with editing("update", group, by=by, at=at, version=version) as locked:
        locked.event_detail = {
            "before": {name: str(getattr(locked, name) or "") for name in fields},
            "after": {name: str(value or "") for name, value in fields.items()},
        }
        for name, value in fields.items():
            setattr(locked, name, value)
    return locked


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
    with editing("set_accountable_body", group, by=by, at=at) as locked:
        before = AccountableBody.objects.filter(group=locked, ends_on=None).first()
        kept = before.agreement if before and before.name == name and agreement is None else None
        AccountableBody.objects.filter(group=locked, ends_on=None).update(ends_on=day_of(at))
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
            starts_on=day_of(at),
        )


def write_vision(
    group: Group, *, title: str, text: str, strengths: str, by: Actor, at: datetime, version: int | None = None
) -> VisionVersion:
    """Write down what the group wants its place to become. Earlier words are kept."""
    with editing("write_vision", group, by=by, at=at, version=version) as locked:
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
    with editing("share_vision", group, by=by, at=at) as locked:
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
    with editing("add_document", group, by=by, at=at) as locked:
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
