"""What can be asked about places: a postcode, a boundary, an official figure."""

from communities.places.queries.boundaries import Spot, Verdict, boundary, current_places, small_areas, verdict
from communities.places.queries.figures import (
    Figure,
    Find,
    Reading,
    county_by_decile,
    dataset,
    datasets,
    deprived_residents,
    most_deprived,
    people_of_places,
    place_facts,
    readings,
    residents,
    residents_by_decile,
)
from communities.places.queries.postcodes import Found, lookup, lookups, normalise, place_of

__all__ = [
    "Figure",
    "Find",
    "Found",
    "Reading",
    "Spot",
    "Verdict",
    "boundary",
    "county_by_decile",
    "current_places",
    "dataset",
    "datasets",
    "deprived_residents",
    "lookup",
    "lookups",
    "most_deprived",
    "normalise",
    "people_of_places",
    "place_facts",
    "place_of",
    "readings",
    "residents",
    "residents_by_decile",
    "small_areas",
    "verdict",
]
