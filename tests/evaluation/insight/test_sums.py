"""What rounds add up to is written down, and counts only while nothing has happened in the round since."""

from datetime import timedelta

import pytest

from communities.core.clock import moved, now
from communities.core.sealing import seal
from evaluation.insight import tasks
from evaluation.insight.models import RoundSums
from evaluation.insight.queries import sums
from evaluation.insight.queries.known import Known
from evaluation.insight.tasks import write_down_sums
from evaluation.insight.views import SHEETS
from evaluation.reports import operations as reports
from grants.awards.models import AwardTarget
from tests.evaluation.insight.conftest import all_sheets
from tests.factories.reports import ENDED, indicator, report_of, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(awards):
    """Everything that happened is sealed, and the sums are written down."""
    seal()
    write_down_sums()
    assert RoundSums.objects.count() == 1


def test_what_is_written_down_says_the_same_and_is_not_added_up_again(awards, nothing_is_added_up):
    AwardTarget.objects.filter(version__award=awards[0]).update(indicator=indicator("HC6"))
    afresh = all_sheets()
    seal()
    write_down_sums()
    nothing_is_added_up()
    assert all_sheets() == afresh


@pytest.mark.parametrize("sealed", [False, True])
def test_what_happens_in_a_round_shows_at_once(kept, awards, asha, carol, sealed):
    before = all_sheets()
    report = write(report_of(awards[0]), asha)
    reports.accept(reports.submit(report, by=asha, at=ENDED), by=carol, at=ENDED)
    if sealed:
        seal()
    now_ = all_sheets()
    assert now_["reports-by-place-and-goal"] != before["reports-by-place-and-goal"]
    RoundSums.objects.all().delete()
    assert now_ == all_sheets()


def test_a_target_that_is_mapped_late_shows_at_once(kept, awards, anil):
    target = AwardTarget.objects.filter(version__award=awards[0])[0]
    reports.map_target(target, indicator=indicator("HC6"), by=anil, at=ENDED)
    assert str(indicator("HC6")) in str(all_sheets()["targets"])


def test_without_the_events_old_sums_would_be_shown(kept, awards, asha, carol, monkeypatch):
    """The control."""
    before = all_sheets()
    report = write(report_of(awards[0]), asha)
    reports.accept(reports.submit(report, by=asha, at=ENDED), by=carol, at=ENDED)
    monkeypatch.setattr(sums, "changed_since", lambda upto: set())
    assert all_sheets()["reports-by-place-and-goal"] == before["reports-by-place-and-goal"]


def test_only_rounds_in_which_something_happened_are_written_down_again_and_all_once_a_day(
    kept, awards, asha, monkeypatch
):
    again = []
    monkeypatch.setattr(tasks, "written", lambda round_: again.append(round_) or {})
    write_down_sums()
    assert again == []
    write(report_of(awards[0]), asha)
    write_down_sums()
    assert again == [awards[0].application.round_id]
    with moved(now() + timedelta(days=1, minutes=1)):
        write_down_sums()
    assert len(again) == 2


def test_a_round_by_itself_is_always_added_up(kept, awards, nothing_is_added_up):
    nothing_is_added_up()
    with pytest.raises(AssertionError, match="afresh"):
        SHEETS["targets"](awards[0].application.round, Known())
