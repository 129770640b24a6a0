"""Where a place begins and ends. A boundary that is not settled never says no."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

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


Measured = Mapping[tuple[int, str], Decimal]  # by the rule and the small area: its figure

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
    return verdicts({what: spot}, on)[what]


def verdicts(spots: Mapping[str, Spot], on: date | None = None) -> dict[str, Verdict]:
    """The same for many spots, by their names."""
    places = current_places(on)
    measured = _measured(spots.values(), places)
    return {what: _verdict(spot, what, places, measured) for what, spot in spots.items()}


def _verdict(spot: Spot, what: str, places: Sequence[PriorityPlace], measured: Measured) -> Verdict:
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


def _inside(spot: Spot, place: PriorityPlace, definition: PlaceDefinition | None, measured: Measured) -> bool | None:
    """True, False, or None when too little is known to say."""
    if spot.district and spot.district != place.district_code:
        return False
    if definition is None:
        return None
    answers = [_in_part(spot, part, measured) for part in definition.parts.all()]
    if any(answers):
        return True
    return None if None in answers or not answers else False


def _in_part(spot: Spot, part: DefinitionPart, measured: Measured) -> bool | None:
    if part.kind == DefinitionPart.Kind.RULE:
        value = measured.get((part.pk, spot.lsoas.get(part.vintage, "")))
        return None if value is None else within(value, part)
    if part.level == Level.WARD and part.code in spot.wards.values():
        return True  # of whichever year: a ward keeps its code only while it keeps its boundary
    known = {Level.WARD: spot.wards.get(part.vintage), Level.LSOA: spot.lsoas.get(part.vintage)}
    code = known.get(Level(part.level), spot.district if part.level == Level.DISTRICT else None)
    return code == part.code if code else None


def within(value: Decimal, part: DefinitionPart) -> bool:
    """Whether a figure is one that the rule picks."""
    low, high = part.at_least, part.at_most
    return (low is None or value >= low) and (high is None or value <= high)


def _measured(spots: Iterable[Spot], places: Iterable[PriorityPlace]) -> Measured:
    """The figure of each small area for each rule, in one query; what has no figure is left out."""
    codes: dict[int, set[str]] = defaultdict(set)
    for spot in spots:
        for year, code in spot.lsoas.items():
            codes[year].add(code)
    rules = [part for place in places for part in _rules(boundary(place)) if part.vintage in codes]
    if not rules:
        return {}
    wanted = Q()
    for part in rules:
        wanted |= _rule_filter(part) & Q(area__code__in=codes[part.vintage])
    rows = (
        AreaMeasure.objects.filter(wanted)
        .order_by("-dataset__is_demo")
        .values_list("dataset__kind", "dataset__release", "field", "area__vintage", "area__code", "value")
    )
    values = {(kind, release, name, year, code): value for kind, release, name, year, code, value in rows}
    return {
        (part.pk, code): values[key]
        for part in rules
        for code in codes[part.vintage]
        if (key := (part.dataset_kind, part.release, part.field, part.vintage, code)) in values
    }


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

Inside = Mapping[tuple[int, int], set[str] | None]  # by the boundary's key and the year of the small areas


def small_areas(definition: PlaceDefinition, vintage: int) -> set[str] | None:
    """The codes of the small areas inside, on the boundaries of one year; None while the look-ups are not loaded."""
    found: dict[int, set[str] | None] = definition.__dict__.setdefault("small_areas_found", {})
    if vintage not in found:  # asked once for each figure of a page
        found[vintage] = areas_within([definition], [vintage])[definition.pk, vintage]
    return found[vintage]


def areas_within(definitions: Collection[PlaceDefinition], vintages: Collection[int]) -> Inside:
    """The same for many boundaries and years, in as many statements as there are kinds of parts."""
    parts = [part for definition in definitions for part in definition.parts.all()]
    rules = [part for part in parts if part.kind == DefinitionPart.Kind.RULE]
    picked, named = _picked(rules), _named([part for part in parts if part not in rules], vintages)
    by_year: dict[tuple[int, int], dict[int, set[str]]] = {}
    for definition in definitions:
        for vintage in vintages:
            years = by_year[definition.pk, vintage] = defaultdict(set)
            for part in definition.parts.all():
                # a district has the small areas of any year: it takes those that are asked for
                year = vintage if part.level == Level.DISTRICT and part.pk not in picked else part.vintage
                for own_year, code in picked[part.pk] if part.pk in picked else named[part.level, part.code, year]:
                    years[own_year].add(code)
    became = _became(
        {(year, vintage) for (_, vintage), years in by_year.items() for year, codes in years.items() if codes}
    )
    return {
        (pk, vintage): set[str]().union(*(_converted(codes, year, vintage, became) for year, codes in years.items()))
        if any(years.values())
        else None
        for (pk, vintage), years in by_year.items()
    }


def _picked(rules: Collection[DefinitionPart]) -> dict[int, list[tuple[int, str]]]:
    """The small areas that each rule picks in its district, by the key of the rule."""
    if not rules:
        return {}
    wanted = Q()
    for part in rules:
        wanted |= _rule_filter(part) & Q(area__parent__code=part.code)
    rows: dict[tuple[Any, ...], list[tuple[str, Decimal]]] = defaultdict(list)
    keys = ("dataset__kind", "dataset__release", "field", "area__vintage", "area__parent__code")
    for *key, code, value in AreaMeasure.objects.filter(wanted).values_list(*keys, "area__code", "value"):
        rows[tuple(key)].append((code, value))
    return {
        part.pk: [
            (part.vintage, code)
            for code, value in rows[part.dataset_kind, part.release, part.field, part.vintage, part.code]
            if within(value, part)
        ]
        for part in rules
    }


def _named(
    parts: Sequence[DefinitionPart], vintages: Collection[int]
) -> dict[tuple[str, str, int], list[tuple[int, str]]]:
    """The small areas of named districts, wards and small areas: one query for each kind that occurs."""
    codes = {level: {part.code for part in parts if part.level == level} for level in Level.values}
    areas = Area.objects.filter(level=Level.LSOA)
    found: dict[tuple[str, str, int], list[tuple[int, str]]] = defaultdict(list)
    if codes[Level.DISTRICT]:
        inside = areas.filter(vintage__in=vintages, parent__code__in=codes[Level.DISTRICT])
        for year, code, district in inside.values_list("vintage", "code", "parent__code"):
            found[Level.DISTRICT, district, year].append((year, code))
    if codes[Level.LSOA]:
        for year, code in areas.filter(code__in=codes[Level.LSOA]).values_list("vintage", "code"):
            found[Level.LSOA, code, year].append((year, code))
    if codes[Level.WARD]:
        wards = {"target__code__in": codes[Level.WARD], "dataset__withdrawn_at": None}
        rows = AreaLookup.objects.filter(kind=AreaLookup.Kind.LIES_IN, **wards)
        for year, code, ward, of in rows.values_list(
            "source__vintage", "source__code", "target__code", "target__vintage"
        ):
            found[Level.WARD, ward, of].append((year, code))
    return found


Became = Mapping[tuple[int, int], Sequence[tuple[str, str]]]  # by two years: which area became which


def _became(changes: Iterable[tuple[int, int]]) -> Became:
    """What became of small areas between each two years, earlier first."""
    pairs = {(min(change), max(change)) for change in changes if change[0] != change[1]}
    if not pairs:
        return {}
    years = Q()
    for old, new in sorted(pairs):
        years |= Q(source__vintage=old, target__vintage=new)
    found: dict[tuple[int, int], list[tuple[str, str]]] = defaultdict(list)
    became = AreaLookup.objects.filter(years, kind=AreaLookup.Kind.BECAME, dataset__withdrawn_at=None)
    for old, new, source, target in became.values_list(
        "source__vintage", "target__vintage", "source__code", "target__code"
    ):
        found[old, new].append((source, target))
    return found


def _converted(codes: set[str], year: int, to: int, became: Became) -> set[str]:
    """The same ground on the boundaries of another year. Backwards, an area counts when half its pieces are in."""
    if year == to or not codes:
        return codes
    pairs = became.get((min(year, to), max(year, to)), ())
    if year < to:
        return {new for old, new in pairs if old in codes}
    pieces = Counter(old for old, _ in pairs)
    inside = Counter(old for old, new in pairs if new in codes)
    return {old for old, number in inside.items() if number * 2 >= pieces[old]}
