"""What several tables of one page need: asked when the first of them does, and never again."""

from functools import cached_property

from communities.framework.models import Goal
from communities.places.models import Dataset, PriorityPlace
from communities.places.queries import Figure, Find, county_by_decile, datasets
from evaluation.insight.queries.sums import IMD, Kept
from grants.applications.models import BidPlace

BASE = "Census 2021"
IMD_BASE, LATER_IMD = "Mid-2015", "2025"
WHERE = BidPlace.Where
ELSEWHERE = ((WHERE.COUNTY, "Elsewhere in the county (cohort)"), (WHERE.OUTSIDE, "Outside the county"))


class Known(Kept):
    """Made for one page and gone with it, so that nothing in it grows old."""

    @cached_property
    def goals(self) -> list[Goal]:
        """The goals, in order."""
        return list(Goal.objects.all())

    @cached_property
    def places(self) -> list[PriorityPlace]:
        """The places, in order."""
        return list(PriorityPlace.objects.all())

    @cached_property
    def place_rows(self) -> list[tuple[str, str, str]]:
        """The rows of every table by place: kind, code, name; elsewhere is a row, never left out."""
        places = [(str(WHERE.PLACE), place.code, place.name) for place in self.places]
        return places + [(str(where), str(where), name) for where, name in ELSEWHERE]

    @cached_property
    def find(self) -> Find:
        """The releases that figures are made of."""
        return datasets(
            (Dataset.Kind.POPULATION, BASE),
            (Dataset.Kind.POPULATION, IMD_BASE),
            (Dataset.Kind.IMD, IMD),
            (Dataset.Kind.IMD, LATER_IMD),
        )

    @cached_property
    def tenths(self) -> dict[tuple[str, str], dict[int, Figure]]:
        """The people of the county by tenth of deprivation, by the two indices."""
        return county_by_decile((IMD, IMD_BASE), (LATER_IMD, BASE), find=self.find)
