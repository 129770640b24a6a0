"""Visiting the pages of the world as its people, and seeing what that writes."""

from contextlib import contextmanager

from django.db import connection
from django.test import Client

REFUSED = (403, 404)
# what a visit may write: that it happened, the session, and when somebody signed in
KEPT = ("communities_event", "django_session", '"last_login"')


@contextmanager
def writes():
    """What is written to the database meanwhile."""
    found = []

    def watch(execute, sql, params, many, context):
        verb, _, rest = sql.partition(" ")
        if verb.upper() in {"INSERT", "UPDATE", "DELETE"} and not any(name in rest.split("WHERE")[0] for name in KEPT):
            found.append(sql[:120])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield found


class Visits:
    """Everybody's browser, kept for all pages."""

    def __init__(self):
        self.clients = {}

    def as_(self, user):
        if user not in self.clients:
            client = Client(raise_request_exception=False)  # a breakdown is an answer too: 500
            if user is not None:
                client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
            self.clients[user] = client
        return self.clients[user]


def to_sign_in(answer):
    """Whether an answer asks to sign in first (the office sends on to the same page, or says no there)."""
    place, _, query = answer.get("Location", "").partition("?")
    return answer.status_code == 302 and "next=" in query and place in ("/sign-in/", "/office/login/")


def kept_out(answer):
    """Whether an answer keeps somebody out: there is no such page, it is not theirs, or sign in first."""
    return answer.status_code in REFUSED or to_sign_in(answer)


def opened(answer):
    """Whether an answer is the page, or a way to one."""
    return answer.status_code in (200, 302) and not to_sign_in(answer)


def wrong(said, client, address, *, opens=True, may=False, is_act=False):
    """What is wrong with the answers of one address to one person, in sentences."""
    with writes() as written:
        answer = client.get(address)
        if answer.streaming:
            list(answer)  # to its end, which closes the file
    said = f"{said} -> {answer.status_code}"
    if written:
        yield f"GET {said} and wrote {written}"
    if is_act and not (answer.status_code == 405 or kept_out(answer)):
        yield f"GET {said}, though it is an act"
    if may and opens and not is_act and not opened(answer):
        yield f"GET {said}, though they may"
    if not may and not is_act and not kept_out(answer):
        yield f"GET {said}, though they may not"
    if not may:
        yield from forced(said, client, address)


def forced(said, client, address, sent=()):
    """What is wrong with the answer to something sent by somebody who may not."""
    with writes() as written:
        answer = client.post(address, dict(sent))
    if not (answer.status_code == 405 or kept_out(answer)) or written:
        yield f"POST {said} -> {answer.status_code}, though they may not; wrote {written}"
