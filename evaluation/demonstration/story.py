"""All scenes of the demonstration. They are played together, in the order of time."""

from collections.abc import Iterator

from evaluation.demonstration import closed, current, earlier
from evaluation.demonstration.agenda import Scene
from evaluation.demonstration.rounds import CALLS, call, curtain_up
from evaluation.demonstration.stage import Stage


def scenes(stage: Stage) -> Iterator[Scene]:
    """First the council and its rounds, then what happens in each."""
    yield curtain_up(stage)
    for key in CALLS:
        yield call(stage, key)
    for round_ in (earlier, closed, current):
        yield from round_.scenes(stage)
