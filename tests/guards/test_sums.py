"""What rounds add up to, written down, is what all awards of the demonstration add up to."""

import pytest

from communities.core.sealing import seal
from evaluation.insight.models import RoundSums
from evaluation.insight.queries import sums
from evaluation.insight.queries.known import Known
from evaluation.insight.tasks import write_down_sums
from evaluation.insight.views import SHEETS

pytestmark = pytest.mark.world


def all_sheets():
    known = Known()
    return {key: make(None, known).lines() for key, make in SHEETS.items()}


def test_every_table_of_results_says_the_same(world, db, monkeypatch):
    RoundSums.objects.all().delete()
    afresh = all_sheets()
    seal()
    write_down_sums()
    assert RoundSums.objects.count() > 2

    def refuse(rounds):
        raise AssertionError("added up afresh")

    for kind in sums.KINDS:
        monkeypatch.setitem(sums.KINDS, kind, refuse)
    assert all_sheets() == afresh
