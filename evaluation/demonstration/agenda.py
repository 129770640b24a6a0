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
        with moved(at):
            clockwork.tick(at)
            try:
                following = scene.send(at)
            except StopIteration:
                continue
        heappush(waiting, (max(following, at + BREATH), order, scene))


class Clockwork:
    """Does on each day of the story what the relay would have done."""

    def __init__(self) -> None:
        self.day: date | None = None
        self.swept: date | None = None

    def tick(self, at: datetime) -> None:
        """Once a day: send and seal. Once a week: everything else as well."""
        today = london(at).date()
        if today == self.day:
            return
        self.day = today
        if self.swept is None or today - self.swept >= WEEK:
            self.swept = today
            run_due()
        else:
            for name in EVERY_DAY:
                run_periodic(name)
