"""What is known of a postcode. An unknown one is a warning, never the end of a form."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from communities.places.models import Area, AreaLookup, Level, Postcode, PriorityPlace
from communities.places.queries.boundaries import Answer, Spot, Verdict, verdicts
from communities.places.queries.figures import Reading, readings

SHAPE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})")
CURRENT = 0  # the ward of the postcode file itself: today's, whatever year that is


@dataclass(frozen=True)
class Found:
    """What we know of a postcode, and what we tell an applicant."""

    typed: str
    pcds: str
    known: bool
    spot: Spot
    district: str
    ward: str
    lsoa: str
    verdict: Verdict
    readings: tuple[Reading, ...]
    approximate: bool = False
    terminated_on: date | None = None

    @property
    def place(self) -> PriorityPlace | None:
        """The priority place it is in, if we can say so."""
        return self.verdict.place if self.verdict.answer == Answer.IN else None

    def as_facts(self) -> dict[str, Any]:
        """What a bid or an award keeps of it, so that later releases do not rewrite history."""
        return {
            "postcode": self.pcds,
            "district": self.spot.district,
            "ward": self.spot.wards.get(CURRENT, ""),
            "lsoa": {str(year): code for year, code in self.spot.lsoas.items()},
            "place": self.place.code if self.place else "",
            "measures": {each.key: each.value for each in self.readings if each.loaded},
        }


def normalise(text: str) -> str:
    """A postcode as it is written: capitals and one space. Empty when it cannot be a postcode."""
    match = SHAPE.fullmatch(re.sub(r"[^A-Z0-9]", "", text.upper()))
    return f"{match[1]} {match[2]}" if match else ""


def lookup(postcode: str, on: date | None = None) -> Found:
    """Small area, ward, district, priority place and figures of a postcode, each with its release."""
    return lookups([postcode], on)[postcode]


def lookups(postcodes: Iterable[str], on: date | None = None) -> dict[str, Found]:
    """The same for many postcodes, in as many queries as one costs."""
    written = {typed: normalise(typed) for typed in postcodes}
    rows = _rows(set(written.values()))
    spots = _spots(rows)
    names = _names(spots.values())
    answers, figures = verdicts({pcds or "this postcode": spot for pcds, spot in spots.items()}, on), readings(spots)
    return {
        typed: Found(
            typed=typed,
            pcds=pcds,
            known=bool(rows[pcds]),
            spot=(spot := spots[pcds]),
            district=names.get(spot.district, ""),
            ward=names.get(spot.wards.get(CURRENT, ""), ""),
            lsoa=names.get(spot.lsoas.get(2021, spot.lsoas.get(2011, "")), ""),
            verdict=answers[pcds or "this postcode"],
            readings=figures[pcds],
            approximate=_is_approximate(rows[pcds]),
            terminated_on=next((row.terminated_on for row in rows[pcds] if row.terminated_on), None),
        )
        for typed, pcds in written.items()
    }


def place_of(postcode: str, on: date | None = None) -> PriorityPlace | None:
    """The priority place of a postcode, or None: not in any, or we cannot say."""
    return lookup(postcode, on).place


def _rows(wanted: Collection[str]) -> dict[str, list[Postcode]]:
    """What each release says of them, official tables first. Made-up rows count only where there is no real one."""
    rows: dict[str, list[Postcode]] = {pcds: [] for pcds in wanted}
    found = Postcode.objects.filter(pcds__in=set(wanted) - {""}, dataset__withdrawn_at=None).select_related("dataset")
    for row in found.order_by("approximate", "-dataset__imported_at"):
        rows[row.pcds].append(row)
    return {pcds: [row for row in said if not row.dataset.is_demo] or said for pcds, said in rows.items()}


def _is_approximate(rows: list[Postcode]) -> bool:
    return any(row.approximate for row in rows) and all(row.approximate or not row.lsoa21 for row in rows)


def _first(rows: Iterable[Postcode], name: str) -> str:
    """The first release that says anything: official tables stand before those worked out from a map."""
    return next((getattr(row, name) for row in rows if getattr(row, name)), "")


def _spots(rows: Mapping[str, list[Postcode]]) -> dict[str, Spot]:
    lsoas = {pcds: {2011: _first(said, "lsoa11"), 2021: _first(said, "lsoa21")} for pcds, said in rows.items()}
    wards = _wards_of({code for known in lsoas.values() for code in known.values() if code})
    spots = {}
    for pcds, said in rows.items():
        lies_in = {CURRENT: _first(said, "ward")}
        for year, code in lsoas[pcds].items():
            lies_in |= wards.get((code, year), {})
        spots[pcds] = Spot(
            district=_first(said, "district"),
            wards={year: code for year, code in lies_in.items() if code},
            lsoas={year: code for year, code in lsoas[pcds].items() if code},
        )
    return spots


def _wards_of(lsoas: Collection[str]) -> dict[tuple[str, int], dict[int, str]]:
    """The ward of each year that a small area of a year lies in."""
    wards: dict[tuple[str, int], dict[int, str]] = defaultdict(dict)
    if not lsoas:
        return wards
    lies_in = AreaLookup.objects.filter(
        source__code__in=lsoas, kind=AreaLookup.Kind.LIES_IN, target__level=Level.WARD, dataset__withdrawn_at=None
    )
    for code, vintage, year, ward in lies_in.values_list(
        "source__code", "source__vintage", "target__vintage", "target__code"
    ):
        wards[code, vintage][year] = ward
    return wards


def _names(spots: Iterable[Spot]) -> dict[str, str]:
    codes = {code for spot in spots for code in (spot.district, *spot.wards.values(), *spot.lsoas.values())}
    return dict(Area.objects.filter(code__in=codes - {""}).order_by("vintage").values_list("code", "name"))
