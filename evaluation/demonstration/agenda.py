"""Plays the scenes of the demonstration in the order of time, with the clock moved to each act."""

from collections.abc import Generator, Iterable
from datetime import date, datetime, timedelta
from heapq import heapify, heappop, heappush

from communities.core.clock import london, moved
from communities.core.periodic import run_due, run_periodic

# A scene yields the moment of its next act and is woken at it; what it is sent is the moment to act with.
Scene = Generator[datetime, datetime, None]
BREATH = timedelta(minutes=3)  # two acts of one scene never fall on the same moment
WEEK = timedelta(days=7)
EVERY_DAY = ("send_messages", "seal_events")


def play(scenes: Iterable[Scene]) -> None:
    """Play all scenes together. Between them the fund's own clockwork runs: mail, seals, deadlines, reminders."""
    waiting = [(next(scene), order, scene) for order, scene in enumerate(scenes)]
    heapify(waiting)
    clockwork = Clockwork()
    while waiting:
        at, order, scene = heappop(waiting)
        clockwork.turn(at)
        with moved(at):
            try:
                following = scene.send(at)
            except StopIteration:
                continue
        heappush(waiting, (max(following, at + BREATH), order, scene))


class Clockwork:
    """Does between the acts what the relay would have done."""

    def __init__(self) -> None:
        self.last: datetime | None = None
        self.swept: date | None = None

    def turn(self, at: datetime) -> None:
        """When a day is over: send and seal what it left. Once a week: everything else as well."""
        day = london(at).date()
        if self.last is not None and london(self.last).date() != day:
            with moved(self.last + BREATH):
                for name in EVERY_DAY:
                    run_periodic(name)
            if self.swept is None or day - self.swept >= WEEK:
                self.swept = day
                with moved(at):
                    run_due()
        self.last = at
