from benchmark.figures import growth, median, percentile


def test_the_middle_of_an_even_number_lies_between():
    assert median([1.0, 2.0, 10.0, 20.0]) == 6.0


def test_a_percentile_is_a_value_that_was_measured():
    values = [float(number) for number in range(1, 21)]

    assert percentile(values, 95) == 19.0
    assert percentile(values, 100) == 20.0
    assert percentile([7.0], 95) == 7.0
    assert percentile([3.0, 1.0, 2.0], 50) == 2.0


def test_growth_compares_the_largest_with_the_smallest():
    assert growth({100_000: 6.0, 1000: 4.0, 10_000: 50.0}) == 1.5


def test_one_size_says_nothing_of_growth():
    assert growth({1000: 4.0}) is None
