"""Working days, deadlines in Essex time, financial years, and the one clock."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from communities.core.clock import london, moved, now, today
from communities.core.dates import (
    LocalDeadlineField,
    add_working_days,
    deadline,
    financial_year,
    is_working_day,
    working_days_between,
)


def test_ten_working_days_over_easter():
    assert add_working_days(date(2027, 3, 19), 10) == date(2027, 4, 6)
    assert working_days_between(date(2027, 3, 19), date(2027, 4, 6)) == 10


def test_bank_holidays_and_weekends_are_no_working_days():
    off = [date(2026, 12, 25), date(2026, 12, 28), date(2027, 3, 26), date(2027, 3, 27), date(2026, 8, 31)]
    assert [is_working_day(day) for day in off] == [False] * 5
    assert is_working_day(date(2026, 12, 24))


def test_the_councils_closures_count_too(settings):
    settings.COUNCIL_CLOSURES = ["2026-12-24", "2026-12-29/2026-12-31"]
    assert add_working_days(date(2026, 12, 23), 1) == date(2027, 1, 4)


def test_days_backwards():
    assert add_working_days(date(2027, 4, 6), -10) == date(2027, 3, 19)
    assert working_days_between(date(2027, 4, 6), date(2027, 3, 19)) == -10


def test_a_moment_counts_as_the_day_it_is_in_essex():
    assert add_working_days(datetime(2026, 7, 1, 23, 30, tzinfo=UTC), 1) == date(2026, 7, 3)


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(1, 60))
def test_counting_there_and_back_agree(start, count):
    end = add_working_days(start, count)
    assert is_working_day(end)
    assert working_days_between(start, end) == count


@pytest.mark.parametrize(
    ("day", "year"), [(date(2027, 3, 31), 2026), (date(2027, 4, 1), 2027), (date(2027, 1, 1), 2026)]
)
def test_the_financial_year_turns_on_the_first_of_april(day, year):
    assert financial_year(day) == year


def test_the_financial_year_of_a_moment_is_that_of_essex():
    assert financial_year(datetime(2027, 3, 31, 23, 30, tzinfo=UTC)) == 2027


def test_noon_in_october_is_one_moment():
    field = LocalDeadlineField()
    assert field.clean(["30/10/2026", "12:00"]) == datetime(2026, 10, 30, 12, 0, tzinfo=UTC)
    assert field.clean(["01/07/2026", "12:00"]) == datetime(2026, 7, 1, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(("day", "says"), [("25/10/2026", "comes twice"), ("28/03/2027", "does not exist")])
def test_half_past_one_on_the_nights_of_change_is_refused(day, says):
    with pytest.raises(ValidationError, match=says):
        LocalDeadlineField().clean([day, "01:30"])


def test_the_hours_beside_the_change_are_fine():
    assert deadline(date(2026, 10, 25), time(0, 59)) == datetime(2026, 10, 24, 23, 59, tzinfo=UTC)
    assert deadline(date(2026, 10, 25), time(2, 0)) == datetime(2026, 10, 25, 2, 0, tzinfo=UTC)
    assert deadline(date(2027, 3, 28), time(2, 0)) == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(("typed", "says"), [(["", "12:00"], "date"), (["30/10/2026", ""], "time")])
def test_half_a_deadline_asks_for_the_other_half(typed, says):
    with pytest.raises(ValidationError, match=says):
        LocalDeadlineField().clean(typed)


def test_a_deadline_is_shown_as_essex_clocks_show_it():
    assert LocalDeadlineField().prepare_value(datetime(2026, 7, 1, 11, 0, tzinfo=UTC)) == datetime(2026, 7, 1, 12, 0)  # noqa: DTZ001


def test_the_clock_stands_where_it_is_put_and_runs_again():
    there = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    with moved(there):
        assert (now(), today(), london(now()).hour) == (there, date(2026, 7, 2), 0)
        with moved(there + timedelta(days=1)):
            assert now() == there + timedelta(days=1)
        assert now() == there
    assert abs(now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_clock_needs_a_time_zone():
    with pytest.raises(ValueError, match="zone"), moved(datetime(2026, 1, 1)):  # noqa: DTZ001
        pass
