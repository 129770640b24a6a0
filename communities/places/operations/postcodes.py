"""Postcodes: three ways they are published, one table of ours. Only the county's are kept."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal

from communities.core.jobs import Plan, Source, Writing
from communities.core.tables import Line, cell, heading
from communities.places.models import Postcode, Publication
from communities.places.operations.datasets import (
    GSS,
    district_areas,
    header,
    new_dataset,
    no_header,
    own_districts,
    sampled,
)
from communities.places.queries.postcodes import normalise

BATCH = 2_000
NOWHERE = Decimal(90)  # how the directory writes "no position": latitude 99.999999
# Code-Point Open has no line of headings: its columns are told by their place alone.
CODE_POINT = {"pcds": 0, "quality": 1, "easting": 2, "northing": 3, "district": 8, "ward": 9}
DERIVED = {
    "pcds": "pcds$",
    "district": r"(lad_code|lad\d\dcd)$",
    "ward": r"(ward_code|wd\d\dcd)$",
    "lsoa11": r"lsoa11(cd)?$",
    "lsoa21": r"lsoa21(cd)?$",
    "latitude": "lat$",
    "longitude": "long$",
}
# The directory renamed nearly all its columns in November 2025, and gave most of them a year.
DIRECTORY = {
    "pcds": "pcds$",
    "district": r"(oslaua|laua|lad\d\dcd)$",
    "ward": r"(osward|ward|wd\d\dcd)$",
    "lsoa11": r"lsoa11(cd)?$",
    "lsoa21": r"lsoa21(cd)?$",
    "terminated": "doterm$",
    "easting": r"(os)?east1m$",
    "northing": r"(osnrth|north)1m$",
    "latitude": "lat$",
    "longitude": "long$",
}


def plan_code_point(source: Source, publication: Publication) -> Plan:
    """What importing Code-Point Open would do: wards and districts, no small areas."""
    return _plan(_headless(source.lines), CODE_POINT, publication, approximate=False)


def plan_derived(source: Source, publication: Publication) -> Plan:
    """What importing a table worked out from a map would do. It is marked as approximate."""
    return _found(source, DERIVED, publication, approximate=True)


def plan_directory(source: Source, publication: Publication) -> Plan:
    """What importing the ONS Postcode Directory would do. Closed postcodes are kept and marked."""
    return _found(source, DIRECTORY, publication, approximate=False)


L = Publication.Layout
PLANS: dict[str, Callable[[Source, Publication], Plan]] = {
    L.CODE_POINT: plan_code_point,
    L.POSTCODE_LSOA: plan_derived,
    L.ONSPD: plan_directory,
}


def _headless(lines: Iterable[Line]) -> Iterable[Line]:
    return (line for line in lines if heading(cell(line, 0)) != "postcode")


def _found(source: Source, wanted: Mapping[str, str], publication: Publication, *, approximate: bool) -> Plan:
    line, places = header(source.lines, wanted, "pcds")
    if line is None or "district" not in places:
        return no_header(source, "postcode and district")
    return _plan(source.lines, places, publication, approximate=approximate)


def _plan(lines: Iterable[Line], places: Mapping[str, int], publication: Publication, *, approximate: bool) -> Plan:
    plan, rows = Plan(), dict[str, Postcode]()
    own = own_districts()
    for line in lines:
        if cell(line, places["district"]) not in own:
            plan.skipped += 1
            continue
        try:
            row = _row({name: cell(line, place) for name, place in places.items()}, approximate=approximate)
        except ValueError as problem:
            plan.problem(line.number, str(problem))
            continue
        if row.pcds in rows:
            plan.problem(line.number, f"{row.pcds} stands in the file twice.")
        rows[row.pcds] = row
        sampled(plan, places, (cell(line, place) for place in places.values()))
    _check_districts(plan, {row.district for row in rows.values()})
    plan.new = len(rows)
    closed = sum(row.terminated_on is not None for row in rows.values())
    plan.notes.append(f"{len(rows):,} postcodes of the county, {closed:,} of them closed.")
    plan.write = lambda writing: _write(writing, publication, list(rows.values()))
    return plan


def _check_districts(plan: Plan, seen: set[str]) -> None:
    for code, area in district_areas().items():
        if code not in seen:
            plan.problem(0, f"No postcode of {area.name} is in the file. It may be one part of several.")


def _row(row: Mapping[str, str], *, approximate: bool) -> Postcode:
    pcds = normalise(row["pcds"])
    if not pcds:
        raise ValueError(f"“{row['pcds']}” is not a postcode.")
    for name in ("district", "ward", "lsoa11", "lsoa21"):
        if (code := row.get(name, "")) and not GSS.fullmatch(code):
            raise ValueError(f"“{code}” is not an area code ({pcds}).")
    latitude, longitude = _degrees(row.get("latitude", "")), _degrees(row.get("longitude", ""))
    return Postcode(
        pcds=pcds,
        district=row["district"],
        ward=row.get("ward", ""),
        lsoa11=row.get("lsoa11", ""),
        lsoa21=row.get("lsoa21", ""),
        easting=_metres(row.get("easting", "")),
        northing=_metres(row.get("northing", "")),
        latitude=latitude,
        longitude=longitude if latitude is not None else None,
        terminated_on=_month(row.get("terminated", "")),
        approximate=approximate,
    )


def _metres(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]+", text) and int(text) else None


def _degrees(text: str) -> Decimal | None:
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        return None
    value = round(Decimal(text), 6)
    return value if value < NOWHERE else None


def _month(text: str) -> date | None:
    """The directory gives the month a postcode was closed, as 199606."""
    return date(int(text[:4]), int(text[4:6]), 1) if re.fullmatch(r"[12][0-9]{3}(0[1-9]|1[0-2])", text) else None


def _write(writing: Writing, publication: Publication, rows: list[Postcode]) -> None:
    dataset = new_dataset(publication, writing, len(rows))
    for row in rows:
        row.dataset = dataset
    Postcode.objects.bulk_create(rows, batch_size=BATCH)
