"""One click signs in as one of the cast: on this machine, through no proxy, and only while the switch is on."""

import pytest
from django.test import Client

from communities.core.models import Event
from communities.people.models import User
from tests.cast import account


@pytest.fixture(autouse=True)
def _demonstration(settings):
    settings.DEMONSTRATION = True
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]


@pytest.fixture
def officer(db):
    user = account("Olive Office", "officer")
    return renamed(user, "olive@demo.invalid")


def renamed(user, email):
    User.objects.filter(pk=user.pk).update(email=email)
    user.refresh_from_db()
    return user


def door(user):
    return f"/demonstration/sign-in/{user.pk}/"


def knock(user, client=None, **headers):
    return (client or Client()).post(door(user), HTTP_HOST=headers.pop("HTTP_HOST", "localhost:8000"), **headers)


def test_one_click_signs_in_and_counts_as_the_second_proof(officer, settings):
    settings.STAFF_SECOND_FACTOR = True
    client = Client()
    assert knock(officer, client)["Location"] == "/office/"
    assert client.get("/office/", HTTP_HOST="localhost").status_code == 200
    assert Event.objects.filter(verb="user.sign_in", actor=officer).count() == 1


def test_a_session_of_the_demonstration_is_worth_nothing_once_the_switch_is_off(officer, settings):
    settings.STAFF_SECOND_FACTOR = True
    client = Client()
    knock(officer, client)
    settings.DEMONSTRATION = False
    assert client.get("/office/", HTTP_HOST="localhost")["Location"] == "/sign-in/2fa/totp/activate/"


def test_a_link_cannot_sign_anybody_in(officer):
    assert Client().get(door(officer), HTTP_HOST="localhost").status_code == 405


def test_real_people_cannot_be_signed_in_as(carol):
    assert knock(carol).status_code == 404


def test_nobody_with_all_keys_can_be_signed_in_as(db):
    user = User.objects.create_superuser("root@demo.invalid")
    assert knock(user).status_code == 404


def test_closed_accounts_stay_closed(officer):
    User.objects.filter(pk=officer.pk).update(is_active=False)
    assert knock(officer).status_code == 404


def test_another_machine_finds_nothing_here(officer):
    assert knock(officer, REMOTE_ADDR="192.0.2.7").status_code == 404


@pytest.mark.parametrize("header", ["X_FORWARDED_FOR", "X_FORWARDED_HOST", "FORWARDED", "X_REAL_IP", "VIA"])
def test_behind_a_proxy_there_is_nothing_here(officer, header):
    assert knock(officer, **{f"HTTP_{header}": "127.0.0.1"}).status_code == 404


def test_another_host_name_is_refused(officer):
    assert knock(officer, HTTP_HOST="fund.council.example").status_code == 400


def test_a_page_elsewhere_cannot_post_here(officer):
    assert knock(officer, Client(enforce_csrf_checks=True)).status_code == 403


def test_with_the_switch_off_there_is_nothing_here(officer, settings):
    settings.DEMONSTRATION = False
    assert knock(officer).status_code == 404
    assert "Olive" not in Client().get("/sign-in/", HTTP_HOST="localhost").content.decode()


def test_the_sign_in_page_offers_the_cast_with_what_they_do(officer, carol):
    page = Client().get("/sign-in/", HTTP_HOST="localhost").content.decode()
    assert "Olive Office" in page
    assert "Grants officer" in page
    assert "Carol Reed" not in page
    assert "This is a demonstration" in page
