"""Official figures, each with its release and the people it was counted on. What is missing reads "not loaded"."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum

from communities.places.models import AreaMeasure, Dataset, Level, PlaceDefinition, PriorityPlace, Publication
from communities.places.queries.boundaries import Spot, areas_within, boundary, small_areas

NOT_LOADED = "not loaded"
MOST_DEPRIVED = (1, 2)  # a fifth of the small areas of England


@dataclass(frozen=True)
class Figure:
    """A number that can be argued with: what was counted, from which release, on which population."""

    value: int | None
    measure: Dataset | None = None
    base: Dataset | None = None
    areas: int = 0
    missing: str = ""

    def __str__(self) -> str:
        return NOT_LOADED if self.value is None else f"{self.value:,}"

    @property
    def source(self) -> str:
        """The releases in words, to stand beside the number."""
        names = [str(each) for each in (self.measure, self.base) if each]
        people = [self.base.population_base] if self.base and self.base.population_base else []
        return self.missing if self.value is None else "; ".join(names + people)

    @property
    def is_demo(self) -> bool:
        """Whether any of it is made up for the demonstration."""
        return any(each.is_demo for each in (self.measure, self.base) if each)


@dataclass(frozen=True)
class Reading:
    """One official figure of the area something lies in."""

    key: str
    title: str
    release: str
    value: str
    loaded: bool
    is_demo: bool = False
    explained: str = ""


Find = Callable[[str, str], Dataset | None]  # a page with many figures looks each release up once


def dataset(kind: str, release: str) -> Dataset | None:
    """The release as it was imported; real figures before made-up ones."""
    found = Dataset.objects.filter(kind=kind, release=release, withdrawn_at=None)
    return found.order_by("is_demo").first()


def datasets(*wanted: tuple[str, str]) -> Find:
    """The same for several releases, looked up in one statement."""
    where = Q(pk__in=[])
    for kind, release in wanted:
        where |= Q(kind=kind, release=release)
    found = Dataset.objects.filter(where, withdrawn_at=None).order_by("-is_demo")  # real ones come last and win
    loaded = {(each.kind, each.release): each for each in found}
    return lambda kind, release: loaded.get((kind, release))


def missing(*wanted: tuple[str, str]) -> str:
    """The sentence that says which releases have not been imported."""
    names = [f"{Dataset.Kind(kind).label}, {release}" for kind, release in wanted]
    return f"Not loaded: {' and '.join(names)}."


# -- people ----------------------------------------------------------------------------------------------------------


def residents(
    release: str = "Census 2021", place: PriorityPlace | None = None, field: str = "total", find: Find = dataset
) -> Figure:
    """How many people live in a place, or in the county, by one release."""
    base = find(Dataset.Kind.POPULATION, release)
    if base is None:
        return Figure(None, missing=missing((Dataset.Kind.POPULATION, release)))
    counted = _inside(AreaMeasure.objects.filter(dataset=base, field=field), place)
    return _summed(counted, None, base)


def deprived_residents(
    imd: str = "2019",
    base: str = "Mid-2015",
    place: PriorityPlace | None = None,
    field: str = "total",
    find: Find = dataset,
) -> Figure:
    """How many people live in the most deprived fifth of England's small areas: index and population both named."""
    return most_deprived(residents_by_decile(imd, base, place, field, find))


def most_deprived(figures: Mapping[int, Figure]) -> Figure:
    """The fifth, of the tenths."""
    people = [figures[decile] for decile in MOST_DEPRIVED]
    first = people[0]
    if any(each.value is None for each in people):
        return first
    return Figure(
        sum(each.value or 0 for each in people), first.measure, first.base, sum(each.areas for each in people)
    )


def residents_by_decile(
    imd: str = "2019",
    base: str = "Mid-2015",
    place: PriorityPlace | None = None,
    field: str = "total",
    find: Find = dataset,
) -> dict[int, Figure]:
    """How many people live in each tenth, 1 the most deprived. While a release is missing each says which."""
    if place is None:
        return county_by_decile((imd, base), field=field, find=find)[imd, base]
    index, people = find(Dataset.Kind.IMD, imd), find(Dataset.Kind.POPULATION, base)
    if index is None or people is None:
        return _not_loaded(imd, base, index, people)
    counted = AreaMeasure.objects.filter(
        dataset=people, field=field, area__measures__dataset=index, area__measures__field="decile"
    )
    inside = _inside(counted, place)
    if inside is None:
        return dict.fromkeys(range(1, 11), Figure(None, index, people, missing=NO_AREAS))
    rows = inside.values_list("area__measures__value").annotate(Sum("value"), Count("area")).order_by()
    tenths = {int(decile): (int(total), areas) for decile, total, areas in rows}
    if not tenths and not counted.exists():
        return dict.fromkeys(range(1, 11), Figure(None, index, people, missing=OTHER_YEARS))
    return _tenths(tenths, index, people)


