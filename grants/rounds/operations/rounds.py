"""Everything that changes a round: its dates and terms while it is a draft, dated notices after that."""

from datetime import datetime
from typing import Any

from communities.core.lifecycle import unit
from communities.core.permissions import Actor
from communities.core.refusals import Refused
from communities.people.models import Person, User
from grants.rounds.lifecycle import is_draft
from grants.rounds.models import ROUND, Panel, Round, RoundNotice, RoundStaff, Seat, Terms
from grants.rounds.operations.terms import copy_terms

MANY = ("places", "cohorts", "goals", "datasets")


def draft_round(*, terms_from: Terms, by: Actor, at: datetime, **fields: Any) -> Round:
    """Start a round with its own copy of the terms."""
    if not by.has_perm("grants.add_round"):
        raise Refused("You do not have the right to start a round.", "Ask a grants officer.", status=403)
    many = {name: fields.pop(name) for name in MANY if name in fields}
    with unit():
        round_ = Round(**fields, terms=copy_terms(terms_from, name=fields["title"]))
        ROUND.create("draft", round_, by=by, at=at, who="grants.change_round")
        for name, rows in many.items():
            getattr(round_, name).set(rows)
    return round_


def update_round(round_: Round, *, fields: dict[str, Any], by: Actor, at: datetime) -> Round:
    """Change a draft. Once published, what applicants were told stands, and changes are dated notices."""
    fields = dict(fields)
    many = {name: fields.pop(name) for name in MANY if name in fields}
    with ROUND.record("update", round_, by=by, at=at, who="grants.change_round", needs=(is_draft,)) as locked:
        for name, value in fields.items():
            setattr(locked, name, value)
        for name, rows in many.items():
            getattr(locked, name).set(rows)
    return locked


def publish(round_: Round, *, by: Actor, at: datetime) -> Round:
    """Show the round to everybody, and freeze what it asks and how it judges."""
    with ROUND.step("publish", round_, by=by, at=at) as locked:
        locked.published_at = at
        Terms.objects.filter(pk=locked.terms_id).update(frozen_at=at)
    return locked


def finish(round_: Round, *, by: Actor, at: datetime) -> Round:
    """Put a round away when all of it is done."""
    with ROUND.step("finish", round_, by=by, at=at) as locked:
        pass
    return locked


def add_notice(round_: Round, *, text: str, by: Actor, at: datetime) -> RoundNotice:
    """Publish a dated correction beside what the round said before."""
    with ROUND.record("notice", round_, by=by, at=at, who="grants.change_round", reason=text) as locked:
        return RoundNotice.objects.create(round=locked, text=text, written_by_id=by.pk, written_at=at)


def add_staff(round_: Round, *, user: User, duty: str, by: Actor, at: datetime) -> RoundStaff:
    """Name somebody who carries part of this round."""
    with ROUND.record("add_staff", round_, by=by, at=at, who="grants.change_round") as locked:
        staff, _ = RoundStaff.objects.get_or_create(round=locked, user=user, duty=duty)
    return staff


def remove_staff(staff: RoundStaff, *, by: Actor, at: datetime) -> None:
    """Take somebody off this round."""
    with ROUND.record("remove_staff", staff.round, by=by, at=at, who="grants.change_round", reason=str(staff)):
        staff.delete()


def name_panel(round_: Round, *, name: str, quorum: int, by: Actor, at: datetime) -> Panel:
    """Give the round a panel, or change its name and quorum."""
    with ROUND.record("name_panel", round_, by=by, at=at, who="grants.change_round") as locked:
        panel, _ = Panel.objects.update_or_create(round=locked, defaults={"name": name, "quorum": quorum})
    return panel


def seat_person(panel: Panel, *, person: Person, role: str, by: Actor, at: datetime) -> Seat:
    """Give a person a seat on the panel."""
    detail = {"person": person.pk, "role": role}
    with ROUND.record("seat_person", panel.round, by=by, at=at, who="grants.change_round", detail=detail):
        seat, _ = Seat.objects.update_or_create(panel=panel, person=person, defaults={"role": role, "left_on": None})
    return seat


def end_seat(seat: Seat, *, reason: str, by: Actor, at: datetime) -> Seat:
    """A panel member leaves; what they scored and voted stays."""
    round_ = seat.panel.round
    with ROUND.record("end_seat", round_, by=by, at=at, who="grants.change_round", reason=reason):
        seat.left_on = at.date()
        seat.save(update_fields=("left_on",))
    return seat
