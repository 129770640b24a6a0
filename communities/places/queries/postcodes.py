"""What is known of a postcode. An unknown one is a warning, never the end of a form."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from communities.places.models import Area, AreaLookup, Level, Postcode, PriorityPlace
from communities.places.queries.boundaries import Answer, Spot, Verdict, verdict
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
    pcds = normalise(postcode)
    rows = _rows(pcds) if pcds else []
    spot = _spot(rows)
    names = _names(spot)
    return Found(
        typed=postcode,
        pcds=pcds,
        known=bool(rows),
        spot=spot,
        district=names.get(spot.district, ""),
        ward=names.get(spot.wards.get(CURRENT, ""), ""),
        lsoa=names.get(spot.lsoas.get(2021, spot.lsoas.get(2011, "")), ""),
        verdict=verdict(spot, pcds or "this postcode", on),
        readings=tuple(readings(spot)),
        approximate=any(row.approximate for row in rows) and all(row.approximate or not row.lsoa21 for row in rows),
        terminated_on=next((row.terminated_on for row in rows if row.terminated_on), None),
    )


def place_of(postcode: str, on: date | None = None) -> PriorityPlace | None:
    """The priority place of a postcode, or None: not in any, or we cannot say."""
    return lookup(postcode, on).place


def _rows(pcds: str) -> list[Postcode]:
    """What each release says of it, official tables first. Made-up rows count only where there is no real one."""
    found = Postcode.objects.filter(pcds=pcds, dataset__withdrawn_at=None).select_related("dataset")
    rows = list(found.order_by("approximate", "-dataset__imported_at"))
    return [row for row in rows if not row.dataset.is_demo] or rows


def _first(rows: Iterable[Postcode], name: str) -> str:
    """The first release that says anything: official tables stand before those worked out from a map."""
    return next((getattr(row, name) for row in rows if getattr(row, name)), "")


def _spot(rows: list[Postcode]) -> Spot:
    lsoas = {2011: _first(rows, "lsoa11"), 2021: _first(rows, "lsoa21")}
    wards = {CURRENT: _first(rows, "ward")}
    pairs = Q()
    for year, code in lsoas.items():
        pairs |= Q(source__code=code, source__vintage=year)
    if any(lsoas.values()):
        lies_in = AreaLookup.objects.filter(
            pairs, kind=AreaLookup.Kind.LIES_IN, target__level=Level.WARD, dataset__withdrawn_at=None
        )
        wards |= dict(lies_in.values_list("target__vintage", "target__code"))
    return Spot(
        district=_first(rows, "district"),
        wards={year: code for year, code in wards.items() if code},
        lsoas={year: code for year, code in lsoas.items() if code},
    )


def _names(spot: Spot) -> dict[str, str]:
    codes = [spot.district, *spot.wards.values(), *spot.lsoas.values()]
    return dict(Area.objects.filter(code__in=codes).order_by("vintage").values_list("code", "name"))
