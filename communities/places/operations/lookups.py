"""Look-ups: the areas themselves, what became of them, and which bigger area they lie in."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from communities.core.jobs import Plan, Source, Writing
from communities.core.tables import Line, cell, heading
from communities.places.models import Area, AreaLookup, Level, Publication
from communities.places.operations.datasets import (
    GSS,
    OPENING,
    check_complete,
    district_areas,
    new_dataset,
    no_header,
    own_districts,
    sampled,
)

NAMED = re.compile(r"(lsoa|wd|lad)(\d\d)(cd|nm)$")
LEVELS = {"lsoa": Level.LSOA, "wd": Level.WARD}
BATCH = 2_000
Kind = tuple[str, int]


@dataclass(frozen=True)
class Column:
    """One kind of area in the file: its level and year, and where code and name stand."""

    kind: Kind
    code: int
    name: int


@dataclass
class Read:
    """What the rows of the file say."""

    areas: dict[Kind, dict[str, tuple[str, str]]] = field(default_factory=dict)  # code -> name, district
    pairs: dict[tuple[str, str], None] = field(default_factory=dict)


def plan_lookup(source: Source, publication: Publication) -> Plan:
    """What importing this look-up would do: areas that are new, and how they hang together."""
    found = _header(source.lines)
    if found is None:
        return no_header(source, "area codes (such as LSOA11CD and LAD22CD)")
    line, kinds, _ = found
    if (publication.level, publication.vintage) not in [each.kind for each in kinds]:
        return Plan(problems=[(line.number, f"This is not {publication.title}: its columns are of other areas.")])
    plan, read = Plan(), Read({each.kind: {} for each in kinds})
    _rows(source.lines, found, plan, read)
    for kind, areas in read.areas.items():
        check_complete(plan, *kind, {code: home for code, (_, home) in areas.items()})
    there = set(Area.objects.filter(is_demo=False).values_list("level", "vintage", "code"))
    fresh = {
        (*kind, code): text for kind, areas in read.areas.items() for code, text in areas.items()
        if (*kind, code) not in there
    }  # fmt: skip
    plan.new = len(fresh) + len(read.pairs)
    plan.unchanged = sum(map(len, read.areas.values())) - len(fresh)
    plan.notes.append(f"{len(fresh):,} areas are new; {len(read.pairs):,} pairs of areas are kept.")
    plan.write = lambda writing: _write(writing, publication, fresh, read, [each.kind for each in kinds])
    return plan


def _header(lines: Iterable[Line]) -> tuple[Line, list[Column], int] | None:
    for _, line in zip(range(OPENING), lines):  # noqa: B905  shorter files simply end
        places = {NAMED.match(heading(text)): place for place, text in enumerate(line.cells)}
        named = {match.group(): place for match, place in places.items() if match}
        districts = [place for name, place in named.items() if name.startswith("lad") and name.endswith("cd")]
        kinds = [
            Column((LEVELS[name[:-4]], 2000 + int(name[-4:-2])), place, named.get(f"{name[:-2]}nm", place))
            for name, place in named.items()
            if name.endswith("cd") and not name.startswith("lad")
        ]
        if kinds and districts:
            return line, kinds, districts[0]
    return None


def _rows(lines: Iterable[Line], found: tuple[Line, list[Column], int], plan: Plan, read: Read) -> None:
    (head, kinds, district), own = found, own_districts()
    for line in lines:
        home = cell(line, district)
        if home not in own:
            plan.skipped += 1
            continue
        codes = [cell(line, each.code) for each in kinds]
        if wrong := [code for code in codes if not GSS.fullmatch(code)]:
            plan.problem(line.number, f"“{wrong[0]}” is not an area code.")
            continue
        for each, code in zip(kinds, codes, strict=True):
            read.areas[each.kind].setdefault(code, (cell(line, each.name), home))
        if len(codes) > 1:
            read.pairs[_pair(kinds, codes)] = None
        sampled(plan, head.cells, line.cells)


def _pair(kinds: list[Column], codes: list[str]) -> tuple[str, str]:
    """Older to newer, or small area to ward."""
    first, second = sorted(zip((each.kind for each in kinds), codes, strict=True))[:2]
    return first[1], second[1]


def _write(
    writing: Writing,
    publication: Publication,
    fresh: Mapping[tuple[str, int, str], tuple[str, str]],
    read: Read,
    kinds: list[Kind],
) -> None:
    homes = district_areas()
    Area.objects.bulk_create(
        [
            Area(level=level, vintage=vintage, code=code, name=name, parent=homes.get(home))
            for (level, vintage, code), (name, home) in fresh.items()
        ],
        batch_size=BATCH,
        update_conflicts=True,  # a demonstration may have made up an area of this code: now it is real
        unique_fields=("level", "code", "vintage"),
        update_fields=("name", "parent", "is_demo"),
    )
    dataset = new_dataset(publication, writing, len(read.pairs) or sum(map(len, read.areas.values())))
    if not read.pairs:
        return
    (one, other) = sorted(kinds)[:2]
    sources, targets = _by_code(one), _by_code(other)
    kind = AreaLookup.Kind.BECAME if one[0] == other[0] else AreaLookup.Kind.LIES_IN
    AreaLookup.objects.bulk_create(
        [
            AreaLookup(source_id=sources[old], target_id=targets[new], kind=kind, dataset=dataset)
            for old, new in read.pairs
        ],
        batch_size=BATCH,
    )


def _by_code(kind: Kind) -> dict[str, int]:
    level, vintage = kind
    return dict(Area.objects.filter(level=level, vintage=vintage, is_demo=False).values_list("code", "pk"))
