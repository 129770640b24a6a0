"""Who may open which page: every address, as everybody, about one's own things and about other people's."""

from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.guards.access import PAGES, SIGN_IN
from tests.guards.examples import about
from tests.guards.world import ROLES, addresses, somebody

pytestmark = pytest.mark.slow
OPENED, REFUSED = (200, 302), (403, 404)
KEPT = ("communities_event", "communities_eventdetail", "django_session", "communities_user", "SAVEPOINT", "RELEASE", "ROLLBACK")


@contextmanager
def writes():
    """What is written to the database meanwhile, but for events, sessions and the time of the sign-in."""
    found = []

    def watch(execute, sql, params, many, context):
        verb = sql.split(maxsplit=1)[0].upper()
        if verb in {"INSERT", "UPDATE", "DELETE"} and not any(name in sql.split("WHERE")[0] for name in KEPT):
            found.append(sql[:120])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield found


class Visit:
    """Everybody's browser, kept for all pages."""

    def __init__(self):
        self.clients = {}

    def as_(self, user):
        if user not in self.clients:
            client = Client(raise_request_exception=True)
            if user is not None:
                client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
            self.clients[user] = client
        return self.clients[user]


def line_of(name):
    """What the list says of an address: who may, and whether it is an act."""
    if f"POST {name}" in PAGES:
        return PAGES[f"POST {name}"].split(), True
    return PAGES[name].split(), False


def may(role, words):
    """Whether the words of a line let this role in."""
    return "everyone" in words or role in words or ("signed" in words and role != "visitor")


def kept_out(response):
    """Whether an answer keeps somebody out: there is no such page, it is not theirs, or sign in first."""
    return response.status_code in REFUSED or _asks_to_sign_in(response)


def _asks_to_sign_in(response):
    return response.status_code == 302 and "/sign-in/" in response["Location"] and "next=" in response["Location"]


def wrong(role, name, example, visit, allowed, is_act):
    """What is wrong with the answers of one address to one person, as sentences."""
    address = reverse(name, kwargs=example.kwargs)
    client = visit.as_(somebody(role, example.group))
    with writes() as written:
        answer = client.get(address, {"next": "/"} if name in SIGN_IN else {})
    said = f"{role} GET {name} [{example.state}] -> {answer.status_code}"
    if written:
        yield f"{said} and wrote {written}"
    if is_act and answer.status_code not in (405, *REFUSED) and not _asks_to_sign_in(answer):
        yield f"{said}, though it is an act"
    if allowed and example.opens and not is_act and (answer.status_code not in OPENED or _asks_to_sign_in(answer)):
        yield f"{said}, though they may"
    if not allowed and not is_act and not kept_out(answer):
        yield f"{said}, though they may not"
    if not allowed:
        with writes() as written:
            answer = client.post(address, {})
        if (not kept_out(answer) and answer.status_code != 405) or written:
            yield f"{role} POST {name} [{example.state}] -> {answer.status_code} and wrote {written}"


def own_pages():
    """The addresses outside the admin, which has a table of its own."""
    return {name: pattern for name, pattern in addresses().items() if not name.startswith("admin:")}


def test_every_address_has_its_line():
    listed = {name.removeprefix("POST ") for name in PAGES}
    missing, gone = set(own_pages()) - listed, listed - set(own_pages())
    assert not missing, f"Say in tests/guards/access.py who may open {sorted(missing)}."
    assert not gone, f"Take {sorted(gone)} out of tests/guards/access.py: there is no such address."


@pytest.mark.parametrize("role", ROLES)
def test_every_page_opens_for_those_who_may_and_for_nobody_else(role, world, db, settings):
    settings.STAFF_SECOND_FACTOR = False
    visit, found = Visit(), []
    for name, pattern in own_pages().items():
        words, is_act = line_of(name)
        for example in about(name, pattern):
            if example.opens or not may(role, words):
                found += wrong(role, name, example, visit, may(role, words), is_act)
    assert found == []
