"""What changes a group, allowed and refused."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from communities.core.models import Event, Message
from communities.core.refusals import Refused
from communities.groups import operations, queries
from communities.groups.models import AccountableBody, Group, Membership, RelatedPeople, Vision
from communities.people.models import Person
from tests.cast import AT
from tests.factories.groups import GroupFactory, MembershipFactory, PlaceFactory, make_group

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def paper(name="rules.pdf"):
    return SimpleUploadedFile(name, PDF, "application/pdf")


def membership(group, who):
    return group.memberships.get(person=who.person)


# -- beginning ---------------------------------------------------------------------------------------------------------


def test_a_group_begins_with_a_name_two_people_and_a_place(asha):
    place = PlaceFactory(code="TEN", name="Tendring")
    second = {"full_name": "Pat Reeve", "email": "pat@example.org", "phone": ""}
    group = operations.start_group(
        name=" Jaywick Warm Table ", place=place, lead=asha.person, second=second, by=asha, at=AT
    )
    rows = group.memberships.order_by("pk").values_list("person__full_name", "role", "is_leader", "is_signatory")
    assert list(rows) == [("Asha Patel", "lead", True, True), ("Pat Reeve", "member", True, True)]
    assert (group.name, group.status, group.place) == ("Jaywick Warm Table", "active", place)
    assert {message.template for message in Message.objects.all()} == {"group_started", "member_added"}
    assert Event.objects.filter(verb="group.start", case=group.case).count() == 1


def test_one_person_named_twice_is_no_group(asha):
    second = {"full_name": "asha  PATEL", "email": "", "phone": ""}
    with pytest.raises(Refused, match="needs two people"):
        operations.start_group(name="Alone", place=None, lead=asha.person, second=second, by=asha, at=AT)
    assert not Group.objects.exists()
    assert Person.objects.count() == 1


def test_a_group_without_a_name_is_refused(asha):
    second = {"full_name": "Pat Reeve", "email": "", "phone": ""}
    with pytest.raises(Refused, match="Enter the name"):
        operations.start_group(name="  ", place=None, lead=asha.person, second=second, by=asha, at=AT)


# -- what it says of itself --------------------------------------------------------------------------------------------


def test_a_leader_changes_the_details_and_the_earlier_words_are_kept(group, ben):
    operations.update_group(group, fields={"kind": "association", "purpose": "Suppers"}, version=1, by=ben, at=AT)
    group.refresh_from_db()
    assert (group.kind, group.is_constituted, group.version) == ("association", True, 2)
    assert Event.objects.get(verb="group.update").detail.data["before"] == {"kind": "", "purpose": ""}


def test_the_second_of_two_editors_is_told(group, asha, ben):
    operations.update_group(group, fields={"purpose": "Suppers"}, version=1, by=ben, at=AT)
    with pytest.raises(Refused, match="Somebody else changed this"):
        operations.update_group(group, fields={"purpose": "Lunches"}, version=1, by=asha, at=AT)


def test_members_who_are_no_leaders_and_strangers_change_nothing(group, stranger, dev):
    MembershipFactory(group=group, person=dev.person)
    for who in (stranger, dev):
        with pytest.raises(Refused) as refused:
            operations.update_group(group, fields={"purpose": "Mine"}, version=1, by=who, at=AT)
        assert refused.value.status == 403


def test_officers_change_what_a_group_tells_them_on_the_phone(group, carol):
    operations.update_group(group, fields={"kind": "charity", "charity_number": "1234567"}, version=1, by=carol, at=AT)
    assert Group.objects.get(pk=group.pk).charity_number == "1234567"


def test_a_closed_group_stays_as_it_was(group, asha):
    Group.objects.filter(pk=group.pk).update(status="closed")
    with pytest.raises(Refused, match="This group is closed"):
        operations.update_group(group, fields={"purpose": "Again"}, version=1, by=asha, at=AT)


# -- people ------------------------------------------------------------------------------------------------------------


def add(group, by, **fields):
    options = {"full_name": "Sheila Moss", "email": "", "phone": ""} | fields
    return operations.add_member(group, **options, by=by, at=AT)


def test_somebody_without_an_address_can_be_a_leader_and_a_signatory(group, asha):
    member = add(group, asha, is_leader=True, is_signatory=True)
    assert (member.person.email, member.is_leader, member.is_signatory) == ("", True, True)
    assert not Message.objects.exists()


def test_somebody_with_an_address_is_told_who_named_them(group, asha):
    add(group, asha, email="Sheila@Example.org")
    message = Message.objects.get(template="member_added")
    assert (message.recipient, message.case) == ("sheila@example.org", group.case)
    assert "Asha Patel has named you as a member of Friends of Swan Meadow" in message.body


def test_the_same_person_is_not_added_twice(group, asha):
    add(group, asha, email="sheila@example.org")
    with pytest.raises(Refused, match="already in the group"):
        add(group, asha, full_name="sheila moss", email="sheila@example.org")


def test_a_couple_may_share_an_address(group, asha):
    add(group, asha, full_name="Doreen Hall", email="halls@example.org")
    add(group, asha, full_name="Ron Hall", email="halls@example.org")
    assert group.memberships.filter(person__email="halls@example.org").count() == 2


def test_people_who_live_together_count_as_one(group, asha):
    doreen = add(group, asha, full_name="Doreen Hall").person
    ron = add(group, asha, full_name="Ron Hall", household_with=doreen).person
    doreen.refresh_from_db()
    ron.refresh_from_db()
    assert not queries.unrelated(doreen, ron, group)
    assert queries.unrelated(doreen, asha.person, group)


def test_living_with_somebody_who_has_an_account_counts_without_their_own_word(group, asha, ben):
    ron = add(group, asha, household_with=ben.person).person
    assert not queries.unrelated(ron, ben.person, group)
    ben.person.refresh_from_db()
    assert ben.person.household is None


def test_declared_relatives_count_as_one_however_they_are_named(group, asha, ben):
    for a, b in ((asha, ben), (ben, asha)):
        operations.declare_related(group, a=a.person, b=b.person, how="Married", by=asha, at=AT)
    assert RelatedPeople.objects.count() == 1
    assert not queries.unrelated(asha.person, ben.person, group)
    assert not queries.has_two_unrelated(group)


def test_nobody_is_related_to_themselves(group, asha):
    with pytest.raises(Refused, match="same person twice"):
        operations.declare_related(group, a=asha.person, b=asha.person, how="-", by=asha, at=AT)


def test_a_role_can_change_but_the_lead_is_handed_over(group, asha, ben):
    options = {"is_leader": True, "is_signatory": False, "by": asha, "at": AT}
    operations.update_member(membership(group, ben), role="member", **options)
    assert membership(group, ben).role == "member"
    for who, role in ((ben, "lead"), (asha, "member")):
        with pytest.raises(Refused, match="changed by handing over"):
            operations.update_member(membership(group, who), role=role, **options)


def test_the_last_leader_stays_a_leader(group, asha, ben):
    Membership.objects.filter(person=ben.person).update(is_leader=False)
    with pytest.raises(Refused, match="the only leader"):
        operations.end_membership(membership(group, asha), reason="Moved", by=asha, at=AT)
    with pytest.raises(Refused, match="the only leader"):
        operations.update_member(
            membership(group, asha), role="lead", is_leader=False, is_signatory=True, by=asha, at=AT
        )


def test_handing_over_makes_one_new_lead_and_tells_everybody(group, asha, ben):
    operations.hand_over_lead(group, to=membership(group, ben), reason="I am moving.", by=asha, at=AT)
    assert membership(group, ben).role == "lead"
    assert membership(group, asha).role == "member"
    bodies = Message.objects.filter(template="lead_changed").values_list("body", flat=True)
    assert len(bodies) == 2
    assert all("Ben Carter is now the lead" in body for body in bodies)


def test_the_lead_of_a_group_must_be_in_it(group, asha):
    outside = MembershipFactory(group=GroupFactory())
    with pytest.raises(Refused, match="not in the group"):
        operations.hand_over_lead(group, to=outside, reason="-", by=asha, at=AT)


def test_whoever_left_is_no_member_and_mail_for_their_address_stops(group, asha, ben):
    waiting = Message.objects.create(template="x", recipient=ben.email, subject="-", body="-")
    operations.end_membership(membership(group, ben), reason="Moved away", by=asha, at=AT)
    assert membership(group, ben).ends_on == date(2026, 10, 1)
    assert not Group.objects.visible_to(ben).exists()
    waiting.refresh_from_db()
    assert waiting.state == "stopped"


def test_nobody_leaves_twice(group, asha, ben):
    gone = membership(group, ben)
    operations.end_membership(gone, reason="Moved away", by=asha, at=AT)
    with pytest.raises(Refused, match="already left"):
        operations.end_membership(gone, reason="Moved away", by=asha, at=AT)


def test_a_leader_corrects_the_name_of_somebody_without_an_account_only(group, asha, ben):
    sheila = add(group, asha)
    options = {"full_name": "Sheila Mosse", "email": "s@example.org", "phone": "", "by": asha, "at": AT}
    operations.correct_member(sheila, **options)
    assert Person.objects.get(pk=sheila.person_id).full_name == "Sheila Mosse"
    with pytest.raises(Refused) as refused:
        operations.correct_member(membership(group, ben), **options)
    assert refused.value.status == 403


# -- what it has -------------------------------------------------------------------------------------------------------


def test_a_new_accountable_body_takes_the_place_of_the_one_before(group, asha):
    for name in ("Clacton Volunteer Centre", "Canvey Volunteer Centre"):
        operations.set_accountable_body(
            group, name=name, contact_name="Jo", contact_phone="01632 960 222", agreement=paper(), by=asha, at=AT
        )
    assert queries.accountable_body(group).name == "Canvey Volunteer Centre"
    assert AccountableBody.objects.filter(group=group, ends_on=date(2026, 10, 1)).count() == 1


def test_the_earlier_words_of_a_vision_are_kept(group, asha):
    for text in ("Suppers for all.", "Suppers and songs for all."):
        operations.write_vision(group, title="Nobody eats alone", text=text, strengths="The hall", by=asha, at=AT)
        group.refresh_from_db()
    assert [(words.number, words.text) for words in group.vision.versions.all()] == [
        (2, "Suppers and songs for all."),
        (1, "Suppers for all."),
    ]


def test_a_vision_belongs_to_the_place_and_can_be_shared_there_only(asha, ben, stranger):
    place, elsewhere = PlaceFactory(code="CAN"), PlaceFactory(code="HAR")
    first = make_group(asha, place=place)
    second = make_group(ben, name="Second", place=place)
    third = make_group(stranger, name="Third", place=elsewhere)
    operations.write_vision(first, title="Green", text="Trees.", strengths="", by=asha, at=AT)
    vision = Vision.objects.get()
    assert list(queries.visions_to_share(second)) == [vision]
    assert operations.share_vision(second, vision=vision, by=ben, at=AT).vision == vision
    with pytest.raises(Refused, match="another place"):
        operations.share_vision(third, vision=vision, by=stranger, at=AT)


def test_a_paper_is_given_once_and_opened_by_the_group_and_the_office_only(group, asha, ben, carol, stranger):
    from communities.core.files import StoredFile

    document = operations.add_document(group, kind="rules", file=paper(), by=asha, at=AT)
    may_open = [bool(StoredFile.objects.visible_to(who).filter(pk=document.file_id)) for who in (ben, carol, stranger)]
    assert may_open == [True, True, False]


# -- the council's side ------------------------------------------------------------------------------------------------


def test_a_senior_officer_puts_a_group_on_hold_and_takes_it_off_again(group, grace, asha):
    operations.suspend(group, reason="We need to speak to you.", by=grace, at=AT)
    assert Group.objects.get(pk=group.pk).status == "suspended"
    assert "We need to speak to you." in Message.objects.filter(template="group_suspended").first().body
    operations.resume(group, by=grace, at=AT)
    assert Group.objects.get(pk=group.pk).status == "active"
    operations.close(group, reason="The group has ended.", by=grace, at=AT)
    assert Group.objects.get(pk=group.pk).status == "closed"


@pytest.mark.parametrize("step", ["suspend", "close"])
def test_nobody_is_stopped_without_a_reason_or_by_an_officer_alone(group, grace, carol, step):
    act = getattr(operations, step)
    with pytest.raises(Refused, match="Say why"):
        act(group, reason=" ", by=grace, at=AT)
    with pytest.raises(Refused) as refused:
        act(group, reason="Because.", by=carol, at=AT)
    assert refused.value.status == 403


def test_what_is_missing_is_named_in_order(asha):
    group = GroupFactory(kind="unconstituted")
    MembershipFactory(group=group, person=asha.person)
    assert [each.page for each in queries.missing(group)] == [
        "groups:lead",
        "groups:add",
        "groups:body",
        "groups:vision",
    ]
