"""What rounds add up to, written down, is what all awards of the demonstration add up to."""

import pytest

from communities.core.sealing import seal
from evaluation.insight.models import RoundSums
from evaluation.insight.tasks import write_down_sums
from tests.evaluation.insight.conftest import all_sheets, nothing_is_added_up

__all__ = ["nothing_is_added_up"]
pytestmark = pytest.mark.world


def test_every_table_of_results_says_the_same(world, db, nothing_is_added_up):
    RoundSums.objects.all().delete()
    afresh = all_sheets()
    seal()
    write_down_sums()
    assert RoundSums.objects.count() > 2
    nothing_is_added_up()
    assert all_sheets() == afresh
