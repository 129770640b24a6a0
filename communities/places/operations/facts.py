"""Loads what the project itself brings: districts, publications, the priority places and their first boundaries."""

from pathlib import Path

from django.conf import settings
from django.db import transaction

from communities.core.events import record_event
from communities.core.jobs import Loaded, load_missing, own_rows
from communities.places.models import (
    Area,
    AreaCount,
    DefinitionPart,
    Level,
    PlaceDefinition,
    PriorityPlace,
    Publication,
)

DATA = Path(__file__).parent.parent / "data"


def load_places() -> dict[str, Loaded]:
    """Add the places, districts and publications that are not there yet; what officers changed stays."""
    with transaction.atomic():
        loaded = {
            "publications": load_missing(Publication, own_rows(DATA / "publications.csv"), key=("kind", "release")),
            "districts": _districts(),
            "priority places": load_missing(PriorityPlace, own_rows(DATA / "priority_places.csv"), key=("code",)),
            "boundaries": _boundaries(),
        }
        if new := {name: each.new for name, each in loaded.items() if each.new}:
            record_event("places.load", detail=new)
    return loaded


def _districts() -> Loaded:
    rows = own_rows(DATA / "districts.csv")
    county, _ = Area.objects.get_or_create(
        level=Level.COUNTY,
        code=settings.COUNCIL_GSS_CODE,
        vintage=int(rows[0]["vintage"]),
        defaults={"name": "The county"},
    )
    areas = [
        {"level": Level.DISTRICT, "code": row["code"], "vintage": row["vintage"], "name": row["name"], "parent": county}
        for row in rows
    ]
    loaded = load_missing(Area, areas, key=("level", "code", "vintage"))
    by_code = {area.code: area for area in Area.objects.filter(level=Level.DISTRICT)}
    counts = [
        {"district": by_code[row["code"]], "level": Level.LSOA, "vintage": year, "number": row[f"lsoa_{year}"]}
        for row in rows
        for year in (2011, 2021)
    ]
    load_missing(AreaCount, counts, key=("district", "level", "vintage"))
    return loaded


def _boundaries() -> Loaded:
    places = {place.code: place for place in PriorityPlace.objects.all()}
    rows = own_rows(DATA / "definitions.csv")
    drawn = set(PlaceDefinition.objects.values_list("place__code", flat=True))
    first = [{**row, "place": places[row["place"]]} for row in rows if row["place"] not in drawn]
    loaded = load_missing(PlaceDefinition, first, key=("place", "version"))
    new = {each.place.code: each for each in PlaceDefinition.objects.filter(parts=None).select_related("place")}
    parts = [
        {name: value for name, value in row.items() if name not in {"place", "version"}}
        | {"definition": new[row["place"]]}
        for row in own_rows(DATA / "definition_parts.csv")
        if row["place"] in new
    ]
    load_missing(DefinitionPart, parts, key=("definition", "kind", "level", "code", "vintage"))
    return Loaded(loaded.new, len(rows) - len(first), ())
