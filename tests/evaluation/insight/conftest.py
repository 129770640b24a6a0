"""Awards whose figures are looked at."""

import pytest

from communities.places.models import PriorityPlace
from evaluation.insight.queries import sums
from evaluation.insight.queries.known import Known
from evaluation.insight.views import SHEETS
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


def all_sheets():
    known = Known()
    return {key: make(None, known).lines() for key, make in SHEETS.items()}


@pytest.fixture
def nothing_is_added_up(monkeypatch):
    """Lets nobody add up anything afresh."""

    def refuse(rounds):
        raise AssertionError("added up afresh")

    return lambda: [monkeypatch.setitem(sums.KINDS, kind, refuse) for kind in sums.KINDS]
