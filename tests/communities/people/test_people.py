"""People, the accounts tied to them, and the households they declare."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from communities.core.clock import now
from communities.core.models import Event, EventDetail
from communities.core.refusals import Refused
from communities.people import operations
from communities.people.models import Person, User
from communities.people.queries import same_household, unclaimed


def register(by, **facts):
    return operations.register_person(**{"full_name": "Sheila Marsh", **facts}, by=by, at=now())


def test_a_person_needs_no_account_and_no_email(asha):
    sheila = register(asha)
    assert (sheila.email, sheila.user, sheila.status) == ("", None, "known")
    assert Event.objects.get(verb="person.register").actor == asha


def test_two_people_may_share_an_address(asha):
    doreen = register(asha, full_name="Doreen", email="Home@Example.org")
    ron = register(asha, full_name="Ron", email="home@example.org")
    assert doreen.email == ron.email == "home@example.org"
    assert unclaimed("home@example.org") is None


def test_the_first_sign_in_ties_the_account_to_the_one_person_with_its_address(asha):
    pat = register(asha, full_name="Pat Doyle", email="pat@example.org")
    user = operations.open_account("PAT@example.org")
    assert operations.greet(user, at=now()) == pat
    user.refresh_from_db()
    assert user.full_name == "Pat Doyle"
    assert operations.greet(user, at=now()) == pat


def test_where_two_share_the_address_a_new_person_is_noted(asha):
    for name in ("Doreen", "Ron"):
        register(asha, full_name=name, email="home@example.org")
    user = operations.open_account("home@example.org")
    assert operations.greet(user, at=now()).full_name == "home"


def test_a_person_with_an_account_is_not_given_another(asha, ben, carol):
    with pytest.raises(Refused, match="another account"):
        operations.link_account(asha.person, user=ben, by=carol, at=now())


def test_an_address_differs_by_more_than_capital_letters(db):
    User.objects.create_user("Pat@Example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("pat@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.update(email="PAT@example.org")


def test_households_grow_together(asha):
    doreen, ron, lodger, pat = (register(asha, full_name=name) for name in ("Doreen", "Ron", "Lodger", "Pat"))
    operations.declare_household([doreen, ron], by=asha, at=now())
    ron.refresh_from_db()
    operations.declare_household([ron, lodger], by=asha, at=now())
    for person in (doreen, ron, lodger, pat):
        person.refresh_from_db()
    assert doreen.household == ron.household == lodger.household
    assert (doreen.lives_with(lodger), doreen.lives_with(pat), pat.lives_with(pat)) == (True, False, True)
    assert same_household([doreen, pat, lodger])
    assert not same_household([pat, doreen])
    operations.leave_household(lodger, by=asha, at=now(), reason="Moved out")
    lodger.refresh_from_db()
    assert not doreen.lives_with(lodger)


def test_a_stranger_cannot_say_who_lives_with_whom(asha, ben, stranger):
    with pytest.raises(Refused):
        operations.declare_household([asha.person, ben.person], by=stranger, at=now())
    assert not Person.objects.exclude(household=None).exists()


def test_everyone_corrects_themselves_and_nobody_else(client, asha, ben, carol):
    operations.correct_person(asha.person, full_name="Asha K Patel", phone="01632 960 777", by=asha, at=now())
    asha.refresh_from_db()
    assert asha.full_name == asha.person.full_name == "Asha K Patel"
    detail = EventDetail.objects.get(event__verb="person.correct")
    assert detail.data["before"]["full_name"] == "Asha Patel"
    with pytest.raises(Refused):
        operations.correct_person(ben.person, full_name="X", phone="", by=asha, at=now())
    operations.correct_person(ben.person, full_name="Benjamin Carter", phone="", by=carol, at=now())


def test_a_name_is_removed_by_a_senior_officer_and_nothing_else_stays(ben, grace, carol):
    with pytest.raises(Refused):
        operations.anonymise(ben.person, by=carol, at=now(), reason="Asked")
    operations.anonymise(ben.person, by=grace, at=now(), reason="Asked for it")
    person, user = Person.objects.get(pk=ben.person.pk), User.objects.get(pk=ben.pk)
    assert (person.full_name, person.email, person.phone, person.status) == ("Name removed", "", "", "anonymised")
    assert (user.full_name, user.is_active, user.email) == ("Name removed", False, f"removed-{user.pk}@removed.invalid")


def test_somebody_of_the_office_keeps_their_name_while_they_hold_a_role(carol, grace):
    with pytest.raises(Refused, match="still holds a role"):
        operations.anonymise(carol.person, by=grace, at=now(), reason="Asked for it")


def test_accounts_opened_by_typing_an_address_are_forgotten_unless_used(asha):
    operations.open_account("typo@example.org")
    assert operations.forget_sign_ins(at=now()) == 0
    assert operations.forget_sign_ins(at=now() + timedelta(days=8)) == 1
    assert list(User.objects.values_list("email", flat=True)) == [asha.email]


def test_the_home_page_says_who_you_are_and_where_to_change_it(client, asha):
    client.force_login(asha)
    page = client.get("/home/").content.decode()
    assert "Hello Asha Patel" in page
    done = client.post("/home/details/", {"full_name": "Asha P", "phone": "01632 960 123"})
    assert (done.status_code, done["Location"]) == (302, "/home/")
    assert "Hello Asha P" in client.get("/home/").content.decode()


def test_a_wrong_name_is_explained_and_the_number_kept(client, asha):
    client.force_login(asha)
    page = client.post("/home/details/", {"full_name": "", "phone": "01632 960 123"})
    assert page.status_code == 400
    assert "Enter your full name" in page.content.decode()
    assert 'value="01632 960 123"' in page.content.decode()


@pytest.mark.parametrize("page", ["contact", "accessibility", "privacy", "cookies"])
def test_the_pages_a_public_body_owes_its_readers_are_open_and_linked_everywhere(client, db, page):
    found = client.get(f"/help/{page}/")
    assert found.status_code == 200
    assert f'href="/help/{page}/"' in client.get("/sign-in/").content.decode()


def test_the_cookie_page_names_every_cookie(client, asha):
    client.get("/sign-in/")
    client.force_login(asha)
    page = client.get("/help/cookies/").content.decode()
    for name in {*client.cookies, "seen_here"}:
        assert name in page, name
