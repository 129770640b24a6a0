"""Made-up figures for made-up small areas, so that pages have something to show. Each is marked as a demonstration.

Only the names of releases and of districts are real. Where a real release is imported it counts, and these are left
aside.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from communities.places.models import Area, AreaLookup, AreaMeasure, Dataset, Level, Postcode

DATA = Path(__file__).parent / "data"
KIND = Dataset.Kind
MADE_UP = "Made up for the demonstration"
# release -> the year of its areas, and the columns of our file that become its measures
MEASURES: dict[tuple[str, str], tuple[int, dict[str, str]]] = {
    (KIND.IMD, "2019"): (2011, {"decile": "imd_2019"}),
    (KIND.IMD, "2025"): (2021, {"decile": "imd_2025"}),
    (KIND.POPULATION, "Mid-2015"): (2011, {"total": "residents_2015", "age_0_15": "children_2015"}),
    (KIND.POPULATION, "Census 2021"): (2021, {"total": "residents_2021"}),
    (KIND.RURAL_URBAN, "2021"): (2021, {"rural": "rural"}),
}
VINTAGES = (2011, 2021)
WARDS = {2017: 2011, 2024: 2021}  # the year of the wards -> the year of the small areas that lie in them

Row = dict[str, str]


def load_statistics(at: datetime) -> None:
    """Small areas, wards, figures and postcodes, all marked as made up."""
    rows = list(_read("areas"))
    small = {year: _small_areas(rows, year) for year in VINTAGES}
    _lookups(rows, small, at)
    for (kind, release), (year, columns) in MEASURES.items():
        dataset = _dataset(kind, release, len(rows), at)
        AreaMeasure.objects.bulk_create(
            AreaMeasure(area=small[year][row["code"]], dataset=dataset, field=field, value=Decimal(row[column]))
            for row in rows
            for field, column in columns.items()
        )
    _postcodes({row["code"]: row for row in rows}, at)


def _read(name: str) -> Iterator[Row]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _dataset(kind: str, release: str, rows: int, at: datetime) -> Dataset:
    return Dataset.objects.create(
        kind=kind,
        release=release,
        title=f"{KIND(kind).label}, {release} ({MADE_UP.lower()})",
        publisher=MADE_UP,
        licence="None: these figures are not real",
        attribution=f"{MADE_UP}. Not real figures.",
        population_base=MADE_UP if kind == KIND.POPULATION else "",
        sha256="0" * 64,
        rows=rows,
        imported_at=at,
        is_demo=True,
    )


def _districts() -> dict[str, Area]:
    """The districts are real, and known before any import."""
    return {area.code: area for area in Area.objects.filter(level=Level.DISTRICT).order_by("vintage")}


def _small_areas(rows: Iterable[Row], year: int) -> dict[str, Area]:
    districts = _districts()
    made = Area.objects.bulk_create(
        Area(
            level=Level.LSOA,
            code=row["code"],
            vintage=year,
            name=f"{row['name']} (made-up area)",
            parent=districts[row["district"]],
            is_demo=True,
        )
        for row in rows
    )
    return {area.code: area for area in made}


def _lookups(rows: list[Row], small: dict[int, dict[str, Area]], at: datetime) -> None:
    became = _dataset(KIND.LOOKUP, "Small areas 2011 to 2021", len(rows), at)
    AreaLookup.objects.bulk_create(
        AreaLookup(source=old, target=small[2021][code], kind=AreaLookup.Kind.BECAME, dataset=became)
        for code, old in small[2011].items()
    )
    districts = _districts()
    for year, of_small in WARDS.items():
        lies_in = _dataset(KIND.LOOKUP, f"Small areas {of_small} to wards {year}", len(rows), at)
        for row in rows:
            if code := row[f"ward_{year}"]:
                ward, _ = Area.objects.get_or_create(
                    level=Level.WARD,
                    code=code,
                    vintage=year,
                    defaults={"name": row["ward_name"], "parent": districts[row["district"]], "is_demo": True},
                )
                AreaLookup.objects.create(
                    source=small[of_small][row["code"]], target=ward, kind=AreaLookup.Kind.LIES_IN, dataset=lies_in
                )


def _postcodes(areas: dict[str, Row], at: datetime) -> None:
    rows = list(_read("postcodes"))
    dataset = _dataset(KIND.POSTCODES, MADE_UP, len(rows), at)
    Postcode.objects.bulk_create(
        Postcode(
            pcds=row["postcode"],
            ward=areas[row["area"]]["ward_2024"],
            district=areas[row["area"]]["district"],
            lsoa11=row["area"],
            lsoa21=row["area"],
            approximate=True,  # a real table always counts before this one
            dataset=dataset,
        )
        for row in rows
    )
