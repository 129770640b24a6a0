"""Plain arithmetic of the benchmark."""

import statistics
from collections.abc import Sequence


def median(values: Sequence[float]) -> float:
    """The middle."""
    return statistics.median(values)


def percentile(values: Sequence[float], part: int) -> float:
    """The value that so many of a hundred stay within."""
    ordered = sorted(values)
    place = max(0, -(-len(ordered) * part // 100) - 1)
    return ordered[place]


def growth(by_size: dict[int, float]) -> float | None:
    """How many times as long it takes at the largest size as at the smallest; nothing to say of one size."""
    if len(by_size) < 2:
        return None
    return by_size[max(by_size)] / by_size[min(by_size)]
