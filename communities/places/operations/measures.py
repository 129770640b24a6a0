"""Figures of areas: deprivation, population, rural or urban, community need. Read by heading, checked row by row."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from communities.core.jobs import Plan, Source, Writing
from communities.core.tables import Line, cell
from communities.places.models import Area, AreaMeasure, Level, Publication
from communities.places.operations.datasets import (
    check_complete,
    header,
    new_dataset,
    no_header,
    own_districts,
    sampled,
    year_named,
)

Values = dict[str, tuple[Decimal, str]]
CODE = {
    Level.LSOA: r"lsoa ?(\d\d)?_?(code|cd)",
    Level.WARD: r"(wd|ward) ?(\d\d)?_?(code|cd)",
}
DISTRICT = r"(local authority district code|lad ?(\d\d)?_?(code|cd))"
WORDS = {Level.LSOA: "small areas", Level.WARD: "wards"}
BATCH = 2_000


@dataclass(frozen=True)
class Layout:
    """How a file is laid out: its columns by heading, which must be there, and what a row says."""

    wanted: Mapping[str, str]
    values: Callable[[Mapping[str, str]], Values]
    optional: frozenset[str] = field(default_factory=frozenset)


def plan_measures(source: Source, publication: Publication) -> Plan:
    """What importing these figures would do. A file that lacks areas, or has areas of another year, is refused."""
    layout, level = LAYOUTS[publication.layout], Level(publication.level)
    line, places = header(source.lines, {"code": CODE[level], "district": DISTRICT, **layout.wanted}, "code")
    if line is None:
        return no_header(source, "the codes of the areas")
    if absent := [name for name in layout.wanted if name not in places and name not in layout.optional]:
        return no_header(source, absent[0].replace("_", " "))
    year, vintage = year_named(line, places["code"]), publication.vintage or 0
    if year not in (None, vintage):
        sentence = f"These figures are on areas of {year}; {publication.title} uses areas of {vintage}."
        return Plan(problems=[(line.number, sentence)])
    areas = dict(Area.objects.filter(level=level, vintage=vintage, is_demo=False).values_list("code", "pk"))
    if not areas:
        sentence = f"We do not know the {WORDS[level]} of {vintage} yet. Import the look-up of areas first."
        return Plan(problems=[(0, sentence)])
    plan = Plan()
    rows = dict(_rows(source.lines, (line, places), layout, areas, plan))
    if not plan.problems:
        homes = dict.fromkeys(rows, "")
        check_complete(plan, level, vintage, homes)
    plan.new = len(rows)
    plan.notes.append(f"{len(rows):,} {WORDS[level]} with {max(map(len, rows.values()), default=0)} figures each.")
    plan.write = lambda writing: _write(writing, publication, areas, rows)
    return plan


def _rows(
    lines: Iterator[Line], found: tuple[Line, dict[str, int]], layout: Layout, areas: Mapping[str, int], plan: Plan
) -> Iterator[tuple[str, Values]]:
    head, places = found
    own, seen = own_districts(), set()
    for line in lines:
        code, home = cell(line, places["code"]), cell(line, places.get("district"))
        if home not in own if home else code not in areas:
            plan.skipped += 1
            continue
        if code in seen:
            plan.problem(line.number, f"{code} stands in the file twice.")
            continue
        seen.add(code)
        try:
            yield code, layout.values({name: cell(line, place) for name, place in places.items()})
        except ValueError as problem:
            plan.problem(line.number, f"{code}: {problem}")
        sampled(plan, head.cells[:8], line.cells[:8])


def _write(writing: Writing, publication: Publication, areas: Mapping[str, int], rows: Mapping[str, Values]) -> None:
    dataset = new_dataset(publication, writing, len(rows))
    AreaMeasure.objects.bulk_create(
        [
            AreaMeasure(area_id=areas[code], dataset=dataset, field=name, value=value, label=label)
            for code, values in rows.items()
            for name, (value, label) in values.items()
        ],
        batch_size=BATCH,
    )


# -- one row ---------------------------------------------------------------------------------------------------------


def number(text: str, what: str) -> Decimal:
    """A number as published: commas between thousands are fine."""
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise ValueError(f"“{text}” is not a number ({what}).") from None
    if not value.is_finite():
        raise ValueError(f"“{text}” is not a number ({what}).")
    return round(value, 6)


def rank(text: str) -> tuple[Decimal, str]:
    """A rank: a whole number from 1. Two areas may share one."""
    value = number(text, "rank")
    if value < 1 or value != int(value):
        raise ValueError(f"“{text}” is not a rank.")
    return value, ""


def decile(text: str) -> tuple[Decimal, str]:
    """A tenth: 1, the most deprived, to 10."""
    value = number(text, "decile")
    if value not in range(1, 11):
        raise ValueError(f"“{text}” is not a decile from 1 to 10.")
    return value, ""


def people(text: str, what: str) -> tuple[Decimal, str]:
    """A number of people. The working age of the index comes in halves."""
    value = number(text, what)
    if value < 0:
        raise ValueError(f"“{text}” is fewer than nobody ({what}).")
    return value, ""


def _imd(row: Mapping[str, str]) -> Values:
    return {"rank": rank(row["rank"]), "decile": decile(row["decile"])} | _scores(row, ["score"])


def _domains(row: Mapping[str, str]) -> Values:
    values: Values = {}
    for name in (name for name in row if name.endswith(("_rank", "_decile"))):
        values[name] = (rank if name.endswith("_rank") else decile)(row[name])
    return values | _scores(row, [name for name in row if name.endswith("_score")])


def _scores(row: Mapping[str, str], names: list[str]) -> Values:
    return {name: (number(row[name], name), "") for name in names if row.get(name)}


def _denominators(row: Mapping[str, str]) -> Values:
    return {name: people(row[name], name) for name in DENOMINATORS}


def _ages(row: Mapping[str, str]) -> Values:
    by_age = [int(people(row[f"age {age}"], f"age {age}")[0]) for age in range(91)]
    total = int(people(row["total"], "all ages")[0])
    if sum(by_age) != total:
        raise ValueError(f"the ages add up to {sum(by_age)}, not to {total}.")
    bands = {"age_0_15": by_age[:16], "age_0_17": by_age[:18], "age_16_25": by_age[16:26], "age_65_plus": by_age[65:]}
    return {"total": (Decimal(total), "")} | {name: (Decimal(sum(band)), "") for name, band in bands.items()}


def _residents(row: Mapping[str, str]) -> Values:
    return {"total": people(row["residents"], "residents")}


def _rural(row: Mapping[str, str]) -> Values:
    flag = row.get("flag", "").lower() or (
        "rural" if row["class_code"].upper().startswith(("R", "D", "E", "F")) else "urban"
    )
    if flag not in {"rural", "urban"}:
        raise ValueError(f"“{row['flag']}” is neither rural nor urban.")
    return {"rural": (Decimal(flag == "rural"), row["class_name"][:100] or flag.capitalize())}


def _need(row: Mapping[str, str]) -> Values:
    values = {name: rank(row[name]) for name in row if name.endswith("rank")}
    if behind := row.get("left_behind", ""):
        values["left_behind"] = (Decimal(behind.upper() in {"TRUE", "YES", "1"}), "")
    return values | _scores(row, [name for name in row if name.endswith("score")])


# -- layouts ---------------------------------------------------------------------------------------------------------

IMD = r"index of multiple deprivation \(imd\) "
SEVEN = {
    "income": "income",
    "employment": "employment",
    "education": "education, skills and training",
    "health": "health deprivation and disability",
    "crime": "crime",
    "barriers": "barriers to housing and services",
    "living": "living environment",
}
DENOMINATORS = {
    "total": "total population",
    "age_0_15": "dependent children aged 0-15",
    "age_16_59": "population aged 16-59",
    "age_60_plus": "older population aged 60",
    "working_age": "working age population",
}
NEED = {
    "": "community needs index",
    "civic_assets_": "civic assets",
    "connectedness_": "connectedness",
    "engaged_": "engaged community",
}
L = Publication.Layout

LAYOUTS: dict[str, Layout] = {
    L.IMD: Layout({"rank": f"{IMD}rank", "decile": f"{IMD}decile", "score": f"{IMD}score"}, _imd, frozenset({"score"})),
    L.DOMAINS: Layout(
        {f"{code}_{part}": f"{name} {part}" for code, name in SEVEN.items() for part in ("rank", "decile", "score")},
        _domains,
        frozenset(f"{code}_score" for code in SEVEN),
    ),
    L.DENOMINATORS: Layout(DENOMINATORS, _denominators),
    L.AGES: Layout(
        {"total": "all ages", **{f"age {age}": rf"{age}\+?$" for age in range(91)}}, _ages
    ),
    L.RESIDENTS: Layout({"residents": r"(usual residents|total|all usual residents)"}, _residents),
    L.RURAL_URBAN: Layout(
        {"class_code": r"ruc\d\dcd", "class_name": r"ruc\d\dnm", "flag": r"urban_rural_flag"},
        _rural,
        frozenset({"flag"}),
    ),
    L.CNI: Layout(
        {f"{code}{part}": f"{name} (domain )?{part}" for code, name in NEED.items() for part in ("rank", "score")}
        | {"left_behind": r"left behind area"},
        _need,
        frozenset({"left_behind", "score"} | {f"{code}{part}" for code in NEED if code for part in ("rank", "score")}),
    ),
}  # fmt: skip