def county_by_decile(
    *pairs: tuple[str, str], field: str = "total", find: Find = dataset
) -> dict[tuple[str, str], dict[int, Figure]]:
    """The same for the whole county and several pairs of an index and a population, in one statement."""
    known = {pair: (find(Dataset.Kind.IMD, pair[0]), find(Dataset.Kind.POPULATION, pair[1])) for pair in pairs}
    wanted = Q()
    for index, people in known.values():
        if index and people:
            wanted |= Q(dataset=people, area__measures__dataset=index)
    tenths: dict[tuple[int, int], dict[int, tuple[int, int]]] = defaultdict(dict)
    if wanted:
        rows = AreaMeasure.objects.filter(wanted, field=field, area__measures__field="decile").order_by()
        keys = ("area__measures__dataset", "dataset", "area__measures__value")
        for one, other, decile, total, areas in rows.values_list(*keys).annotate(Sum("value"), Count("area")):
            tenths[one, other][int(decile)] = (int(total), areas)
    found = {}
    for pair, (index, people) in known.items():
        if index is None or people is None:
            found[pair] = _not_loaded(*pair, index, people)
        elif (index.pk, people.pk) not in tenths:
            found[pair] = dict.fromkeys(range(1, 11), Figure(None, index, people, missing=OTHER_YEARS))
        else:
            found[pair] = _tenths(tenths[index.pk, people.pk], index, people)
    return found


NO_AREAS = "Not loaded: which small areas lie in this place."
# codes are shared between years, areas are not: such a sum would be a wrong number, not a rough one
OTHER_YEARS = "The index and the population use areas of different years."


def _not_loaded(imd: str, base: str, index: Dataset | None, people: Dataset | None) -> dict[int, Figure]:
    wanted = [(Dataset.Kind.IMD, imd, index), (Dataset.Kind.POPULATION, base, people)]
    absent = missing(*((kind, release) for kind, release, found in wanted if found is None))
    return dict.fromkeys(range(1, 11), Figure(None, index, people, missing=absent))


def _tenths(tenths: Mapping[int, tuple[int, int]], index: Dataset, people: Dataset) -> dict[int, Figure]:
    return {
        each: Figure(total, index, people, areas)
        for each in range(1, 11)
        for total, areas in [tenths.get(each, (0, 0))]
    }


def people_of_places(
    places: Sequence[PriorityPlace], release: str, imd: str, base: str, find: Find = dataset
) -> dict[str, tuple[Figure, Figure]]:
    """How many people live in each place, and how many of them in the most deprived fifth, by the place's code.

    The same as `residents` and `deprived_residents` of each, in as many statements as for one.
    """
    valid = PlaceDefinition.objects.filter(valid_to=None, place__in=places).prefetch_related("parts")
    drawn = {each.place_id: each for each in valid}
    definitions = {place.code: drawn.get(place.pk) for place in places}
    index = find(Dataset.Kind.IMD, imd)
    everybody, people = (find(Dataset.Kind.POPULATION, name) for name in (release, base))
    rows = _people_of_areas([each for each in (everybody, people) if each], index)
    years = {key: year for key, areas in rows.items() for year, *_ in areas[:1]}
    inside = areas_within([each for each in definitions.values() if each], set(years.values()))
    found = {}
    for code, definition in definitions.items():
        codes = {key: inside[definition.pk, year] if definition else None for key, year in years.items()}
        mine = {key: [row for row in rows[key] if row[1] in kept] for key, kept in codes.items() if kept is not None}
        found[code] = (_residents_of(mine, everybody, release), _deprived_of(rows, mine, index, people, (imd, base)))
    return found


People = tuple[int, str, int, int | None]  # of a small area: its year, its code, how many people, its tenth


def _people_of_areas(bases: Sequence[Dataset], index: Dataset | None) -> dict[int, list[People]]:
    """Every small area with its people and its tenth by an index, by the key of the release that counted them."""
    tenth = AreaMeasure.objects.filter(area=OuterRef("area"), dataset=index, field="decile").values("value")
    counted = AreaMeasure.objects.filter(dataset__in=bases, field="total").annotate(tenth=Subquery(tenth[:1]))
    found: dict[int, list[People]] = defaultdict(list)
    rows = counted.order_by("pk").values_list("dataset", "area__vintage", "area__code", "value", "tenth")
    for base, year, code, value, decile in rows:
        found[base].append((year, code, int(value), None if decile is None else int(decile)))
    return found


def _residents_of(mine: Mapping[int, Sequence[People]], base: Dataset | None, release: str) -> Figure:
    if base is None:
        return Figure(None, missing=missing((Dataset.Kind.POPULATION, release)))
    if base.pk not in mine:
        return Figure(None, None, base, missing=NO_AREAS)
    return Figure(sum(value for _, _, value, _ in mine[base.pk]), None, base, len(mine[base.pk]))


