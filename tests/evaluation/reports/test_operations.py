"""A report is owed from the acceptance, written together, sent by a leader, and leaves figures when accepted."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from communities.core.clock import moved
from communities.core.lifecycle import Moment
from communities.core.models import Event, Message
from communities.core.refusals import Refused
from communities.groups.models import Membership
from evaluation.reports import operations
from evaluation.reports.lifecycle import final_report_is_in
from evaluation.reports.models import Observation, OutcomeReport, ReportSubmission
from evaluation.reports.tasks import remind_of_reports
from grants.awards.models import AWARD
from tests.cast import account
from tests.factories.awards import join
from tests.factories.reports import ENDED, award_of, group_of, indicator, report_of, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def award(asha, ben, carol, grace):
    return award_of(group_of(asha, ben), asha, ben, carol, grace)


@pytest.fixture
def sent(award, asha):
    report = write(report_of(award), asha)
    return operations.submit(report, by=asha, at=ENDED)


def test_an_accepted_offer_owes_a_final_report_a_month_after_its_end(award):
    report = report_of(award)
    assert (report.status, report.requirement.due_on, report.case) == ("draft", date(2027, 7, 30), award.case)


@pytest.mark.parametrize(
    ("day", "months", "due"),
    [
        (date(2027, 6, 30), 1, date(2027, 7, 30)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2027, 5, 31), 1, date(2027, 6, 30)),
    ],
)
def test_months_are_counted_by_the_calendar(day, months, due):
    assert operations.add_months(day, months) == due


def test_everybody_in_the_group_writes_and_only_a_leader_sends(award, asha, ben):
    report = write(report_of(award), ben)
    with pytest.raises(Refused, match="right"):
        operations.submit(report, by=ben, at=ENDED)
    sent = operations.submit(report, by=asha, at=ENDED)
    assert (sent.status, sent.submitted_by) == ("submitted", asha)
    assert Message.objects.filter(template="report_received").count() == 1


def test_a_stranger_and_an_officer_may_not_write(award, carol, db):
    for somebody in (account("Sam Stranger"), carol):
        with pytest.raises(Refused, match="right"):
            write(report_of(award), somebody)


def test_an_incomplete_report_is_refused_and_names_the_questions(award, asha):
    report = write(report_of(award), asha, people=None, changed="")
    with pytest.raises(Refused, match=r"How many different people took part.*What changed"):
        operations.submit(report, by=asha, at=ENDED)
    assert not ReportSubmission.objects.exists()


def test_what_was_sent_never_changes(sent, asha):
    with pytest.raises(Refused, match="sent"):
        write(sent, asha, people=1)
    copy = ReportSubmission.objects.get()
    assert (copy.number, copy.content["people_reached"], len(copy.digest)) == (1, 64, 64)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportSubmission.objects.update(digest="x")


def test_two_people_writing_at_once_do_not_overwrite_each_other(award, asha, ben):
    report = report_of(award)
    write(report, asha, version=report.version)
    with pytest.raises(Refused, match="Somebody else changed this"):
        write(report, ben, version=report.version)


def test_an_officer_asks_and_the_answer_is_the_second_copy(sent, asha, carol):
    report = operations.send_back(sent, reason="How many of them were children?", by=carol, at=ENDED)
    assert (report.status, report.returned_note) == ("returned", "How many of them were children?")
    report = operations.submit(write(report, asha, people=70), by=asha, at=ENDED)
    assert list(report.submissions.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_an_accepted_report_leaves_figures_to_the_evaluation(sent, carol):
    people = indicator()
    target = sent.results.get().target
    type(target).objects.filter(pk=target.pk).update(indicator=indicator("HC4"))
    report = operations.accept(sent, is_verified=True, by=carol, at=ENDED)
    assert (report.status, report.accepted_by) == ("accepted", carol)
    found = {one.indicator.code: (one.value, one.evidence) for one in Observation.objects.all()}
    assert found == {"XX1": (64, 2), "HC4": (58, 2)}
    assert people.observations.get().award == report.requirement.award


def test_the_group_cannot_accept_its_own_report(sent, asha):
    with pytest.raises(Refused, match="right"):
        operations.accept(sent, by=asha, at=ENDED)


def test_a_target_in_own_words_is_mapped_later_and_gives_its_figure_then(sent, carol, anil):
    operations.accept(sent, by=carol, at=ENDED)
    target = sent.results.get().target
    with pytest.raises(Refused, match="right"):
        operations.map_target(target, indicator=indicator("HC6"), by=carol, at=ENDED)
    operations.map_target(target, indicator=indicator("HC6"), by=anil, at=ENDED)
    target.refresh_from_db()
    assert (target.own_words, target.indicator.code) == ("60 people eat together", "HC6")
    assert Observation.objects.get(indicator__code="HC6").value == 58
    assert Event.objects.get(verb="awardtarget.map", actor=anil).case == target.version.award.case


def test_mapped_anew_the_later_figure_counts_and_both_stay(sent, carol, anil):
    operations.accept(sent, by=carol, at=ENDED, is_verified=True)
    target = sent.results.get().target
    for code in ("HC6", "HC4", "HC4"):
        operations.map_target(target, indicator=indicator(code), by=anil, at=ENDED)
    found = [(one.indicator.code, one.number) for one in target.observations.order_by("number")]
    assert found == [("HC6", 1), ("HC4", 2)]


def test_a_target_is_not_mapped_to_an_indicator_that_is_not_in_use(sent, anil):
    old = indicator("HC6")
    type(old).objects.filter(pk=old.pk).update(active=False)
    old.refresh_from_db()
    with pytest.raises(Refused, match="not in use"):
        operations.map_target(sent.results.get().target, indicator=old, by=anil, at=ENDED)


def test_an_award_is_completed_only_after_its_report_is_accepted(sent, award, carol):
    moment = Moment(carol, ENDED)
    assert final_report_is_in in AWARD.steps["complete"].needs
    assert final_report_is_in.refused(award, moment).sentence == "The final report has not been accepted yet."
    operations.accept(sent, by=carol, at=ENDED)
    assert final_report_is_in.refused(award, moment) is None


def test_groups_are_reminded_once_before_and_once_after_the_day(award):
    for moment, template, count in (
        (datetime(2027, 6, 1, tzinfo=UTC), "report_due", 0),
        (datetime(2027, 7, 20, tzinfo=UTC), "report_due", 1),
        (datetime(2027, 7, 21, tzinfo=UTC), "report_due", 1),
        (datetime(2027, 8, 8, tzinfo=UTC), "report_overdue", 1),
    ):
        with moved(moment):
            remind_of_reports()
        assert Message.objects.filter(template=template).count() == count


def test_a_member_who_left_no_longer_sees_the_report(award, asha, ben):
    Membership.objects.filter(person=ben.person).update(ends_on=date(2027, 1, 20))
    assert not OutcomeReport.objects.visible_to(ben).exists()
    assert OutcomeReport.objects.visible_to(asha).count() == 1


def test_a_new_leader_can_send_it(award):
    dora = account("Dora New")
    join(award.group, dora.person, "member", leads=True)
    assert operations.submit(write(report_of(award), dora), by=dora, at=ENDED).submitted_by == dora
