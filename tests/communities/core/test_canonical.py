"""One spelling for one value."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest

from communities.core.canonical import canonical, digest


def test_the_same_value_is_spelt_the_same_way():
    assert canonical({"b": 1, "a": "é"}) == '{"a":"é","b":1}'
    summer = timezone(timedelta(hours=1))
    assert canonical(datetime(2026, 7, 1, 12, tzinfo=summer)) == canonical(datetime(2026, 7, 1, 11, tzinfo=UTC))


def test_microseconds_and_pence_are_kept():
    assert canonical(
        [datetime(2026, 7, 1, 0, 0, 0, 1, tzinfo=UTC), Decimal("1.50"), date(2026, 7, 1), UUID(int=1)]
    ) == ('["2026-07-01T00:00:00.000001+00:00","1.50","2026-07-01","00000000-0000-0000-0000-000000000001"]')


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, object()])
def test_what_has_no_one_spelling_is_refused(value):
    with pytest.raises((TypeError, ValueError)):
        canonical(value)


def test_the_salt_changes_the_digest():
    assert digest("yes", salt="a") != digest("yes", salt="b")
