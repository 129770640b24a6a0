"""The days of the demonstration: counted from today, so that its rounds are always open and its panel meets soon."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from communities.core.clock import LONDON
from communities.core.dates import add_working_days, is_working_day


@dataclass(frozen=True)
class Calendar:
    """Days before (below zero) and after the day on which the demonstration is loaded."""

    today: date

    def day(self, offset: int) -> date:
        """A day as it stands in the calendar, working day or not: the first or last day of an activity."""
        return self.today + timedelta(days=offset)

    def working_day(self, offset: int) -> date:
        """A day on which the council is at work: the one before, for the past, or the next, for the future."""
        day = self.day(offset)
        return day if is_working_day(day) else add_working_days(day, -1 if offset < 0 else 1)

    def at(self, offset: int, clock: str) -> datetime:
        """A moment of people's own time."""
        return self._moment(self.day(offset), clock)

    def office(self, offset: int, clock: str) -> datetime:
        """A moment of the council's time."""
        return self._moment(self.working_day(offset), clock)

    def _moment(self, day: date, clock: str) -> datetime:
        return datetime.combine(day, time.fromisoformat(clock), tzinfo=LONDON)
