"""What went wrong is a page: it says what happened to what was typed, and asks for no database."""

import pytest
from django.db import OperationalError
from django.test import Client

from communities.people import views

CONTACT = "/help/contact/"


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


def breaks(monkeypatch, error):
    def render(*args, **kwargs):
        raise error

    monkeypatch.setattr(views, "render", render)


def test_a_breakdown_says_whom_to_ask(visitor, monkeypatch, settings):
    breaks(monkeypatch, RuntimeError("a bug"))
    answer = visitor.get(CONTACT)
    assert answer.status_code == 500
    assert f'href="mailto:{settings.HELP_EMAIL}"' in answer.content.decode()
    assert "a bug" not in answer.content.decode()


def test_a_database_that_is_away_is_said_with_a_time_to_try_again(visitor, monkeypatch):
    breaks(monkeypatch, OperationalError("server closed the connection"))
    answer = visitor.get(CONTACT)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "The service is not available just now" in answer.content.decode()


def test_what_was_typed_comes_back_when_the_database_is_away(client, asha, monkeypatch):
    client.force_login(asha, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.raise_request_exception = False
    monkeypatch.setattr(views.operations, "correct_person", lambda *a, **k: (_ for _ in ()).throw(OperationalError()))
    answer = client.post("/home/details/", {"full_name": "Asha <Patel>", "phone": "01632 960 123"})
    assert answer.status_code == 503
    assert "Asha &lt;Patel&gt;" in answer.content.decode()
    assert "01632 960 123" in answer.content.decode()


@pytest.mark.parametrize(("origin", "given_back"), [("http://testserver", True), ("https://evil.example", False)])
def test_a_stale_form_gives_back_what_was_typed_here_and_repeats_nothing_from_elsewhere(origin, given_back):
    visitor = Client(enforce_csrf_checks=True)
    answer = visitor.post("/sign-in/", {"email": "asha@example.org"}, headers={"origin": origin})
    assert answer.status_code == 403
    assert "This page was open for too long" in answer.content.decode()
    assert ("asha@example.org" in answer.content.decode()) is given_back


def test_too_much_at_once_is_said(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = Client(enforce_csrf_checks=False).post(
        "/sign-in/", "x" * 200, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 413
    assert "What you sent is too large" in answer.content.decode()
