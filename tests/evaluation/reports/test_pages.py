"""The group's report pages and the officers'."""

import pytest
from django.urls import reverse

from evaluation.reports import operations
from tests.cast import account
from tests.factories.reports import ENDED, award_of, group_of, indicator, report_of, write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_second_factor(settings):
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def report(asha, ben, carol, grace):
    return report_of(award_of(group_of(asha, ben), asha, ben, carol, grace))


def answers(report, **more):
    target = report.requirement.award.versions.get().targets.get()
    return {
        "version": report.version, "happened": "yes", "people": "64", f"target-{target.pk}-value": "58",
        "changed": "Company.", "worked_less": "Too few ovens.",
    } | more  # fmt: skip


def test_the_page_asks_what_this_size_is_asked_and_shows_the_own_target(client, report, asha):
    client.force_login(asha)
    body = client.get(reverse("reports:report", args=[report.public_id])).content.decode()
    for words in ("Did it happen?", "60 people eat together", "You planned 60", "30 July 2027"):
        assert words in body


def test_saving_half_a_report_keeps_it_for_later(client, report, ben):
    client.force_login(ben)
    address = reverse("reports:report", args=[report.public_id])
    response = client.post(address, {"version": report.version, "people": "12", "save": "1"})
    report.refresh_from_db()
    assert (response.status_code, report.people_reached) == (302, 12)
    assert 'value="12"' in client.get(address).content.decode()


def test_a_wrong_figure_is_named_and_everything_typed_is_still_there(client, report, asha):
    client.force_login(asha)
    typed = answers(report, people="lots", check="1")
    response = client.post(reverse("reports:report", args=[report.public_id]), typed)
    body = response.content.decode()
    assert response.status_code == 400
    for words in ("There is a problem", 'value="lots"', "Too few ovens."):
        assert words in body


def test_a_leader_checks_and_sends(client, report, asha):
    client.force_login(asha)
    response = client.post(reverse("reports:report", args=[report.public_id]), answers(report, check="1"))
    check = reverse("reports:check", args=[report.public_id])
    assert response.url == check
    assert "Send the report" in client.get(check).content.decode()
    client.post(check)
    report.refresh_from_db()
    assert report.status == "submitted"


def test_a_member_who_is_no_leader_is_told_who_sends(client, report, ben):
    write(report, ben)
    client.force_login(ben)
    body = client.get(reverse("reports:check", args=[report.public_id])).content.decode()
    assert "One of the declared leaders" in body
    assert "Send the report" not in body


def test_an_older_page_is_refused_with_what_was_typed(client, report, asha):
    client.force_login(asha)
    typed = answers(report, check="1")
    write(report, asha)
    response = client.post(reverse("reports:report", args=[report.public_id]), typed)
    body = response.content.decode()
    assert response.status_code == 400
    assert "Somebody else changed this" in body
    assert "Too few ovens." in body


def test_others_do_not_find_it(client, report):
    client.force_login(account("Sam Stranger"))
    for name in ("report", "check"):
        assert client.get(reverse(f"reports:{name}", args=[report.public_id])).status_code == 404


def test_an_officer_reads_it_in_the_office_and_accepts(client, report, asha, carol):
    operations.submit(write(report, asha), by=asha, at=ENDED)
    client.force_login(carol)
    page = client.get(reverse("admin:evaluation_outcomereport_change", args=[report.pk])).content.decode()
    assert "Too few ovens." in page
    client.post(reverse("admin:evaluation_outcomereport_step", args=[report.pk, "accept"]), {"is_verified": "on"})
    report.refresh_from_db()
    assert report.status == "accepted"


def test_the_home_page_and_the_award_lead_to_the_report(client, report, asha):
    client.force_login(asha)
    address = reverse("reports:report", args=[report.public_id])
    for page in (reverse("home"), reverse("awards:award", args=[report.requirement.award.public_id])):
        assert address in client.get(page).content.decode()


def test_an_analyst_says_what_counts_a_target_in_own_words(client, report, asha, anil):
    target, counts = report.requirement.award.versions.get().targets.get(), indicator("HC6")
    client.force_login(anil)
    results = client.get(reverse("evaluation:page", args=["outcomes"])).content.decode()
    waiting = f"{reverse('admin:grants_awardtarget_changelist')}?counted=no"
    assert waiting in results
    page = reverse("admin:grants_awardtarget_change", args=[target.pk])
    assert page in client.get(waiting).content.decode()
    act = reverse("admin:grants_awardtarget_act", args=[target.pk, "map"])
    assert act in client.get(page).content.decode()
    assert client.post(act, {"indicator": ""}).status_code == 400
    assert "from now on" in client.post(act, {"indicator": counts.pk}, follow=True).content.decode()
    target.refresh_from_db()
    assert (target.own_words, target.indicator) == ("60 people eat together", counts)
    assert page not in client.get(waiting).content.decode()


def test_officers_read_targets_and_do_not_map_them(client, report, carol):
    target = report.requirement.award.versions.get().targets.get()
    client.force_login(carol)
    page = client.get(reverse("admin:grants_awardtarget_change", args=[target.pk]))
    assert (page.status_code, "/act/map/" in page.content.decode()) == (200, False)
    assert client.get(reverse("admin:grants_awardtarget_act", args=[target.pk, "map"])).status_code == 404