def _deprived_of(
    rows: Mapping[int, Sequence[People]],
    mine: Mapping[int, Sequence[People]],
    index: Dataset | None,
    base: Dataset | None,
    named: tuple[str, str],
) -> Figure:
    if index is None or base is None:
        return most_deprived(_not_loaded(*named, index, base))
    if base.pk not in mine or all(decile is None for *_, decile in rows[base.pk]):
        return Figure(None, index, base, missing=NO_AREAS)
    people = [value for _, _, value, decile in mine[base.pk] if decile in MOST_DEPRIVED]
    return Figure(sum(people), index, base, len(people))


def _inside(counted: QuerySet[AreaMeasure], place: PriorityPlace | None) -> QuerySet[AreaMeasure] | None:
    if place is None:
        return counted
    definition = boundary(place) or place.definitions.filter(valid_to=None).first()
    vintage = counted.values_list("area__vintage", flat=True).first()
    codes = small_areas(definition, vintage) if definition and vintage else None
    return None if codes is None else counted.filter(area__code__in=codes)


def _summed(counted: QuerySet[AreaMeasure] | None, index: Dataset | None, base: Dataset) -> Figure:
    if counted is None:
        return Figure(None, index, base, missing=NO_AREAS)
    total = counted.aggregate(people=Sum("value"), areas=Count("area"))
    return Figure(int(total["people"] or 0), index, base, total["areas"])


# -- one spot --------------------------------------------------------------------------------------------------------

SHOWN = {
    Dataset.Kind.IMD: ("decile", "most deprived tenth is 1, least deprived is 10"),
    Dataset.Kind.CNI: ("rank", "rank among the wards of England, 1 is the highest need"),
    Dataset.Kind.RURAL_URBAN: ("rural", ""),
}


def readings(spots: Mapping[str, Spot]) -> dict[str, tuple[Reading, ...]]:
    """What each release the council uses says of each spot, side by side; none is left out for being missing."""
    publications = list(Publication.objects.filter(kind__in=SHOWN))
    loaded: dict[tuple[str, str], Dataset] = {}
    for each in Dataset.objects.filter(kind__in=SHOWN, withdrawn_at=None).order_by("-is_demo"):
        loaded[each.kind, each.release] = each  # real ones come last and win
    values = _values(spots, loaded.values())
    return {
        name: tuple(
            _reading(publication, source, values[name].get(source.pk) if source else None)
            for publication in publications
            for source in [loaded.get((publication.kind, publication.release))]
        )
        for name in spots
    }


def _reading(publication: Publication, source: Dataset | None, row: AreaMeasure | None) -> Reading:
    name, explained = SHOWN[Dataset.Kind(publication.kind)]
    if source is None:
        value = NOT_LOADED
    elif row is None:
        value = "not known for this postcode"
    else:
        value = row.label or f"{row.value.normalize():,f}"
    return Reading(
        key=f"{publication.kind}-{publication.release}-{name}",
        title=publication.title,
        release=publication.release,
        value=value,
        loaded=row is not None,
        is_demo=bool(source and source.is_demo),
        explained=explained,
    )


def _values(spots: Mapping[str, Spot], sources: Iterable[Dataset]) -> dict[str, dict[int, AreaMeasure]]:
    """The figure of each release for each spot, in one query; each on the areas of its own year."""
    areas = {
        name: {(level, *pair) for level, known in _levels(spot) for pair in known.items()}
        for name, spot in spots.items()
    }
    codes: dict[tuple[Level, int], set[str]] = defaultdict(set)
    for level, year, code in set().union(*areas.values()):
        codes[level, year].add(code)
    where = Q(pk__in=[])
    for (level, year), some in codes.items():
        where |= Q(area__level=level, area__vintage=year, area__code__in=some)
    fields = {name for name, _ in SHOWN.values()}
    rows = AreaMeasure.objects.filter(where, dataset__in=list(sources), field__in=fields)
    found: dict[tuple[str, int, str], dict[int, AreaMeasure]] = defaultdict(dict)
    for row in rows.select_related("dataset", "area"):
        if row.field == SHOWN[Dataset.Kind(row.dataset.kind)][0]:
            found[row.area.level, row.area.vintage, row.area.code][row.dataset_id] = row
    return {name: {pk: row for area in known for pk, row in found[area].items()} for name, known in areas.items()}


def _levels(spot: Spot) -> tuple[tuple[Level, Mapping[int, str]], ...]:
    return ((Level.LSOA, spot.lsoas), (Level.WARD, spot.wards))


# -- one place -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fact:
    """One line on the page of a place: words, number, where it comes from."""

    title: str
    figure: Figure


def place_facts(place: PriorityPlace) -> list[Fact]:
    """The official figures of one place. Never compared with other places on the same page."""
    find = cache(dataset)
    facts = [Fact("People who live here", residents("Census 2021", place, find=find))]
    for release, base in (("2019", "Mid-2015"), ("2025", "Census 2021")):
        title = f"Of them in the most deprived fifth of England, by the index of {release}"
        facts.append(Fact(title, deprived_residents(release, base, place, find=find)))
    facts.append(Fact("Children under 16 here", residents("Mid-2015", place, "age_0_15", find=find)))
    return facts
