"""Official figures, each with its release and the people it was counted on. What is missing reads "not loaded"."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from django.db.models import Count, Q, QuerySet, Sum

from communities.places.models import AreaMeasure, Dataset, Level, PriorityPlace, Publication
from communities.places.queries.boundaries import Spot, boundary, small_areas

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


def dataset(kind: str, release: str) -> Dataset | None:
    """The release as it was imported; real figures before made-up ones."""
    found = Dataset.objects.filter(kind=kind, release=release, withdrawn_at=None)
    return found.order_by("is_demo").first()


Find = Callable[[str, str], Dataset | None]  # a page with many figures looks each release up once


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
    figures = residents_by_decile(imd, base, place, field, find)
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
    index, people = find(Dataset.Kind.IMD, imd), find(Dataset.Kind.POPULATION, base)
    if index is None or people is None:
        wanted = [(Dataset.Kind.IMD, imd, index), (Dataset.Kind.POPULATION, base, people)]
        absent = missing(*((kind, release) for kind, release, found in wanted if found is None))
        return dict.fromkeys(range(1, 11), Figure(None, index, people, missing=absent))
    counted = AreaMeasure.objects.filter(
        dataset=people, field=field, area__measures__dataset=index, area__measures__field="decile"
    )
    inside = _inside(counted, place)
    if inside is None:
        absent = "Not loaded: which small areas lie in this place."
        return dict.fromkeys(range(1, 11), Figure(None, index, people, missing=absent))
    rows = inside.values_list("area__measures__value").annotate(Sum("value"), Count("area")).order_by()
    tenths = {int(decile): (int(total), areas) for decile, total, areas in rows}
    if not tenths and not counted.exists():
        # codes are shared between years, areas are not: such a sum would be a wrong number, not a rough one
        absent = "The index and the population use areas of different years."
        return dict.fromkeys(range(1, 11), Figure(None, index, people, missing=absent))
    return {
        decile: Figure(total, index, people, areas)
        for decile, (total, areas) in ((each, tenths.get(each, (0, 0))) for each in range(1, 11))
    }


def _inside(counted: QuerySet[AreaMeasure], place: PriorityPlace | None) -> QuerySet[AreaMeasure] | None:
    if place is None:
        return counted
    definition = boundary(place) or place.definitions.filter(valid_to=None).first()
    vintage = counted.values_list("area__vintage", flat=True).first()
    codes = small_areas(definition, vintage) if definition and vintage else None
    return None if codes is None else counted.filter(area__code__in=codes)


def _summed(counted: QuerySet[AreaMeasure] | None, index: Dataset | None, base: Dataset) -> Figure:
    if counted is None:
        return Figure(None, index, base, missing="Not loaded: which small areas lie in this place.")
    total = counted.aggregate(people=Sum("value"), areas=Count("area"))
    return Figure(int(total["people"] or 0), index, base, total["areas"])


# -- one spot --------------------------------------------------------------------------------------------------------

SHOWN = {
    Dataset.Kind.IMD: ("decile", "most deprived tenth is 1, least deprived is 10"),
    Dataset.Kind.CNI: ("rank", "rank among the wards of England, 1 is the highest need"),
    Dataset.Kind.RURAL_URBAN: ("rural", ""),
}


def readings(spot: Spot) -> Iterator[Reading]:
    """What each release the council uses says of a spot, side by side; no release is left out for being missing."""
    publications = list(Publication.objects.filter(kind__in=SHOWN))
    loaded: dict[tuple[str, str], Dataset] = {}
    for each in Dataset.objects.filter(kind__in=SHOWN, withdrawn_at=None).order_by("-is_demo"):
        loaded[each.kind, each.release] = each  # real ones come last and win
    values = _values(spot, loaded.values())
    for publication in publications:
        source = loaded.get((publication.kind, publication.release))
        yield _reading(publication, source, values.get(source.pk) if source else None)


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


def _values(spot: Spot, sources: Iterable[Dataset]) -> dict[int, AreaMeasure]:
    """The figure of each release for the spot, in one query; each on the areas of its own year."""
    where = Q(pk__in=[])
    for year, code in spot.lsoas.items():
        where |= Q(area__level=Level.LSOA, area__vintage=year, area__code=code)
    for year, code in spot.wards.items():
        where |= Q(area__level=Level.WARD, area__vintage=year, area__code=code)
    fields = {name for name, _ in SHOWN.values()}
    rows = AreaMeasure.objects.filter(where, dataset__in=list(sources), field__in=fields).select_related("dataset")
    return {row.dataset_id: row for row in rows if row.field == SHOWN[Dataset.Kind(row.dataset.kind)][0]}


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
