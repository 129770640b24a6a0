"""The facts of the white paper are loaded once, in its own words; new wording never renames the old."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from communities.core.events import Event
from communities.core.refusals import Refused
from communities.framework import operations, queries
from communities.framework.models import (
    ChainElement,
    Cohort,
    Goal,
    HeadlineFigure,
    Indicator,
    NeedWard,
    OutcomeArea,
    Principle,
)
from tests.cast import AT

PAPER = Path(__file__).resolve().parents[4] / "shared" / "seeds"


@pytest.fixture
def framework(db):
    operations.load_framework()


def test_everything_the_paper_names_is_there(framework):
    counts = {model: model.objects.count() for model in (OutcomeArea, Goal, ChainElement, Principle, Cohort, NeedWard)}
    assert list(counts.values()) == [5, 14, 5, 10, 4, 10]
    assert NeedWard.objects.exclude(district_code="").count() == 6
    assert HeadlineFigure.objects.get(code="residents-deprived").value == "123,000"


def test_the_words_are_the_papers_own(framework):
    if not PAPER.is_dir():
        pytest.skip("The white paper is not on this machine.")
    text = " ".join(path.read_text() for path in PAPER.glob("*.txt"))
    paper = re.sub(r"\s+", " ", text).replace("all- age", "all-age")
    words = [each.wording for each in Cohort.objects.all()]
    words += [each.focus for each in OutcomeArea.objects.all()] + [each.gist for each in ChainElement.objects.all()]
    words += [part for each in Goal.objects.all() for part in (each.name, each.covers)]
    words += [f"{each.wording} \u2013 {each.gloss}" for each in Principle.objects.all()]
    words += [each.quotation for each in HeadlineFigure.objects.all()]
    assert [each for each in words if each not in paper] == []


def test_sixty_one_indicators_with_goal_area_and_link(framework):
    assert Indicator.objects.count() == 61
    assert queries.catalogue().count() == 44
    lonely = Indicator.objects.get(code="HW4")
    assert (lonely.level, lonely.goal.number, lonely.area.code, lonely.chain.code) == ("outcome", 8, "HWB", "OUT")
    assert (lonely.direction, lonely.needs_baseline, lonely.aggregation) == ("down", True, "mean")
    everybody = Indicator.objects.get(code="XX1")
    assert (everybody.goal, everybody.person_based, everybody.level) == (None, True, "output")


def test_no_question_uses_the_words_of_the_trade(framework):
    trade = re.compile(r"pre/post|\bEET\b|\bpp\b|ONS4|>=|outcome|indicator|baseline", re.IGNORECASE)
    assert [each.question for each in queries.catalogue() if trade.search(each.question)] == []
    assert [each.plain for each in Goal.objects.all() if trade.search(each.plain)] == []


def test_loading_again_adds_nothing_and_leaves_no_event(framework):
    before = Event.objects.count()
    loaded = operations.load_framework()
    assert {name: each.new for name, each in loaded.items()} == dict.fromkeys(loaded, 0)
    assert Event.objects.count() == before
    assert Event.objects.get(verb="framework.load").detail.data["indicators"] == 61


def test_what_officers_changed_stays(framework):
    Goal.objects.filter(number=8).update(plain="Help people feel well")
    assert operations.load_framework()["goals"].differing == ("8. Good health & well being",)
    assert Goal.objects.get(number=8).plain == "Help people feel well"


def test_the_command_loads_all_rooms_and_is_safe_to_run_again(db, capsys):
    call_command("load_framework")
    call_command("load_framework")
    second = capsys.readouterr().out.splitlines()[-12:]
    assert "indicators: 0 added, 61 there already" in second
    assert all(": 0 added" in line for line in second)


def reworded(cohort, by, valid_from=date(2026, 9, 1)):
    return operations.reword_cohort(
        cohort, wording="Working families on low incomes", short_name="Working families", plain="Families on low pay",
        valid_from=valid_from, by=by, at=AT,
    )  # fmt: skip


def test_a_cohort_gets_new_wording_from_a_day_on(framework, grace):
    old = Cohort.objects.get(code="WF")
    new = reworded(old, grace)
    assert queries.current_cohorts(date(2026, 8, 31)).get(code="WF") == old
    assert queries.current_cohorts(date(2026, 9, 1)).get(code="WF") == new
    old.refresh_from_db()
    assert (old.wording, old.valid_to) == ("Working families", date(2026, 9, 1))


def test_wording_needs_the_right_and_a_later_day(framework, grace, carol):
    cohort = Cohort.objects.get(code="WF")
    with pytest.raises(Refused):
        reworded(cohort, carol)
    with pytest.raises(Refused):
        reworded(cohort, grace, date(2021, 1, 1))


def test_an_indicator_gets_a_new_version(framework, anil):
    old = Indicator.objects.get(code="HC6")
    new = operations.reword_indicator(
        old, name="People new to volunteering", question="How many?", unit="people", by=anil, at=AT
    )
    assert (new.version, new.active, new.goal) == (2, True, old.goal)
    old.refresh_from_db()
    assert (old.name, old.active) == ("New volunteers", False)
    with pytest.raises(Refused):
        operations.reword_indicator(old, name="x", question="x", unit="x", by=anil, at=AT)


def test_wording_of_indicators_needs_the_right(framework, carol):
    with pytest.raises(Refused):
        operations.reword_indicator(
            Indicator.objects.get(code="HC6"), name="x", question="x", unit="x", by=carol, at=AT
        )
