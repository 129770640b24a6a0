"""Getting in: a code by email, a password, a second proof for the office, and nobody else's door."""

import re
import time
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.test import Client
from django.urls import reverse

from communities.core.clock import moved, now
from communities.core.models import Event, Message
from communities.core.outbox import send_due
from communities.people.models import Person, User
from communities.people.tasks import forget_old_sign_ins

SIGN_IN = "/sign-in/"
CODE = re.compile(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", re.MULTILINE)


def ask(client, email, **extra):
    return client.post(SIGN_IN, {"email": email}, **extra)


def code_for(email):
    """The code in the newest mail to an address, once the outbox has sent it."""
    send_due()
    [text] = [letter.body for letter in mail.outbox if letter.to == [email]][-1:]
    return CODE.search(text).group()


def get_in(client, email):
    ask(client, email)
    return client.post("/sign-in/code/", {"code": code_for(email)})


def test_a_new_address_signs_in_by_code_and_becomes_a_person(client, db):
    page = ask(client, "Doreen@Example.org")
    assert (page.status_code, page["Location"]) == (302, "/sign-in/code/")
    assert "doreen@example.org" in client.get("/sign-in/code/").content.decode()
    done = client.post("/sign-in/code/", {"code": code_for("doreen@example.org").lower().replace("-", " ")})
    assert (done.status_code, done["Location"]) == (302, "/home/")
    user = User.objects.get()
    assert (user.email, user.has_usable_password(), user.is_staff) == ("doreen@example.org", False, False)
    assert Person.objects.get().user == user
    assert EmailAddress.objects.get(user=user).verified
    assert list(Event.objects.values_list("verb", flat=True)) == ["person.register", "user.sign_in"]


def test_known_and_unknown_addresses_get_the_same_answer(client, asha, settings):
    known, unknown = Client(), Client()
    first, second = ask(known, asha.email), ask(unknown, "nobody@example.org")
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    token = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
    pages = [
        token.sub("", each.get("/sign-in/code/").content.decode()).replace(email, "X")
        for each, email in ((known, asha.email), (unknown, "nobody@example.org"))
    ]
    assert pages[0] == pages[1]


def test_the_mail_waits_in_the_outbox_so_nobody_waits_for_the_mail_server(client, asha):
    ask(client, asha.email)
    message = Message.objects.get()
    assert (message.state, message.user, message.template) == ("waiting", None, "account/email/login_code")
    assert mail.outbox == []


def test_nobody_in_the_office_can_read_somebody_elses_code(client, carol, grace):
    ask(client, grace.email)
    assert not Message.objects.visible_to(carol).exists()
    assert not carol.has_perm("communities.view_message", Message.objects.get())


def test_what_was_sent_is_wiped_within_the_hour(client, asha):
    ask(client, asha.email)
    send_due()
    forget_old_sign_ins()
    assert CODE.search(Message.objects.get().body)
    with moved(now() + timedelta(minutes=61)):
        forget_old_sign_ins()
    assert Message.objects.get().body == ""


def test_a_wrong_code_is_refused_three_times_at_most(client, asha):
    ask(client, asha.email)
    right = code_for(asha.email)
    for _ in range(2):
        page = client.post("/sign-in/code/", {"code": "AAAA-AAAA"})
        assert "This code is not right" in page.content.decode()
    assert client.post("/sign-in/code/", {"code": "AAAA-AAAA"}).status_code == 302
    assert client.post("/sign-in/code/", {"code": right})["Location"] != "/home/"
    assert "_auth_user_id" not in client.session


def test_a_code_is_good_once_and_in_the_browser_that_asked(client, asha):
    ask(client, asha.email)
    code = code_for(asha.email)
    assert "_auth_user_id" not in Client().post("/sign-in/code/", {"code": code}, follow=True).client.session
    client.post("/sign-in/code/", {"code": code})
    client.post("/sign-in/out/")
    assert client.post("/sign-in/code/", {"code": code})["Location"].startswith(SIGN_IN)


def test_the_page_asked_for_comes_after_signing_in(client, asha):
    first = client.get("/home/details/")
    assert first["Location"] == f"{SIGN_IN}?next=/home/details/"
    client.post(first["Location"], {"email": asha.email, "next": "/home/details/"})
    done = client.post("/sign-in/code/?next=/home/details/", {"code": code_for(asha.email), "next": "/home/details/"})
    assert done["Location"] == "/home/details/"


def test_signing_in_changes_the_session_and_signing_out_ends_it(client, asha):
    ask(client, asha.email)
    before = client.session.session_key
    client.post("/sign-in/code/", {"code": code_for(asha.email)})
    old = client.cookies["sessionid"].value
    assert old != before
    assert client.post("/sign-in/out/")["Location"] == "/"
    again = Client()
    again.cookies["sessionid"] = old
    assert again.get("/home/").status_code == 302
    assert set(Event.objects.values_list("verb", flat=True)) == {"user.sign_in", "user.sign_out"}


def test_signing_out_is_never_done_by_a_link(client, asha):
    client.force_login(asha)
    assert client.get("/sign-in/out/").status_code == 200
    assert client.get("/home/").status_code == 200


def test_a_pending_code_can_be_left_for_another_address(client, asha):
    ask(client, asha.email)
    assert client.get(SIGN_IN)["Location"].startswith("/sign-in/code/")
    assert "Use another email address" in client.get("/sign-in/code/").content.decode()
    assert client.post("/sign-in/out/", {"next": SIGN_IN})["Location"] == SIGN_IN
    assert client.get(SIGN_IN).status_code == 200


def test_a_stranger_cannot_use_up_the_codes_of_a_browser_that_was_here_before(client, asha):
    get_in(client, asha.email)
    client.post("/sign-in/out/")
    for _ in range(4):
        refused = ask(Client(REMOTE_ADDR="203.0.113.9"), asha.email)
    assert "Too many tries" in refused.content.decode()
    assert "Too many tries" in ask(Client(), asha.email).content.decode()
    assert ask(client, asha.email).status_code == 302


def test_a_cookie_of_one_address_buys_nothing_for_another(client, asha, ben):
    get_in(client, asha.email)
    client.post("/sign-in/out/")
    for _ in range(4):
        ask(Client(), ben.email)
    assert "Too many tries" in ask(client, ben.email).content.decode()


def test_a_closed_account_gets_no_code_and_the_page_does_not_tell(client, asha):
    User.objects.filter(pk=asha.pk).update(is_active=False)
    assert ask(client, asha.email)["Location"] == "/sign-in/code/"
    send_due()
    assert "account is closed" in mail.outbox[0].body
    assert not CODE.search(mail.outbox[0].body)


def test_there_is_nothing_to_register_for(client, db):
    assert client.get("/sign-in/new/")["Location"] == SIGN_IN
    assert client.get("/sign-in/password/forgotten/")["Location"] == SIGN_IN


@pytest.mark.parametrize("email", ["", "nonsense", "a@b"])
def test_a_wrong_address_is_explained_and_kept(client, db, email):
    page = ask(client, email).content.decode()
    assert page.count("There is a problem") == 1
    assert "<title>Error: " in page
    assert f'value="{email}"' in page or not email
    assert not User.objects.exists()


def test_a_password_is_optional_and_works_once_set(client, asha):
    client.force_login(asha)
    new = "correct horse battery"
    assert client.post("/sign-in/password/set/", {"password1": new, "password2": new}).status_code == 302
    client.post("/sign-in/out/")
    assert "not right" in client.post("/sign-in/password/", {"login": asha.email, "password": "x"}).content.decode()
    EmailAddress.objects.update_or_create(user=asha, email=asha.email, defaults={"verified": True, "primary": True})
    done = client.post("/sign-in/password/", {"login": "ASHA@example.org", "password": new})
    assert (done.status_code, done["Location"]) == (302, "/home/")
    send_due()
    assert [letter.subject for letter in mail.outbox] == ["A password was set for your account"]


def test_a_new_address_is_confirmed_before_it_counts_and_the_old_one_is_told(client, asha):
    get_in(client, asha.email)
    page = client.post("/sign-in/email/", {"email": "asha@new.example", "action_add": "yes"})
    assert page["Location"] == "/sign-in/email/confirm/"
    asha.refresh_from_db()
    assert asha.email == "asha@example.org"
    client.post("/sign-in/email/confirm/", {"code": code_for("asha@new.example")})
    asha.refresh_from_db()
    assert asha.email == "asha@new.example"
    assert asha.person.email == "asha@new.example"
    send_due()
    assert "Your email address was changed" in [each.subject for each in mail.outbox if each.to == ["asha@example.org"]]


# --- The second proof ---------------------------------------------------------------------------------------------


def with_app(user):
    """Give somebody an authenticator app; returns its secret."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    return secret


def current(secret):
    """What the app shows now."""
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


def test_the_office_asks_for_a_second_proof_to_be_set_up_first(client, carol, settings):
    client.force_login(carol)
    for address in ("/office/", "/home/", "/sign-in/email/"):
        assert client.get(address)["Location"] == reverse("mfa_activate_totp"), address
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    assert "<svg" in page.content.decode()
    assert "data:image" not in page.content.decode()


def test_who_has_just_set_up_an_app_is_not_asked_again_at_once(client, transactional_db, carol):
    get_in(client, carol.email)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    done = client.post(reverse("mfa_activate_totp"), {"code": current(secret)})
    assert done.status_code == 302
    assert client.get(done["Location"]).status_code == 200  # the recovery codes, to be printed
    assert client.get("/home/").status_code == 200
    assert Authenticator.objects.filter(user=carol, type="totp").exists()
    assert Event.objects.filter(verb="user.factor_added", actor=carol).exists()


def test_an_officer_signs_in_with_a_code_and_the_app(client, carol):
    secret = with_app(carol)
    after_code = get_in(client, carol.email)
    assert after_code["Location"].startswith(reverse("mfa_authenticate"))
    assert "_auth_user_id" not in client.session
    client.post(reverse("mfa_authenticate"), {"code": current(secret)})
    assert client.get("/home/").status_code == 200


def test_an_officer_without_the_second_proof_in_this_session_is_sent_to_it(client, carol):
    with_app(carol)
    client.force_login(carol)
    assert client.get("/office/?q=1")["Location"] == "/sign-in/2fa/reauthenticate/?next=%2Foffice%2F%3Fq%3D1"


def test_a_volunteer_needs_no_second_proof(client, asha):
    client.force_login(asha)
    assert client.get("/home/").status_code == 200


def test_the_second_proof_can_be_off_on_this_machine(client, carol, settings):
    settings.STAFF_SECOND_FACTOR = False
    client.force_login(carol)
    assert client.get("/home/").status_code == 200
