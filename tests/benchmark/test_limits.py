import pytest

from benchmark.limits import LIMITS, Limit, limit_of


def test_a_limit_reads_as_in_the_issue():
    assert limit_of("queue", 10_000).text == "8x, 15 SQL, 100 KB"
    assert limit_of("export", 10_000).text == "20x, +40 MiB"
    assert Limit().text == "-"


@pytest.mark.parametrize("kind", sorted(set(LIMITS) - {"evaluation"}))
def test_limits_do_not_move_with_the_number_of_bids(kind):
    assert limit_of(kind, 1000) == limit_of(kind, 1_000_000)


def test_evaluation_may_take_longer_over_a_whole_country():
    assert limit_of("evaluation", 199_999).ratio == 15
    assert limit_of("evaluation", 200_000).ratio == 30
