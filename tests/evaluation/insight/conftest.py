"""Awards whose figures are looked at."""

import pytest

from communities.places.models import PriorityPlace
from tests.factories.awards import offer
from tests.factories.reports import award_of, group_of


@pytest.fixture
def tendring(db):
    place, _ = PriorityPlace.objects.get_or_create(
        code="TEN", defaults={"name": "Tendring", "kind": "whole", "order": 1}
    )
    return place


@pytest.fixture
def awards(asha, ben, carol, grace, tendring):
    """One award in two places, one elsewhere."""
    group = group_of(asha, ben)
    first = award_of(group, asha, ben, carol, grace, places=((70, "place", tendring), (30, "county", None)))
    second = offer(group, officer=carol, ratifier=grace, amount=2000)
    return first, second
