"""Where a place begins and ends. A boundary that is not settled never says no."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.db.models import Prefetch, Q

from communities.core.clock import today
from communities.places.models import (
    Area,
    AreaLookup,
    AreaMeasure,
    DefinitionPart,
    Level,
    PlaceDefinition,
    PriorityPlace,
)


@dataclass(frozen=True)
class Spot:
    """The areas something lies in, as far as they are known: wards and small areas by the year of the boundary."""

    district: str = ""
    wards: Mapping[int, str] = field(default_factory=dict)
    lsoas: Mapping[int, str] = field(default_factory=dict)


class Answer(StrEnum):
    """What we can say of a postcode and the priority places."""

    IN = "in"
    NOT_SURE = "not_sure"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Verdict:
    """The answer, the place it is about, and the sentences an applicant reads."""

    answer: Answer
    place: PriorityPlace | None
    definition: PlaceDefinition | None
    sentence: str
    advice: str


TALK = "Talk to us before you decide. We would rather hear from you than miss you."
COHORTS = "You can still apply if your idea is for one of the groups of people we put first, anywhere in the county."
CHOOSE = "That does not stop you. Choose the place where it happens yourself, and tell us in your own words."


def current_places(on: date | None = None) -> list[PriorityPlace]:
    """The priority places, each with the boundary that holds on a day as `current` (a list of none or one)."""
    day = on or today()
    valid = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))
    definitions = PlaceDefinition.objects.filter(valid).prefetch_related("parts")
    return list(
        PriorityPlace.objects.filter(Q(archived_on=None) | Q(archived_on__gt=day)).prefetch_related(
            Prefetch("definitions", queryset=definitions, to_attr="current")
        )
    )


def boundary(place: PriorityPlace) -> PlaceDefinition | None:
    """The boundary that `current_places` found."""
    current: Sequence[PlaceDefinition] = getattr(place, "current", ())
    return current[0] if current else None


# -- is a spot inside ------------------------------------------------------------------------------------------------


def verdict(spot: Spot, what: str = "This", on: date | None = None) -> Verdict:
    """What we tell an applicant about a spot. `what` is how the sentence names it, such as the postcode."""
    places = current_places(on)
    measured = _measured(spot, places)
    unsure: list[tuple[PriorityPlace, PlaceDefinition | None]] = []
    for place in places:
        definition = boundary(place)
        inside = _inside(spot, place, definition, measured)
        if inside and definition:
            return _inside_of(place, definition, what)
        settled = definition and definition.certainty == PlaceDefinition.Certainty.CERTAIN
        if inside is None or (not settled and spot.district == place.district_code):
            unsure.append((place, definition))
    if not any((spot.district, spot.wards, spot.lsoas)):
        return Verdict(Answer.UNKNOWN, None, None, f"We do not know {what}.", CHOOSE)
    if len(unsure) == 1:
        place, definition = unsure[0]
        return Verdict(Answer.NOT_SURE, place, definition, f"We are not sure whether {what} is in {place.name}.", TALK)
    if unsure:
        return Verdict(
            Answer.NOT_SURE, None, None, f"We are not sure whether {what} is in one of our priority places.", TALK
        )
    return Verdict(Answer.ELSEWHERE, None, None, f"{what} is not in one of our priority places.", COHORTS)


def _inside_of(place: PriorityPlace, definition: PlaceDefinition, what: str) -> Verdict:
    if definition.certainty == PlaceDefinition.Certainty.CERTAIN:
        sentence = f"{what} is in {place.name}, one of our priority places."
        return Verdict(Answer.IN, place, definition, sentence, "")
    sentence = f"{what} looks to be in {place.name}, one of our priority places."
    return Verdict(Answer.IN, place, definition, sentence, "We confirm it when we read your bid.")


def _inside(
    spot: Spot, place: PriorityPlace, definition: PlaceDefinition | None, measured: Mapping[int, Decimal]
) -> bool | None:
    """True, False, or None when too little is known to say."""
    if spot.district and spot.district != place.district_code:
        return False
    if definition is None:
        return None
    answers = [_in_part(spot, part, measured) for part in definition.parts.all()]
    if any(answers):
        return True
    return None if None in answers or not answers else False


def _in_part(spot: Spot, part: DefinitionPart, measured: Mapping[int, Decimal]) -> bool | None:
    if part.kind == DefinitionPart.Kind.RULE:
        return within(measured[part.pk], part) if part.pk in measured else None
    if part.level == Level.WARD and part.code in spot.wards.values():
        return True  # of whichever year: a ward keeps its code only while it keeps its boundary
    known = {Level.WARD: spot.wards.get(part.vintage), Level.LSOA: spot.lsoas.get(part.vintage)}
    code = known.get(Level(part.level), spot.district if part.level == Level.DISTRICT else None)
    return code == part.code if code else None


def within(value: Decimal, part: DefinitionPart) -> bool:
    """Whether a figure is one that the rule picks."""
    low, high = part.at_least, part.at_most
    return (low is None or value >= low) and (high is None or value <= high)


def _measured(spot: Spot, places: Iterable[PriorityPlace]) -> dict[int, Decimal]:
    """The figure of the spot's small area for each rule, in one query; rules without a figure are left out."""
    rules = [part for place in places for part in _rules(boundary(place)) if part.vintage in spot.lsoas]
    if not rules:
        return {}
    wanted = Q()
    for part in rules:
        wanted |= _rule_filter(part) & Q(area__code=spot.lsoas[part.vintage])
    rows = (
        AreaMeasure.objects.filter(wanted)
        .order_by("-dataset__is_demo")
        .values_list("dataset__kind", "dataset__release", "field", "area__vintage", "value")
    )
    values = {(kind, release, name, vintage): value for kind, release, name, vintage, value in rows}
    keys = {part.pk: (part.dataset_kind, part.release, part.field, part.vintage) for part in rules}
    return {pk: values[key] for pk, key in keys.items() if key in values}


