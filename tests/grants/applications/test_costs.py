"""What the pages of the public and of groups ask the database: within these limits, nothing twice, however much."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communities.core.clock import moved
from grants.rounds.models import Terms
from tests.factories.applications import ApplicationFactory, WholeRoundFactory
from tests.factories.rounds import RoundFactory

OF_TRANSACTIONS = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


@pytest.fixture
def asked(client, asha, round_):
    """Ask for a page as Asha: the answer's status, how many statements it took, which were sent more than once."""
    Terms.objects.filter(pk=round_.terms_id).update(frozen_at=round_.opens_at)  # as publishing does
    client.force_login(asha, backend="allauth.account.auth_backends.AuthenticationBackend")

    def ask(name, *args, post=None):
        path = reverse(name, args=args)
        with moved(round_.closes_at - timedelta(days=1)), CaptureQueriesContext(connection) as caught:
            answer = client.get(path) if post is None else client.post(path, post)
        texts = Counter(each["sql"] for each in caught if not each["sql"].startswith(OF_TRANSACTIONS))
        return answer.status_code, len(caught), [sql for sql, times in texts.items() if times > 1]

    return ask


def more(round_, group, asha, number=30):
    """Many more rounds, and as many bids of the same group."""
    for _ in range(number):
        ApplicationFactory(round=WholeRoundFactory(), group=group, started_by=asha)
    RoundFactory.create_batch(3)


@pytest.mark.django_db
@pytest.mark.parametrize(("page", "limit"), [("front", 4), ("rounds", 4), ("round", 4), ("questions", 1)])
def test_what_the_public_sees(asked, client, round_, group, asha, page, limit):
    client.logout()
    args = [round_.public_id] if page in ("round", "questions") else []
    asked(f"rounds:{page}", *args)  # what published terms say is read once by each process
    for rows in (0, 3):
        more(round_, group, asha, number=rows)
        status, number, twice = asked(f"rounds:{page}", *args)
        assert (status, twice) == (200, [])
        assert number <= limit, rows


PAGES = [("home", 10), ("applications:tasks", 6), ("applications:check", 10), ("idea", 5), ("money", 6)]


@pytest.mark.parametrize(("page", "limit"), PAGES)
def test_what_a_group_sees(asked, ready, round_, group, asha, page, limit):
    name, args = {
        "home": ("home", []), "idea": ("applications:section", [ready.public_id, "idea"]),
        "money": ("applications:section", [ready.public_id, "money"]),
    }.get(page, (page, [ready.public_id]))  # fmt: skip
    asked(name, *args)
    for rows in (0, 30):
        more(round_, group, asha, number=rows)
        status, number, twice = asked(name, *args)
        assert (status, twice) == (200, [])
        assert number <= limit, rows


@pytest.mark.parametrize(("section", "limit"), [("idea", 12), ("dates", 12)])
def test_saving_a_section(asked, ready, section, limit):
    answer = ready.answers.get(section=section)
    asked("applications:tasks", ready.public_id)
    status, number, twice = asked(
        "applications:section", ready.public_id, section, post={"version": answer.version, "later": "1"}
    )
    assert (status, twice) == (302, [])
    assert number <= limit


def test_sending(asked, ready):
    asked("applications:tasks", ready.public_id)
    status, number, twice = asked("applications:send", ready.public_id, post={})
    assert status == 302
    assert number <= 43
    assert len(twice) <= 2  # the answers, judged and then frozen; who sent it, for the receipt's letter
