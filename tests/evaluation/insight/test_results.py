"""The questions asked of all awards: they add up, say what is missing, and lead to the awards behind them."""

from decimal import Decimal

import pytest
from django.urls import reverse

from communities.core.models import Event
from evaluation.insight.queries import heads, money, outcomes, quality
from evaluation.insight.queries.known import Known
from evaluation.reports import operations as reports
from grants.awards.models import AwardTarget
from tests.factories.awards import offer
from tests.factories.reports import ENDED, indicator, report_of, write
from tests.statements import asked_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_second_factor(settings):
    settings.STAFF_SECOND_FACTOR = False


def rows(sheet):
    return {row[0].value: [cell.value for cell in row[1:]] for row in sheet.rows}


def test_money_by_place_and_goal_adds_up_to_the_penny_and_agrees_with_the_ledger(awards, tendring):
    sheet = money.by_place_and_goal(None, Known())
    found = rows(sheet)
    assert found["Tendring"][-1] == Decimal("826.00")
    assert found["Elsewhere in the county (cohort)"][-1] == Decimal("2354.00")
    assert sheet.foot[-1].value == Decimal("3180.00")
    assert sheet.notes[-1].startswith("Agrees with the ledger to the penny: £3,180.00")


def test_a_cohort_table_has_no_total_row_because_shares_overlap(awards):
    sheet = money.by_cohort_and_goal(None, Known())
    assert rows(sheet)["SEND"][-1] == Decimal("1272.00")
    assert sheet.foot == []


def test_a_figure_leads_to_the_awards_behind_it(client, awards, anil):
    client.force_login(anil)
    [cell] = [row[-1] for row in money.by_place_and_goal(None, Known()).rows if row[0].value == "Tendring"]
    page = client.get(cell.href).content.decode()
    assert awards[0].reference in page
    assert awards[1].reference not in page


def test_reached_stands_against_agreed_and_what_nobody_reported_is_seen(awards, asha, carol):
    AwardTarget.objects.update(indicator=indicator("HC6"))
    report = write(report_of(awards[0]), asha)
    reports.accept(reports.submit(report, by=asha, at=ENDED), by=carol, at=ENDED)
    [row] = outcomes.against_targets(None, Known()).rows
    shown = {column.key: cell.value for column, cell in zip(outcomes.TARGET_COLUMNS, row, strict=True)}
    assert (shown["targets"], shown["agreed"], shown["agreed_told"], shown["reached"]) == (2, 120, 60, 58)
    assert (shown["told"], shown["not_reported"]) == (1, 1)


def test_people_reached_says_who_has_not_told_us(awards, asha, carol):
    indicator()
    assert rows(outcomes.people_reached(None, Known()))["Tendring"] == [None, 0, 1]
    report = write(report_of(awards[0]), asha)
    reports.accept(reports.submit(report, by=asha, at=ENDED), by=carol, at=ENDED)
    assert rows(outcomes.people_reached(None, Known()))["Tendring"] == [45, 1, 0]


def test_what_is_not_loaded_reads_so_and_never_nought(awards):
    sheet = heads.per_head_by_place(None, Known())
    [row] = [row for row in sheet.rows if row[0].value == "Tendring"]
    assert [cell.text for cell in row[1:]] == ["£826", "not loaded", "not loaded", "not loaded"]
    assert str(heads.headline()["computed"]) == "not loaded"


def test_awards_without_a_known_area_have_a_row_of_their_own(awards):
    sheet = heads.per_head_by_band(None, Known())
    assert [cell.value for cell in sheet.rows[-1]][:3] == ["Not known where", Decimal("3180.00"), 2]


def test_completeness_shows_what_is_known_of_what_could_be(awards):
    found = rows(quality.completeness(None, ENDED.date(), Known()))
    assert found["Targets that a report speaks of"] == [0, 2, 0]
    assert found["Reports accepted, of those due"] == [0, 0, None]


@pytest.mark.parametrize("name", ["money", "outcomes", "people"])
def test_each_page_opens_for_analysts_and_not_for_groups(client, awards, anil, asha, name):
    client.force_login(anil)
    assert client.get(reverse("evaluation:page", args=[name])).status_code == 200
    client.force_login(asha)
    assert client.get(reverse("evaluation:page", args=[name])).status_code == 404


def test_one_round_can_be_chosen_and_nonsense_is_not_found(client, awards, anil):
    client.force_login(anil)
    round_ = awards[0].application.round
    assert round_.title in client.get(reverse("evaluation:home"), {"round": round_.public_id}).content.decode()
    assert client.get(reverse("evaluation:home"), {"round": "nonsense"}).status_code == 404


def test_a_table_is_taken_away_with_its_dictionary_and_leaves_an_event(client, awards, anil):
    client.force_login(anil)
    lines = b"".join(client.get(reverse("evaluation:download", args=["money-by-place-and-goal"]))).decode("utf-8-sig")
    assert lines.splitlines()[0].startswith("place,goal_")
    assert any(line.startswith("Tendring,") and line.endswith(",826.00") for line in lines.splitlines())
    meaning = b"".join(client.get(reverse("evaluation:dictionary", args=["money-by-place-and-goal"]))).decode(
        "utf-8-sig"
    )
    assert "The place that the group named" in meaning
    assert Event.objects.filter(verb="results.export", actor=anil).count() == 1


def test_the_number_of_queries_does_not_grow_with_the_awards(
    client, awards, asha, ben, carol, grace, anil, django_assert_max_num_queries
):
    client.force_login(anil)
    addresses = [reverse("evaluation:home"), reverse("evaluation:awards")]
    addresses += [reverse("evaluation:page", args=[name]) for name in ("money", "outcomes", "people")]
    with django_assert_max_num_queries(70) as few:
        for address in addresses:
            with asked_once(18):
                client.get(address)
    for _ in range(4):
        offer(awards[0].group, officer=carol, ratifier=grace)
    with django_assert_max_num_queries(len(few)):
        for address in addresses:
            client.get(address)
