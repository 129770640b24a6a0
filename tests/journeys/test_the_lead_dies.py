"""The lead dies: the applicant's part of the scenario. What follows the decision is told by the awards' tests."""

from datetime import UTC, datetime

import pytest

from communities.core.clock import moved
from communities.core.models import Message
from communities.core.refusals import Refused
from communities.groups import operations as groups
from communities.groups import queries
from communities.people.models import Person
from grants.applications import operations
from grants.applications.models import Application
from grants.applications.queries import first_submission
from tests.cast import account
from tests.factories.applications import WholeRoundFactory, fill_in, framework
from tests.factories.groups import PlaceFactory

THURSDAY_NIGHT = datetime(2026, 10, 15, 20, 40, tzinfo=UTC)  # 21:40 in Jaywick
FRIDAY_AT_NINE = datetime(2026, 10, 16, 8, 0, tzinfo=UTC)
FRIDAY_AT_11_48 = datetime(2026, 10, 16, 10, 48, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 14, 10, 0, tzinfo=UTC)


@pytest.fixture
def doreen(db):
    return account("Doreen Hall")


@pytest.fixture
def table(doreen):
    """Doreen leads; Ron is her husband and shares her address; Pat is the treasurer; Sheila has no e-mail."""
    place = PlaceFactory(code="TEN", name="Tendring")
    group = groups.start_group(
        name="Jaywick Warm Table", place=place, lead=doreen.person,
        second={"full_name": "Pat Reeve", "email": "pat@example.org", "phone": "01632 960 111"}, by=doreen,
        at=datetime(2026, 9, 20, tzinfo=UTC),
    )  # fmt: skip
    pat = group.memberships.get(person__full_name="Pat Reeve")
    at = datetime(2026, 9, 21, tzinfo=UTC)
    groups.update_member(pat, role="treasurer", is_leader=True, is_signatory=True, by=doreen, at=at)
    groups.add_member(
        group,
        full_name="Ron Hall",
        email=doreen.email,
        is_signatory=True,
        household_with=doreen.person,
        by=doreen,
        at=at,
    )
    groups.add_member(group, full_name="Sheila Moss", is_signatory=True, by=doreen, at=at)
    groups.update_group(group, fields={"kind": "unconstituted"}, version=None, by=doreen, at=at)
    groups.set_accountable_body(
        group, name="Clacton Volunteer Centre", contact_name="Jo Field", contact_phone="01632 960 222", by=doreen, at=at
    )
    group.refresh_from_db()
    return group


@pytest.fixture
def draft(table, doreen):
    framework()
    bid = operations.start(round=WholeRoundFactory(), group=table, by=doreen, at=datetime(2026, 9, 22, tzinfo=UTC))
    return fill_in(bid, doreen, at=THURSDAY_NIGHT, amount=1180, least=900)


@pytest.fixture
def pat(table):
    """Pat signs in for the first time on Friday morning, by a code sent to the address Doreen gave."""
    from communities.people.operations import greet, open_account

    user = open_account("pat@example.org")
    with moved(FRIDAY_AT_NINE):
        assert greet(user, at=FRIDAY_AT_NINE).full_name == "Pat Reeve"
    return user


def member(table, name):
    return table.memberships.get(person__full_name=name)


def test_on_the_last_morning_the_others_are_told_that_the_bid_is_not_sent(draft):
    operations.remind(at=FRIDAY_AT_NINE)
    told = Message.objects.filter(template="draft_ready_today")
    assert {message.recipient for message in told} == {"doreen@example.org", "pat@example.org"}
    assert told.get(recipient="doreen@example.org").recipient_name == "Doreen Hall and Ron Hall"


def test_pat_sends_it_without_any_key_of_doreens_and_the_receipt_names_pat(draft, pat, table):
    operations.submit(draft, by=pat, at=FRIDAY_AT_11_48)
    assert first_submission(draft).sent_by == pat
    receipts = Message.objects.filter(template="application_received")
    assert {receipt.recipient for receipt in receipts} == {"doreen@example.org", "pat@example.org"}
    assert all("Sent by Pat Reeve at 16 Oct 2026, 11:48" in receipt.body for receipt in receipts)


def test_ron_is_no_leader_and_cannot_send(draft, table):
    from communities.people.models import User

    ron = Person.objects.get(full_name="Ron Hall")
    ron.user = User.objects.create_user("ron@example.org", full_name="Ron Hall")
    ron.save()
    with pytest.raises(Refused):
        operations.submit(draft, by=ron.user, at=FRIDAY_AT_11_48)


def test_after_doreens_death_an_officer_makes_pat_the_lead_and_mail_to_the_shared_address_stops(
    draft, pat, table, carol, doreen
):
    operations.submit(draft, by=pat, at=FRIDAY_AT_11_48)
    groups.hand_over_lead(table, to=member(table, "Pat Reeve"), reason="Doreen Hall has died.", by=carol, at=DECEMBER)
    groups.end_membership(member(table, "Doreen Hall"), reason="Doreen Hall has died.", by=carol, at=DECEMBER)
    assert queries.lead_of(table).person.full_name == "Pat Reeve"
    waiting = Message.objects.filter(state="waiting").values_list("recipient", flat=True)
    assert "doreen@example.org" not in waiting
    assert not Application.objects.visible_to(doreen).exists()


def test_pat_and_sheila_count_as_two_and_doreen_and_ron_as_one(table):
    doreen, ron, pat, sheila = (
        member(table, name).person for name in ("Doreen Hall", "Ron Hall", "Pat Reeve", "Sheila Moss")
    )
    assert not queries.unrelated(doreen, ron, table)
    assert queries.unrelated(pat, sheila, table)
    assert {each.person.full_name for each in queries.signatories(table)} == {
        "Doreen Hall", "Ron Hall", "Pat Reeve", "Sheila Moss",
    }  # fmt: skip


def test_the_council_holds_the_name_of_who_holds_the_money(table):
    assert queries.accountable_body(table).name == "Clacton Volunteer Centre"
    assert [each.page for each in queries.missing(table)] == ["groups:vision"]
