"""The operators' page in a real browser, on a bad day."""

import uuid
from datetime import timedelta

import pytest

from communities.core import running
from communities.core.clock import now
from communities.core.models import Message, PeriodicRun
from communities.core.periodic import TASKS
from tests.browser.pages import flaws

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def bad_day(monkeypatch):
    """Redis is away, messages wait, one task fails."""
    monkeypatch.setattr(running, "redis_answers", lambda: False)
    long_ago = now() - timedelta(hours=3)
    for name, task in TASKS.items():
        PeriodicRun.objects.create(name=name, last_at=long_ago, next_at=long_ago + task.every)
    PeriodicRun.objects.filter(name="offers").update(error="OperationalError: the connection was closed")
    for state in ("waiting", "waiting", "failed"):
        Message.objects.create(
            template=str(uuid.uuid4()), recipient="pat@example.org", subject="x", body="x", state=state,
            created_at=long_ago, next_at=long_ago,
        )  # fmt: skip


def test_on_a_bad_day_the_page_says_what_to_do(site, grace, bad_day):
    page = site(grace, "/office/running/")
    assert page.locator("h1").inner_text() == "How the installation runs"
    assert "Messages, imports and scans wait, and nothing is lost" in page.locator("main").inner_text()
    assert page.locator(".govuk-tag--red").count() >= 4
    assert flaws(page) == []
