"""The office's pages of checks and holds, and what they add to the page of a group."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communities.diligence.models import CheckType, GroupCheck, Hold
from tests.factories.checks import CheckTypeFactory, GroupCheckFactory, HoldFactory
from tests.factories.groups import make_group

KINDS, CHECKS, HOLDS = (f"/office/communities/{name}/" for name in ("checktype", "groupcheck", "hold"))


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def page_of(group, act=""):
    return f"/office/communities/group/{group.pk}/{f'step/{act}' if act else 'change'}/"


def test_a_groups_page_shows_every_kind_of_check_and_its_holds(as_, group, identity, carol):
    CheckTypeFactory(code="account")
    CheckTypeFactory(code="subsidy", subject="bid")
    GroupCheckFactory(group=group, check_type=identity, checked_by=carol, note="Spoke to Asha.")
    HoldFactory(group=group)
    page = text(as_(carol).get(page_of(group)))
    assert "Check of identity Passed Spoke to Asha. Carol Reed, 8 Oct 2026 8 Oct 2027 Check again" in page
    assert "Check of account Not made yet" in page
    assert "Check of subsidy" not in page
    assert "On hold: a report is overdue" in page
    assert "Clear this hold" not in page


def test_a_check_is_written_down_from_the_groups_page(as_, group, identity, carol):
    as_(carol).post(page_of(group, "check"), {"check_type": identity.pk, "result": "passed", "note": ""})
    assert GroupCheck.objects.get().group == group


def test_a_no_without_a_reason_keeps_what_was_chosen(as_, group, identity, carol):
    answer = as_(carol).post(page_of(group, "check"), {"check_type": identity.pk, "result": "failed", "note": ""})
    assert answer.status_code == 400
    assert "Enter why" in text(answer)
    assert f'<option value="{identity.pk}" selected' in answer.content.decode()


def test_a_date_that_is_none_is_refused(as_, group, identity, carol):
    typed = {"check_type": identity.pk, "result": "passed", "valid_until_day": "31", "valid_until_month": "2"}
    answer = as_(carol).post(page_of(group, "check"), {**typed, "valid_until_year": "2027"})
    assert (answer.status_code, GroupCheck.objects.count()) == (400, 0)


def test_a_hold_is_set_and_cleared_from_the_groups_page(as_, group, grace, carol):
    assert as_(carol).post(page_of(group, "hold"), {"kind": "debt", "reason": "x"}).status_code == 404
    as_(grace).post(page_of(group, "hold"), {"kind": "debt", "reason": "£50 are owed."})
    hold = Hold.objects.get()
    as_(grace).post(page_of(group, "free"), {"hold": hold.pk, "reason": "It was paid."})
    hold.refresh_from_db()
    assert hold.cleared_by == grace


def test_a_hold_of_another_group_cannot_be_cleared_here(as_, group, grace, stranger):
    other = HoldFactory(group=make_group(stranger, name="Other"))
    assert as_(grace).post(page_of(group, "free"), {"hold": other.pk, "reason": "x"}).status_code == 400


def test_senior_officers_keep_the_kinds_of_check(as_, identity, grace, carol):
    typed = {"name": "Who they are", "how": "Ring them twice.", "subject": "group", "valid_months": "6", "order": "1"}
    as_(grace).post(f"{KINDS}{identity.pk}/change/", {**typed, "is_active": "on", "code": "other"})
    identity.refresh_from_db()
    assert (identity.name, identity.valid_months, identity.code) == ("Who they are", 6, "identity")
    assert as_(carol).get(f"{KINDS}{identity.pk}/change/").status_code == 200
    assert as_(carol).post(f"{KINDS}{identity.pk}/change/", typed).status_code == 403
    as_(grace).post(f"{KINDS}add/", {**typed, "is_active": "on", "code": "premises"})
    assert CheckType.objects.filter(code="premises").exists()


@pytest.mark.parametrize("who", ["carol", "grace", "fiona", "una"])
def test_checks_and_holds_are_listed_and_changed_by_nobody(as_, group, identity, request, who):
    client = as_(request.getfixturevalue(who))
    check, hold = GroupCheckFactory(group=group, check_type=identity), HoldFactory(group=group)
    assert "Check of identity Friends of Swan Meadow" in text(client.get(CHECKS))
    assert "Friends of Swan Meadow The report of the spring" in text(client.get(f"{HOLDS}?state=open"))
    assert "Friends of Swan Meadow" not in text(client.get(f"{HOLDS}?state=cleared"))
    for address in (f"{CHECKS}{check.pk}/", f"{HOLDS}{hold.pk}/"):
        assert page_of(group) in client.get(f"{address}change/").content.decode()
        assert client.post(f"{address}change/", {"note": "Other", "reason": "Other"}).status_code == 403
        assert client.post(f"{address}delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("address", [KINDS, CHECKS, HOLDS])
def test_checks_are_not_for_analysts_or_groups(as_, group, anil, asha, address):
    assert as_(anil).get(address).status_code == 403
    assert as_(asha).get(address, follow=True).status_code == 403


@pytest.mark.parametrize("address", [CHECKS, HOLDS])
def test_lists_cost_the_same_for_one_and_for_many(as_, group, identity, una, address):
    def cost():
        as_(una).get(address)
        with CaptureQueriesContext(connection) as caught:
            assert as_(una).get(address).status_code == 200
        return len(caught.captured_queries)

    GroupCheckFactory(group=group, check_type=identity)
    HoldFactory(group=group)
    few = cost()
    for _ in range(20):
        GroupCheckFactory(group=group, check_type=identity)
        HoldFactory(group=group)
    assert cost() == few
