"""What can be asked about places: a postcode, a boundary, an official figure."""

from communities.places.queries.boundaries import Spot, Verdict, boundary, current_places, small_areas, verdict
from communities.places.queries.figures import (
    Figure,
    Reading,
    dataset,
    deprived_residents,
    place_facts,
    readings,
    residents,
    residents_by_decile,
)
from communities.places.queries.postcodes import Found, lookup, normalise, place_of

__all__ = [
    "Figure",
    "Found",
    "Reading",
    "Spot",
    "Verdict",
    "boundary",
    "current_places",
    "dataset",
    "deprived_residents",
    "lookup",
    "normalise",
    "place_facts",
    "place_of",
    "readings",
    "residents",
    "residents_by_decile",
    "small_areas",
    "verdict",
]
