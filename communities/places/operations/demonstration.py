"""Made-up figures, so that a demonstration has pages to show. Each is marked as made up wherever it is printed."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.db import transaction

from communities.core.events import record_event
from communities.core.jobs import own_rows
from communities.places.models import Area, AreaLookup, AreaMeasure, Dataset, Level, Postcode, Publication
from communities.places.operations.datasets import district_areas

DATA = Path(__file__).parent.parent / "data" / "demonstration.csv"
Row = dict[str, str]
Places = dict[tuple[str, int, str], Area]

# release -> the areas it is on, and which column of ours stands for which of its fields
FIGURES: dict[tuple[str, str], tuple[str, int, dict[str, str]]] = {
    ("imd", "2019"): (Level.LSOA, 2011, {"decile": "decile_2019"}),
    ("imd", "2025"): (Level.LSOA, 2021, {"decile": "decile_2025"}),
    ("population", "Mid-2015"): (Level.LSOA, 2011, {"total": "people_2015", "age_0_15": "children_2015"}),
    ("population", "Census 2021"): (Level.LSOA, 2021, {"total": "people_2021"}),
    ("rural_urban", "2021"): (Level.LSOA, 2021, {"rural": "rural"}),
    ("cni", "2019"): (Level.WARD, 2017, {"rank": "need_rank"}),
}


def make_up_figures(*, at: datetime) -> None:
    """Make up areas, postcodes and figures once. Real releases, when they are imported, take their place."""
    if Dataset.objects.filter(is_demo=True).exists():
        return
    rows = own_rows(DATA)
    with transaction.atomic():
        places = _areas(rows)
        _lookups(rows, places, at)
        for (kind, release), (level, year, fields) in FIGURES.items():
            _measures(rows, places, _dataset(kind, release, len(rows), at), (level, year), fields)
        _postcodes(rows, at)
        record_event("places.make_up", at=at, detail={"areas": len(places)})


def _dataset(kind: str, release: str, rows: int, at: datetime) -> Dataset:
    known = Publication.objects.get(kind=kind, release=release)
    return Dataset.objects.create(
        kind=kind,
        release=release,
        title=known.title,
        publisher="Made up for the demonstration",
        licence="None: these are not official figures",
        attribution="Made up for the demonstration. Do not use.",
        population_base=known.population_base,
        sha256="0" * 64,
        rows=rows,
        imported_at=at,
        is_demo=True,
    )


def _areas(rows: Iterable[Row]) -> Places:
    homes, places = district_areas(), Places()
    for row in rows:
        for level, year, code in _levels(row):
            name = row["name"] if level == Level.LSOA else row["name"].replace("area", "ward")
            places[level, year, code] = Area(
                level=level, vintage=year, code=code, name=name, parent=homes.get(row["district"]), is_demo=True
            )
    Area.objects.bulk_create(places.values())
    return places


def _levels(row: Row) -> list[tuple[str, int, str]]:
    return [
        (Level.LSOA, 2011, row["code"]),
        (Level.LSOA, 2021, row["code"]),
        (Level.WARD, 2017, row["ward_2017"]),
        (Level.WARD, 2024, row["ward_2024"]),
    ]


def _lookups(rows: list[Row], places: Places, at: datetime) -> None:
    old, new, ward_old, ward_new = range(4)
    pairs = {
        "Small areas 2011 to 2021": (old, new, AreaLookup.Kind.BECAME),
        "Small areas 2011 to wards 2017": (old, ward_old, AreaLookup.Kind.LIES_IN),
        "Small areas 2021 to wards 2024": (new, ward_new, AreaLookup.Kind.LIES_IN),
    }
    for release, (source, target, kind) in pairs.items():
        dataset = _dataset("lookup", release, len(rows), at)
        AreaLookup.objects.bulk_create(
            AreaLookup(source=places[levels[source]], target=places[levels[target]], kind=kind, dataset=dataset)
            for levels in map(_levels, rows)
        )


def _measures(
    rows: list[Row], places: Places, dataset: Dataset, where: tuple[str, int], fields: dict[str, str]
) -> None:
    level, year = where
    column = "code" if level == Level.LSOA else f"ward_{year}"
    AreaMeasure.objects.bulk_create(
        AreaMeasure(
            area=places[level, year, row[column]],
            dataset=dataset,
            field=name,
            value=int(row[ours]),
            label={"0": "Urban", "1": "Rural"}[row[ours]] if name == "rural" else "",
        )
        for row in rows
        for name, ours in fields.items()
    )


def _postcodes(rows: list[Row], at: datetime) -> None:
    dataset = _dataset("postcodes", "Postcodes to small areas 2025", len(rows), at)
    Postcode.objects.bulk_create(
        Postcode(
            pcds=row["postcode"],
            district=row["district"],
            ward=row["ward_2024"],
            lsoa11=row["code"],
            lsoa21=row["code"],
            approximate=True,
            dataset=dataset,
        )
        for row in rows
        if row["postcode"]
    )
