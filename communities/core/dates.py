"""Promises in working days, deadlines in Essex time, and the council's financial year."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

import holidays
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from communities.core.clock import LONDON, london

SATURDAY = 5


@lru_cache(maxsize=200)
def bank_holidays(year: int) -> frozenset[date]:
    """England's bank holidays, substitute days included."""
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def closures() -> frozenset[date]:
    """Days on which the council is closed besides: the setting COUNCIL_CLOSURES, ISO dates or from/to pairs."""
    return _closures(tuple(getattr(settings, "COUNCIL_CLOSURES", ())))


@lru_cache(maxsize=8)
def _closures(spans: tuple[str, ...]) -> frozenset[date]:
    days: set[date] = set()
    for span in spans:
        first, _, last = span.partition("/")
        day, end = date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip())
        while day <= end:
            days.add(day)
            day += timedelta(days=1)
    return frozenset(days)


def is_working_day(day: date) -> bool:
    """Is the council at work on this day."""
    return day.weekday() < SATURDAY and day not in bank_holidays(day.year) and day not in closures()


def add_working_days(start: date, count: int) -> date:
    """The working day that many working days after (or, below zero, before) a date. The date itself is day nought."""
    day, step, left = _day(start), timedelta(days=1 if count >= 0 else -1), abs(count)
    while left:
        day += step
        left -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and with `end`; below zero when `end` is earlier."""
    first, last = _day(start), _day(end)
    if last < first:
        return -working_days_between(last, first)
    return sum(is_working_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


def financial_year(day: date) -> int:
    """The year in which the council's financial year of this day began: 1 April to 31 March."""
    day = _day(day)
    return day.year if (day.month, day.day) >= (4, 1) else day.year - 1


def _day(value: date) -> date:
    # a moment counts as the day it is in Essex
    return london(value).date() if isinstance(value, datetime) else value


def deadline(day: date, at: time) -> datetime:
    """The moment at which clocks in Essex show this; refuses the hour that is skipped and the one that comes twice."""
    shown = datetime.combine(day, at, tzinfo=LONDON)
    moment = shown.astimezone(UTC)
    if moment.astimezone(LONDON).replace(fold=0) != shown:
        raise ValidationError("The clocks go forward that night, so this time does not exist", code="missing")
    if shown.replace(fold=1).astimezone(UTC) != moment:
        raise ValidationError("The clocks go back that night, so this time comes twice. Choose another", code="twice")
    return moment


class LocalDeadlineField(forms.SplitDateTimeField):
    """A date and a time in Essex, kept as one exact moment."""

    def clean(self, value: Any) -> Any:
        """Ask for the half that is missing."""
        if isinstance(value, list | tuple) and any(value) and not all(value):
            raise ValidationError("Enter the time, like 12:00" if value[0] else "Enter the date", code="half")
        return super().clean(value)

    def compress(self, data_list: Any) -> datetime | None:
        """Both parts as one moment."""
        return deadline(*data_list) if data_list else None

    def prepare_value(self, value: Any) -> Any:
        """Shown as Essex clocks show it."""
        return london(value).replace(tzinfo=None) if isinstance(value, datetime) and value.tzinfo else value
