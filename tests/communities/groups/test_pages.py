"""A group's own pages, and the officers' page about it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communities.core.clock import moved
from communities.groups.models import Group, Membership
from communities.people.models import Person
from tests.cast import AT
from tests.communities.groups.test_operations import PDF
from tests.factories.groups import MembershipFactory, PersonFactory, PlaceFactory, make_group


@pytest.fixture(autouse=True)
def _in_october(settings):
    settings.STAFF_SECOND_FACTOR = False
    with moved(AT):
        yield


@pytest.fixture
def as_(client):
    def sign_in(user):
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


def url(name, group, *args):
    return reverse(f"groups:{name}", args=[group.public_id, *args])


def person_url(name, group, who):
    return url(name, group, getattr(who, "person", who).public_id)


def text(response):
    return response.content.decode()


ALL = ("group", "details", "members", "add", "related", "lead", "body", "vision", "document")
CHANGING = [name for name in ALL if name not in ("group", "members")]


@pytest.mark.parametrize("name", ALL)
def test_a_leader_opens_every_page_of_the_group(as_, group, asha, name):
    page = as_(asha).get(url(name, group))
    assert page.status_code == 200
    assert group.name in text(page)


@pytest.mark.parametrize("name", ALL)
def test_a_group_of_others_does_not_exist(as_, group, stranger, name):
    make_group(stranger, name="Somewhere Else Club")
    client = as_(stranger)
    assert client.get(url(name, group)).status_code == 404
    assert client.post(url(name, group)).status_code in (404, 405)


@pytest.mark.parametrize("name", CHANGING)
def test_a_member_who_is_no_leader_reads_and_changes_nothing(as_, group, dev, name):
    MembershipFactory(group=group, person=dev.person)
    client = as_(dev)
    assert client.get(url("group", group)).status_code == 200
    assert client.get(url(name, group)).status_code == 404


@pytest.mark.parametrize("name", ["member", "name", "leaving"])
def test_the_people_of_other_groups_are_not_there(as_, group, asha, stranger, name):
    make_group(stranger, name="Somewhere Else Club")
    assert as_(asha).get(person_url(name, group, stranger)).status_code == 404


def test_the_group_page_says_what_could_come_next(as_, group, asha):
    page = text(as_(asha).get(url("group", group)))
    for words in ("Say what kind of group you are", "Write your vision for your place", "Ben Carter", "No bid yet."):
        assert words in page


def test_the_list_shows_only_ones_own_groups(as_, group, asha, stranger):
    make_group(stranger, name="Somewhere Else Club")
    page = text(as_(asha).get(reverse("groups:groups")))
    assert "Friends of Swan Meadow" in page
    assert "Somewhere Else Club" not in page


def test_somebody_without_a_group_is_told_how_to_begin(as_, stranger):
    assert "You name your group when you start a bid" in text(as_(stranger).get(reverse("groups:groups")))


DETAILS = {"name": "Friends of Swan Meadow", "kind": "cio", "charity_number": "", "company_number": "",
           "purpose": "Suppers", "place": "", "postcode": "ss8 7re", "website": "", "version": "1"}  # fmt: skip


def test_details_are_kept_and_a_registered_charity_has_a_number(as_, group, asha):
    client = as_(asha)
    page = client.post(url("details", group), DETAILS)
    assert page.status_code == 400
    assert "Enter the charity number" in text(page)
    assert "Suppers" in text(page)
    assert client.post(url("details", group), DETAILS | {"charity_number": "1234567"}).status_code == 302
    group.refresh_from_db()
    assert (group.kind, group.charity_number, group.postcode) == ("cio", "1234567", "SS8 7RE")


def test_the_second_of_two_editors_keeps_what_was_typed(as_, group, asha, ben):
    typed = DETAILS | {"kind": "association"}
    as_(ben).post(url("details", group), typed)
    page = as_(asha).post(url("details", group), typed | {"purpose": "Lunches on Mondays"})
    assert page.status_code == 400
    assert "Somebody else changed this after you opened the page." in text(page)
    assert "Lunches on Mondays" in text(page)
    group.refresh_from_db()
    assert group.purpose == "Suppers"


def test_no_field_of_the_model_can_be_slipped_in(as_, group, asha):
    as_(asha).post(url("details", group), DETAILS | {"kind": "association", "status": "closed", "created_by": "1"})
    group.refresh_from_db()
    assert group.status == "active"


MEMBER = {"full_name": "Sheila Moss", "email": "", "phone": "01632 960 333", "role": "member", "is_leader": "yes",
          "is_signatory": "yes", "lives_with": "no"}  # fmt: skip


def test_somebody_without_an_address_is_added(as_, group, asha):
    assert as_(asha).post(url("add", group), MEMBER).status_code == 302
    sheila = Membership.objects.get(person__full_name="Sheila Moss")
    assert (sheila.is_leader, sheila.is_signatory, sheila.person.household) == (True, True, None)
    assert "No e-mail address; phone 01632 960 333" in text(as_(asha).get(url("members", group)))


def test_somebody_who_lives_with_a_member_is_added_as_one_household(as_, group, asha):
    ron = PersonFactory(full_name="Ron Hall")
    MembershipFactory(group=group, person=ron)
    as_(asha).post(url("add", group), MEMBER | {"lives_with": str(ron.public_id)})
    assert Person.objects.get(full_name="Sheila Moss").lives_with(Person.objects.get(pk=ron.pk))


def test_a_name_that_is_missing_is_asked_for_and_the_rest_kept(as_, group, asha):
    page = as_(asha).post(url("add", group), MEMBER | {"full_name": ""})
    assert page.status_code == 400
    assert "Enter their full name" in text(page)
    assert "01632 960 333" in text(page)


def test_a_refusal_keeps_what_was_typed(as_, group, asha):
    client = as_(asha)
    client.post(url("add", group), MEMBER)
    page = client.post(url("add", group), MEMBER)
    assert page.status_code == 400
    assert "Sheila Moss is already in the group." in text(page)
    assert "01632 960 333" in text(page)


def test_roles_change_and_the_lead_is_handed_over(as_, group, asha, ben):
    client = as_(asha)
    client.post(person_url("member", group, ben), {"role": "member", "is_leader": "yes", "is_signatory": "no"})
    assert group.memberships.get(person=ben.person).role == "member"
    client.post(url("lead", group), {"to": str(ben.person.public_id), "reason": "Moving away"})
    assert group.memberships.get(person=ben.person).role == "lead"


def test_the_page_of_the_lead_offers_handing_over_instead_of_a_role(as_, group, asha):
    page = text(as_(asha).get(person_url("member", group, asha)))
    assert url("lead", group) in page
    assert "What do they do in the group?" not in page


def test_a_name_is_corrected_only_for_people_without_an_account(as_, group, asha, ben):
    sheila = MembershipFactory(group=group, person=PersonFactory(full_name="Sheila Moss", email=""))
    client = as_(asha)
    typed = {"full_name": "Sheila Mosse", "email": "s@example.org", "phone": ""}
    assert client.post(person_url("name", group, sheila.person), typed).status_code == 302
    assert client.post(person_url("name", group, ben), typed).status_code == 400


def test_somebody_leaves_and_needs_a_reason(as_, group, asha, ben):
    client = as_(asha)
    page = client.post(person_url("leaving", group, ben), {"reason": ""})
    assert "Say in a few words why they are leaving" in text(page)
    assert client.post(person_url("leaving", group, ben), {"reason": "Moved"}).headers["Location"] == url(
        "group", group
    )
    assert client.get(person_url("member", group, ben)).status_code == 404


def test_two_related_people_are_declared(as_, group, asha, ben):
    client = as_(asha)
    same = {"a": str(asha.person.public_id), "b": str(asha.person.public_id), "how": "Married"}
    assert "Choose two different people" in text(client.post(url("related", group), same))
    client.post(url("related", group), same | {"b": str(ben.person.public_id)})
    assert "Asha Patel and Ben Carter (Married)" in text(client.get(url("members", group)))
    assert "Two people who live together count as one." in text(client.get(url("group", group)))


def test_whoever_holds_the_money_can_be_reached(as_, group, asha):
    typed = {"name": "Clacton Volunteer Centre", "contact_name": "Jo Field", "contact_phone": "", "contact_email": ""}
    client = as_(asha)
    assert "so that we can reach them" in text(client.post(url("body", group), typed))
    agreement = SimpleUploadedFile("agreement.pdf", PDF, "application/pdf")
    client.post(url("body", group), typed | {"contact_phone": "01632 960 444", "agreement": agreement})
    assert "Clacton Volunteer Centre" in text(client.get(url("group", group)))
    assert "agreement.pdf" in text(client.get(url("body", group)))


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (SimpleUploadedFile("rules.exe", b"MZ", "application/pdf"), "must be a PDF, JPG, PNG or DOCX"),
        (SimpleUploadedFile("rules.pdf", b"MZ\x90\x00not a pdf", "application/pdf"), "is not a PDF file"),
        (SimpleUploadedFile("rules.pdf", b"", "application/pdf"), "The selected file is empty"),
    ],
)
def test_papers_of_the_wrong_kind_are_refused_in_words(as_, group, asha, file, sentence):
    file.seek(0)
    page = as_(asha).post(url("document", group), {"kind": "rules", "file": file})
    assert page.status_code == 400
    assert sentence in text(page)
    assert not group.documents.exists()


def test_a_paper_is_kept_and_opened_by_its_group_only(as_, group, asha, stranger):
    file = SimpleUploadedFile("rules.pdf", PDF, "application/pdf")
    as_(asha).post(url("document", group), {"kind": "rules", "file": file})
    stored = group.documents.get().file
    assert "rules.pdf" in text(as_(asha).get(url("group", group)))
    answer = as_(asha).get(stored.get_absolute_url())
    assert b"".join(answer.streaming_content) == PDF
    assert as_(stranger).get(stored.get_absolute_url()).status_code == 404


def test_a_vision_is_written_shown_and_shared(as_, asha, stranger):
    place = PlaceFactory(code="CAN", name="Canvey Island")
    mine, theirs = make_group(asha, place=place), make_group(stranger, name="Second", place=place)
    typed = {"title": "Nobody eats alone", "strengths": "The hall", "text": "A table for everybody."}
    as_(asha).post(url("vision", mine), typed)
    assert "A table for everybody." in text(as_(asha).get(url("group", mine)))
    page = text(as_(stranger).get(url("vision", theirs)))
    assert "Share this vision" in page
    mine.refresh_from_db()
    as_(stranger).post(url("share", theirs), {"vision": mine.vision_id})
    assert Group.objects.get(pk=theirs.pk).vision_id == mine.vision_id


@pytest.mark.parametrize("name", ["groups", "group", "members"])
def test_lists_cost_the_same_for_one_and_for_thirty(as_, group, asha, name):
    target = reverse("groups:groups") if name == "groups" else url(name, group)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            as_(asha).get(target)
        return len(queries)

    as_(asha).get(target)
    before = cost()
    for number in range(29):
        if name == "groups":
            make_group(asha, name=f"Group {number}", place=PlaceFactory(code=f"P{number}"))
        else:
            MembershipFactory(group=group)
    assert cost() == before


# -- the office --------------------------------------------------------------------------------------------------------


def office(group, act=""):
    name = "communities_group_step" if act else "communities_group_change"
    return reverse(f"admin:{name}", args=[group.pk, act] if act else [group.pk])


def test_officers_read_the_group_and_see_what_they_can_do_for_it(as_, group, carol):
    page = text(as_(carol).get(office(group)))
    for words in ("Asha Patel", "ben@example.org", "Hand over the lead", "Record a member", "Somebody left or died"):
        assert words in page
    assert "Put on hold" not in page


def test_an_officer_hands_over_the_lead_after_a_call(as_, group, carol, ben):
    client = as_(carol)
    assert client.get(office(group, "hand_over_lead")).status_code == 200
    client.post(office(group, "hand_over_lead"), {"to": str(ben.person.public_id), "reason": "Asha rang."})
    assert group.memberships.get(person=ben.person).role == "lead"


def test_an_officer_records_a_member_and_an_end(as_, group, carol, ben):
    client = as_(carol)
    client.post(office(group, "add_member"), MEMBER)
    assert Membership.objects.filter(person__full_name="Sheila Moss").exists()
    client.post(office(group, "end_membership"), {"member": str(ben.person.public_id), "reason": "Has died"})
    assert group.memberships.get(person=ben.person).ends_on is not None


@pytest.mark.parametrize("act", ["declare_related", "update", "set_accountable_body", "add_document"])
def test_officers_reach_every_other_act(as_, group, carol, act):
    page = as_(carol).get(office(group, act))
    assert page.status_code == 200
    assert as_(carol).post(office(group, act), {}).status_code == 400


def test_a_senior_officer_puts_the_group_on_hold_with_a_reason(as_, group, grace):
    client = as_(grace)
    assert client.post(office(group, "suspend"), {"reason": ""}).status_code == 400
    client.post(office(group, "suspend"), {"reason": "Ring us."})
    group.refresh_from_db()
    assert group.status == "suspended"
    client.post(office(group, "resume"))
    group.refresh_from_db()
    assert group.status == "active"


def test_finance_and_auditors_read_and_change_nothing(as_, group, fiona):
    client = as_(fiona)
    assert "Hand over the lead" not in text(client.get(office(group)))
    assert client.post(office(group, "hand_over_lead"), {}).status_code in (403, 404)


def test_the_officers_list_costs_the_same_for_one_and_for_twenty(as_, group, asha, carol):
    target = reverse("admin:communities_group_changelist")

    def cost():
        with CaptureQueriesContext(connection) as queries:
            as_(carol).get(target)
        return len(queries)

    as_(carol).get(target)
    before = cost()
    for number in range(20):
        make_group(asha, name=f"Group {number}")
    assert cost() == before
