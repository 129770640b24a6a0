"""Jaywick Warm Table: the lead dies while the offer is open. Nothing is lost, nobody is pressed."""

from datetime import UTC, date, datetime

import pytest

from communities.core.models import Event
from communities.core.refusals import Refused
from communities.people.models import Household, Person
from grants.awards import operations
from grants.awards.models import Award
from tests.cast import account
from tests.factories import awards as make


def on(month, day, hour=10):
    return datetime(2026 if month > 6 else 2027, month, day, hour, tzinfo=UTC)


@pytest.fixture
def table(db, carol, grace):
    """Doreen leads and shares a house with Ron; Pat is treasurer and lives elsewhere; Sheila has no e-mail."""
    home = Household.objects.create()
    doreen, ron, pat = account("Doreen Hall"), account("Ron Hall"), account("Pat Reeve")
    Person.objects.filter(user__in=[doreen, ron]).update(household=home)
    sheila = make.somebody("Sheila Moss", phone="01255 555 0188")
    group = make.FundedGroup(name="Jaywick Warm Table", kind="unconstituted", created_by=doreen)
    make.join(group, doreen.person, "lead", leads=True)
    make.join(group, ron.person)
    make.join(group, pat.person, "treasurer", leads=True)
    make.join(group, sheila)
    group.accountable_bodies.create(name="Clacton Volunteer Centre", contact_name="Jo", starts_on=date(2026, 9, 1))
    award = make.offer(group, officer=carol, ratifier=grace, at=on(12, 11))
    return award, {"doreen": doreen, "ron": ron, "pat": pat, "sheila": sheila}


def test_the_offer_outlives_the_lead(table, carol, grace, signed_page):
    award, people = table
    doreen, ron, pat, sheila = people["doreen"], people["ron"], people["pat"], people["sheila"]
    operations.accept(award, person=doreen.person, by=doreen, at=on(12, 14))
    with pytest.raises(Refused, match="live together, so they count as one"):
        operations.accept(award, person=ron.person, by=ron, at=on(12, 15))

    award.group.memberships.filter(person=doreen.person).update(ends_on=date(2026, 12, 20))
    award.group.memberships.filter(person=pat.person).update(role="lead")
    operations.extend_offer(award, until=date(2027, 1, 22), reason="The lead has died.", by=grace, at=on(1, 7))

    still_open = operations.accept(award, person=pat.person, by=pat, at=on(1, 12))
    assert still_open.status == "offered"  # whoever has died binds nobody: a second living person is needed
    agreed = operations.accept(
        award,
        person=sheila,
        means="signed",
        evidence=signed_page,
        note="Page came by post; rang 01255 555 0188, spoke to Sheila.",
        by=carol,
        at=on(1, 14),
    )
    assert (agreed.status, agreed.held_by.name) == ("accepted", "Clacton Volunteer Centre")
    assert Award.objects.get().payments.get().due_on == date(2027, 1, 28)
    told = Event.objects.filter(case=award.case, verb__in=["award.extend", "award.accept"]).order_by("pk")
    assert [(each.verb, each.reason) for each in told] == [("award.extend", "The lead has died."), ("award.accept", "")]


def test_an_offer_without_more_time_would_have_ended(table):
    assert operations.lapse_offers(at=on(1, 9)) == 1
    assert Award.objects.get().status == "lapsed"