def _rules(definition: PlaceDefinition | None) -> list[DefinitionPart]:
    parts = definition.parts.all() if definition else ()
    return [part for part in parts if part.kind == DefinitionPart.Kind.RULE]


def _rule_filter(part: DefinitionPart) -> Q:
    return Q(
        dataset__kind=part.dataset_kind,
        dataset__release=part.release,
        dataset__withdrawn_at=None,
        field=part.field,
        area__level=Level.LSOA,
        area__vintage=part.vintage,
    )


# -- which small areas a boundary holds ------------------------------------------------------------------------------


def small_areas(definition: PlaceDefinition, vintage: int) -> set[str] | None:
    """The codes of the small areas inside, on the boundaries of one year; None while the look-ups are not loaded."""
    found: dict[int, set[str] | None] = definition.__dict__.setdefault("small_areas_found", {})
    if vintage not in found:  # asked once for each figure of a page
        found[vintage] = _small_areas(definition, vintage)
    return found[vintage]


def _small_areas(definition: PlaceDefinition, vintage: int) -> set[str] | None:
    by_year: dict[int, set[str]] = defaultdict(set)
    rules = _rules(definition)
    for part in rules:
        picked = AreaMeasure.objects.filter(_rule_filter(part), area__parent__code=part.code)
        values = picked.values_list("area__code", "value")
        by_year[part.vintage] |= {code for code, value in values if within(value, part)}
    named = [part for part in definition.parts.all() if part not in rules]
    for year, code in _named(named, vintage):
        by_year[year].add(code)
    inside = set[str]().union(*(converted(codes, year, vintage) for year, codes in by_year.items()))
    return inside if any(by_year.values()) else None


def _named(parts: Sequence[DefinitionPart], vintage: int) -> Iterator[tuple[int, str]]:
    """The small areas of named districts, wards and small areas: one query for each kind that occurs."""
    keys = {level: {(part.code, part.vintage) for part in parts if part.level == level} for level in Level.values}
    areas = Area.objects.filter(level=Level.LSOA)
    if keys[Level.DISTRICT]:
        codes = [code for code, _ in keys[Level.DISTRICT]]
        yield from areas.filter(vintage=vintage, parent__code__in=codes).values_list("vintage", "code")
    if keys[Level.LSOA]:
        rows = areas.filter(code__in=[code for code, _ in keys[Level.LSOA]]).values_list("vintage", "code")
        yield from (row for row in rows if (row[1], row[0]) in keys[Level.LSOA])
    if keys[Level.WARD]:
        wards = {"target__code__in": [code for code, _ in keys[Level.WARD]], "dataset__withdrawn_at": None}
        rows_in = AreaLookup.objects.filter(kind=AreaLookup.Kind.LIES_IN, **wards)
        for year, code, *ward in rows_in.values_list(
            "source__vintage", "source__code", "target__code", "target__vintage"
        ):
            if tuple(ward) in keys[Level.WARD]:
                yield year, code


def converted(codes: set[str], year: int, to: int) -> set[str]:
    """The same ground on the boundaries of another year. Backwards, an area counts when half its pieces are in."""
    if year == to or not codes:
        return codes
    became = AreaLookup.objects.filter(kind=AreaLookup.Kind.BECAME, dataset__withdrawn_at=None)
    if year < to:
        pairs = became.filter(source__code__in=codes, source__vintage=year, target__vintage=to)
        return set(pairs.values_list("target__code", flat=True))
    back = list(became.filter(target__vintage=year, source__vintage=to).values_list("source__code", "target__code"))
    pieces = Counter(old for old, _ in back)
    inside = Counter(old for old, new in back if new in codes)
    return {old for old, number in inside.items() if number * 2 >= pieces[old]}
