"""What all imports of official data share: the release they write, the districts they keep, the header they find."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from django.conf import settings

from communities.core.jobs import Plan, Source, Writing
from communities.core.tables import Line, columns, heading
from communities.places.models import Area, AreaCount, Dataset, Level, Publication

GSS = re.compile(r"[EWSN][0-9]{8}")
OPENING = 20  # published tables start with a few lines of title


def own_districts() -> set[str]:
    """The codes of the districts this council covers."""
    return set(settings.DISTRICT_GSS_CODES)


def new_dataset(publication: Publication, writing: Writing, rows: int) -> Dataset:
    """The release as it is imported: what its publisher wants said of it is kept with it."""
    return Dataset.objects.create(
        kind=publication.kind,
        release=publication.release,
        title=publication.title,
        publisher=publication.publisher,
        licence=publication.licence,
        attribution=publication.attribution,
        population_base=publication.population_base,
        sha256=writing.sha256,
        rows=rows,
        imported_by_id=writing.by.pk,
        imported_at=writing.at,
    )


def header(lines: Iterator[Line], wanted: Mapping[str, str], first: str) -> tuple[Line | None, dict[str, int]]:
    """The line of headings: the first that has the column `first`. Columns are found by name, never by place."""
    for _, line in zip(range(OPENING), lines):  # noqa: B905  shorter files simply end
        found = columns(line, wanted)
        if first in found:
            return line, found
    return None, {}


def year_named(line: Line, place: int) -> int | None:
    """The year that a heading gives its areas: "LSOA code (2011)", "LSOA21CD", "ward17_code"."""
    text = heading(line.cells[place])
    if long := re.search(r"\((20\d\d)\)", text):
        return int(long[1])
    short = re.search(r"(?:lsoa|wd|ward)(\d\d)", text)
    return 2000 + int(short[1]) if short else None


def check_complete(plan: Plan, level: str, vintage: int, seen: Mapping[str, str]) -> None:
    """Refuse a file that lacks areas of the county, and name them. `seen`: code of area -> code of its district."""
    there = dict(Area.objects.filter(level=level, vintage=vintage, is_demo=False).values_list("code", "parent__code"))
    if there:
        _name_missing(plan, sorted(there.keys() - seen.keys()), "is not in the file", "are not in the file")
        _name_missing(plan, sorted(seen.keys() - there.keys()), "is not an area we know", "are not areas we know")
        return
    counted = Counter(seen.values())
    for count in AreaCount.objects.filter(level=level, vintage=vintage).select_related("district"):
        found = counted[count.district.code]
        if found != count.number:
            plan.problem(0, f"{count.district.name} has {count.number} areas in {vintage}; the file has {found}.")


def _name_missing(plan: Plan, codes: list[str], one: str, many: str) -> None:
    if codes:
        rest = f" and {len(codes) - 20} more" if len(codes) > 20 else ""
        plan.problem(0, f"{', '.join(codes[:20])}{rest} {one if len(codes) == 1 else many}.")


def district_areas() -> dict[str, Area]:
    """The council's districts by code; the latest boundary where there are several."""
    found = Area.objects.filter(level=Level.DISTRICT, code__in=own_districts()).order_by("vintage")
    return {area.code: area for area in found}


def sampled(plan: Plan, headings: Iterable[str], cells: Iterable[str]) -> None:
    """Keep the first rows, for the preview."""
    if len(plan.rows) < 10:
        plan.headings = plan.headings or list(headings)
        plan.rows.append(list(cells))


def no_header(source: Source, what: str) -> Plan:
    """The plan for a file without the columns that are needed."""
    return Plan(problems=[(0, f"{source.name} has no column for {what}. Check that it is the right file.")])
