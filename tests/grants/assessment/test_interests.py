import pytest

from communities.core.models import Event
from communities.core.refusals import Refused
from communities.groups.models import Membership
from grants.applications.models import Application
from grants.assessment import operations
from grants.assessment.models import Allocation, Interest
from grants.assessment.queries import matches
from tests.factories.assessment import AT, AllocationFactory, BidFactory, declare, scored


def may_read(user, bid):
    return Application.objects.allowed_to(user, "grants.read_papers").filter(pk=bid.pk).exists()


def test_papers_open_for_a_member_who_has_declared(bid, hassan):
    assert not may_read(hassan, bid)
    operations.declare_interest(bid, kind="none", by=hassan, at=AT)
    assert may_read(hassan, bid)
    assert Event.objects.get(verb="interest.declare").case == bid.case


def test_knowing_somebody_is_noted_and_the_member_stays(bid, hassan):
    operations.declare_interest(bid, kind="known", detail="Neighbour of the lead", by=hassan, at=AT)
    assert may_read(hassan, bid)
    assert Interest.objects.get().detail == "Neighbour of the lead"


@pytest.mark.parametrize("kind", ["related", "paid"])
def test_a_member_with_a_tie_is_out_and_no_longer_asked_to_score(bid, hassan, kind):
    AllocationFactory(application=bid, user=hassan)
    operations.declare_interest(bid, kind=kind, by=hassan, at=AT)
    assert not may_read(hassan, bid)
    assert not Allocation.objects.exists()


def test_a_member_who_is_out_does_not_let_themselves_in_again(bid, hassan, carol):
    operations.declare_interest(bid, kind="related", by=hassan, at=AT)
    with pytest.raises(Refused, match="keeps you away"):
        operations.declare_interest(bid, kind="none", by=hassan, at=AT)
    operations.declare_interest(bid, kind="known", member=hassan, by=carol, at=AT)
    assert may_read(hassan, bid)


def test_a_member_does_not_declare_for_another(bid, hassan, ruth):
    with pytest.raises(Refused) as refused:
        operations.declare_interest(bid, kind="none", member=ruth, by=hassan, at=AT)
    assert refused.value.status == 403


def test_nobody_else_declares(bid, stranger, asha, fiona):
    for user in (stranger, asha, fiona):
        with pytest.raises(Refused) as refused:
            operations.declare_interest(bid, kind="none", by=user, at=AT)
        assert refused.value.status == 403


def test_an_officer_declares_too(bid, carol):
    operations.declare_interest(bid, kind="paid", by=carol, at=AT)
    assert Interest.objects.get().is_out


def test_one_tick_covers_all_other_bids_but_not_those_asked_about_by_name(panel, bid, hassan):
    mine = BidFactory(round=panel.round)
    Membership.objects.filter(group=mine.group).first().person.__class__.objects.filter(
        pk=Membership.objects.filter(group=mine.group).first().person_id
    ).update(email=hassan.email)
    known = BidFactory(round=panel.round)
    declare(known, hassan, kind="known")
    assert operations.declare_none_for_rest(panel.round, by=hassan, at=AT) == 1
    said = {each.application_id: each.kind for each in Interest.objects.filter(user=hassan)}
    assert said == {bid.pk: "none", known.pk: "known"}


def test_the_tick_of_a_member_of_another_panel_covers_nothing(panel, bid, stranger):
    assert operations.declare_none_for_rest(panel.round, by=stranger, at=AT) == 0


def test_the_system_asks_a_person_listed_in_the_group(bid, hassan):
    Membership.objects.create(group=bid.group, person=hassan.person, role="member", starts_on="2026-01-01")
    assert matches(hassan, [bid]) == {bid.pk: ["You are listed as one of this group’s people."]}


def test_the_system_asks_about_a_shared_phone_and_household(bid, hassan):
    from communities.people.models import Household, Person

    home = Household.objects.create()
    Person.objects.filter(pk=hassan.person.pk).update(phone="07700 900123", household=home)
    member = bid.group.memberships.first().person
    Person.objects.filter(pk=member.pk).update(phone="+44 7700 900 123", household=home)
    hassan.person.refresh_from_db()
    assert matches(hassan, [bid])[bid.pk] == [
        "Somebody in this group is recorded as living with you.",
        "Somebody in this group has your phone number.",
    ]


def test_the_system_asks_about_a_shared_family_name_and_address(bid, hassan, ruth):
    from communities.people.models import Person

    first, second = bid.group.memberships.order_by("pk")
    Person.objects.filter(pk=first.person_id).update(full_name="Zara ALI")
    Person.objects.filter(pk=second.person_id).update(email=ruth.email.upper())
    assert matches(hassan, [bid])[bid.pk] == ["Somebody in this group has your family name."]
    assert matches(ruth, [bid])[bid.pk] == ["Somebody in this group uses your e-mail address."]


def test_a_match_never_locks(bid, hassan):
    Membership.objects.create(group=bid.group, person=hassan.person, role="member", starts_on="2026-01-01")
    operations.declare_interest(bid, kind="known", by=hassan, at=AT)
    assert may_read(hassan, bid)


def test_strangers_have_no_match(bid, hassan, ruth):
    assert matches(hassan, [bid]) == {}
    assert matches(ruth, [bid]) == {}


def test_scores_locked_before_a_tie_came_up_stay_on_record_and_no_longer_count(bid, hassan, ruth):
    from grants.assessment.queries import standings

    declare(bid, hassan, ruth)
    scored(bid, hassan, 5, 5)
    scored(bid, ruth, 3, 3)
    assert standings([bid])[0].mean == 80
    operations.declare_interest(bid, kind="paid", by=hassan, at=AT)
    row = standings([bid])[0]
    assert (row.mean, bid.reviews.count()) == (60, 2)
