"""The whole way at a hundred bids: multiplied, served, signed in, measured."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Sum

pytestmark = [pytest.mark.slow, pytest.mark.world]
BIDS, DRAFTS = 100, 12
FEW = {
    "task list": "applicant", "save a section": "save", "submit": "submit", "queue: filtered": "queue",
    "record a vote": "record", "evaluation: completeness": "evaluation",
}  # fmt: skip


@pytest.fixture(scope="module")
def multiplied(world, django_db_blocker):
    """The world, as many times as makes a hundred bids."""
    from benchmark.seeding import seed

    with django_db_blocker.unblock():
        seed(BIDS, DRAFTS)
        yield counted()


def counted():
    """How many bids there are and how many wait to be sent, before any test sends one."""
    from grants.applications.models import Application

    ready = rows(Application, status="draft", answers__section="declaration")
    return rows(Application).count(), ready.count()


@pytest.fixture(scope="module")
def measured(multiplied, tmp_path_factory):
    """What the benchmark says of a few pages."""
    result = tmp_path_factory.mktemp("benchmark") / "result.json"
    found = connection.settings_dict
    place = f"postgres://{found['USER']}@{found['HOST']}:{found['PORT']}/{found['NAME']}"
    url = f"sqlite:///{found['NAME']}" if connection.vendor == "sqlite" else place
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "benchmark.settings"}
    command = [sys.executable, "-m", "benchmark.one", str(result), "5", ",".join(FEW)]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(result.read_text())


def rows(model, **where):
    return model._base_manager.filter(**where)


def test_there_are_as_many_bids_as_were_asked_for(multiplied):
    bids, ready = multiplied
    assert abs(bids - BIDS) < 13
    assert ready == DRAFTS + 1


def test_copies_are_whole_and_stand_on_their_own(multiplied):
    from benchmark.seeding import STRIDE
    from evaluation.reports.models import OutcomeReport
    from grants.awards.models import Award

    first = rows(Award, status="closed", spending_return__expenditure__isnull=False).order_by("pk")[0]
    copy = rows(Award).get(pk=first.pk + STRIDE)

    assert copy.amount == first.amount
    assert copy.application_id == first.application_id + STRIDE
    assert copy.group_id == copy.application.group_id == first.group_id + STRIDE
    assert copy.case != first.case
    assert copy.payments.get().account.group_id == copy.group_id
    assert copy.spending_return.expenditure.count() == first.spending_return.expenditure.count() > 0
    assert rows(OutcomeReport, requirement__award=copy).count() == 1


def test_what_happened_is_told_of_the_copy(multiplied):
    from benchmark.seeding import STRIDE
    from communities.core.models import Event, Message
    from grants.applications.models import Application

    first = rows(Application, status="decided").order_by("pk")[0]
    copy = rows(Application).get(pk=first.pk + STRIDE)

    for model in (Event, Message):
        about = {"object_model": "grants.Application", "object_pk": str(copy.pk)}
        assert set(rows(model, **about).values_list("case", flat=True)) == {copy.case}
    told = {"object_model": "grants.Application"}
    assert rows(Event, case=copy.case, **told).count() == rows(Event, case=first.case, **told).count() > 10


def test_everybody_signs_in_with_an_address_of_their_own(multiplied):
    from communities.people.models import User

    emails = list(rows(User).values_list("email", flat=True))
    assert len(set(emails)) == len(emails) > BIDS


def test_budgets_hold_what_their_ledger_says(multiplied):
    from grants.funds.models import Budget

    for budget in rows(Budget):
        booked = dict(budget.entries.values_list("kind").annotate(Sum("amount")).order_by())
        assert budget.committed == booked["commit"] - booked.get("release", 0)
        assert 0 < budget.paid == booked["pay"]


def test_pages_are_measured_beside_the_floor(measured):
    assert {row["name"]: row["kind"] for row in measured["pages"]} == FEW
    for row in measured["pages"]:
        assert "broken" not in row
        assert row["samples"] >= 3
        assert row["ratio"] == pytest.approx(row["median"] / row["floor"])
        assert row["sql"] > 0
    assert 20 < measured["memory"] <= measured["peak"]


def test_acts_were_done(measured):
    from grants.applications.models import Application
    from grants.decisions.models import Vote

    assert rows(Application, status="draft", answers__section="declaration").count() <= DRAFTS + 1 - 5
    assert rows(Vote, motion__status="open").count() >= 5
