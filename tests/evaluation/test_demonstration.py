"""The demonstration is counted from the day on which it is loaded: it plays on every day of the year."""

from datetime import date, datetime, time

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F

from communities.core.clock import LONDON, london, moved
from grants.applications.models import Submission

# the guards load it on PostgreSQL, as of today
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="once is enough: on SQLite"),
]


def test_it_plays_when_its_second_round_would_close_on_easter_monday():
    """The longest way back to a working day: those who send last send before noon of Maundy Thursday, not after it."""
    with moved(datetime.combine(date(2027, 6, 12), time(9), tzinfo=LONDON)):
        call_command("load_framework", verbosity=0)
        call_command("load_demo", verbosity=0)
    first = Submission.objects.filter(number=1)
    last = first.filter(application__round__title__startswith="Round 2").latest("sent_at")
    assert london(last.application.round.closes_at) == datetime(2027, 3, 25, 12, tzinfo=LONDON)
    assert not first.filter(sent_at__gte=F("application__round__closes_at")).exists()
