"""A new boundary of a place: who decided it, from when. The old one keeps its dates and what was decided on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from communities.core.events import record_event
from communities.core.lifecycle import lock, unit
from communities.core.permissions import Actor
from communities.core.refusals import Refused
from communities.places.models import Area, DefinitionPart, PlaceDefinition, PriorityPlace


@dataclass(frozen=True)
class NewPart:
    """One area of the new boundary."""

    level: str
    code: str
    vintage: int


def define(
    place: PriorityPlace,
    parts: Sequence[NewPart],
    *,
    certainty: str,
    decided_by: str,
    note: str,
    valid_from: date,
    by: Actor,
    at: datetime,
) -> PlaceDefinition:
    """Draw a place anew. From that day bids are read by the new boundary; earlier ones keep theirs."""
    if not by.has_perm("communities.change_priorityplace", place):
        raise Refused("You do not have the right to change this boundary.", "Ask a senior officer.", status=403)
    with unit():
        [locked] = lock(PriorityPlace.objects.filter(pk=place.pk))
        last = locked.definitions.order_by("-version").first()
        if last and valid_from <= last.valid_from:
            raise Refused(
                f"The boundary in force began on {last.valid_from:%-d %B %Y}.", "Choose a later day.", status=400
            )
        names = _names(parts)
        if last and last.valid_to is None:
            last.valid_to = valid_from
            last.save(update_fields=["valid_to"])
        new = PlaceDefinition.objects.create(
            place=locked,
            version=last.version + 1 if last else 1,
            certainty=certainty,
            decided_by=decided_by,
            note=note,
            valid_from=valid_from,
        )
        DefinitionPart.objects.bulk_create(
            DefinitionPart(
                definition=new,
                kind=DefinitionPart.Kind.AREA,
                level=part.level,
                code=part.code,
                vintage=part.vintage,
                name=names[part],
            )
            for part in parts
        )
        detail = {"version": new.version, "areas": [f"{part.level} {part.code} {part.vintage}" for part in parts]}
        record_event("priority_place.define", new, by=by, at=at, reason=note, detail=detail)
    return new


def _names(parts: Sequence[NewPart]) -> dict[NewPart, str]:
    """The areas' names; refuses codes that are not areas we know, so that a typing mistake draws no boundary."""
    if not parts:
        raise Refused("A boundary needs at least one area.", "Enter the codes, one on each line.", status=400)
    known = {
        (area.level, area.code, area.vintage): area.name
        for area in Area.objects.filter(code__in=[part.code for part in parts], is_demo=False)
    }
    missing = [part.code for part in parts if (part.level, part.code, part.vintage) not in known]
    if missing:
        raise Refused(
            f"We do not know {', '.join(missing[:10])}.",
            "Check the codes and the year, or import the look-up of areas first.",
            status=400,
        )
    return {part: known[part.level, part.code, part.vintage] for part in parts}
