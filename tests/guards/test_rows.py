"""What a list shows and what a page allows is one rule; and a list costs the same however long it is."""

from collections import Counter
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.urls import reverse

from communities.core.permissions import allows
from tests.guards.access import PAGES
from tests.guards.examples import about
from tests.guards.office import MODELS
from tests.guards.office import PAGES as OFFICE_PAGES
from tests.guards.office_examples import office_example
from tests.guards.test_office import is_sample, rows_of
from tests.guards.visits import Visits
from tests.guards.world import ROLES, somebody

pytestmark = pytest.mark.world
SAMPLE = 8
REPEATED = 4  # the same statement so often on one page is a statement for each row
ONE_PERSON = ("chair", "panel", "member", "senior", "officer", "finance", "analyst", "access")


def ruled():
    """The models whose rows are shown by a rule."""
    return [
        model
        for model in apps.get_models()
        if hasattr(model._default_manager.all(), "visible_to") and model._meta.app_label != "sample"
    ]


def disagreements(model, user):
    """Rows that a list shows to somebody who may not view them, or hides from somebody who may; and doubled rows."""
    name = f"{model._meta.app_label}.view_{model._meta.model_name}"
    shown = list(model._default_manager.visible_to(user).values_list("pk", flat=True))
    if len(shown) != len(set(shown)):
        yield f"{name}: a row is shown twice"
    rows = model._base_manager.order_by("pk")
    for row in [*rows.filter(pk__in=shown[:SAMPLE]), *rows.exclude(pk__in=shown)[:SAMPLE]]:
        may = allows(user, name, row)
        if may != (row.pk in shown):
            yield f"{name} of {row.pk}: may view {may}, shown {row.pk in shown}"


@pytest.mark.parametrize("role", ROLES)
def test_people_see_the_rows_that_they_may_view_and_no_others(role, world, db):
    from django.contrib.auth.models import AnonymousUser

    user = somebody(role) or AnonymousUser()
    found = [each for model in ruled() for each in disagreements(model, user)]
    assert not found, "\n".join(found)


def test_a_rule_that_lists_and_pages_read_differently_is_seen(world, db, monkeypatch):
    from grants.awards.models import Award

    monkeypatch.setattr("tests.guards.test_rows.allows", lambda *_: True)
    assert len(list(disagreements(Award, somebody("stranger")))) == SAMPLE


def test_every_model_of_the_office_shows_its_rows_by_a_rule():
    """Or by none at all: what has no rule is shown to nobody."""
    open_ = [model._meta.label for model in admin.site._registry if model not in ruled() and not is_sample(model)]
    assert open_ == [label for label in open_ if MODELS[label][0] == "" or f"{label}" in PARTS]


PARTS = {"grants.Question", "grants.Criterion"}  # parts of terms: whoever reads rounds reads them all


@contextmanager
def statements():
    """The statements that were sent to the database meanwhile, each with its number."""
    found = Counter()

    def watch(execute, sql, params, many, context):
        found[sql] += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield found


def queries(client, address):
    """How many statements a page costs, once everything is warm."""
    client.get(address)
    with statements() as sent:
        answer = client.get(address)
        if answer.streaming:
            list(answer.streaming_content)
    assert answer.status_code == 200, f"{address} -> {answer.status_code}"
    return sent


def reader(words):
    """One of those who may, where possible somebody with many rows."""
    roles = words.split()
    return next((role for role in ONE_PERSON if role in roles or "signed" in roles), "stranger")


@pytest.mark.parametrize("label", [label for label, (readers, *_) in MODELS.items() if readers])
def test_lists_of_the_office_cost_the_same_for_one_row_and_for_thirty(label, world, db, settings, monkeypatch):
    settings.STAFF_SECOND_FACTOR = False
    model = apps.get_model(label)
    office = admin.site._registry[model]
    client = Visits().as_(somebody("senior" if "senior" in MODELS[label][0].split() else "auditor"))
    address = reverse(f"admin:{office.opts.app_label}_{office.opts.model_name}_changelist")
    cost = {}
    for size in (2, 30):
        monkeypatch.setattr(office, "list_per_page", size)
        cost[size] = queries(client, address)
    more = {sql[:300]: (cost[2][sql], n) for sql, n in cost[30].items() if n > cost[2][sql]}
    assert cost[2].total() == cost[30].total(), more


def pages():
    """Every page that can be read: what to call it, the address, who reads it."""
    for name, words in PAGES.items():
        if not name.startswith(("POST ", "account_", "mfa_")) and words:
            example = about(name)[0]
            yield name, reverse(name, kwargs=example.kwargs), reader(words), example.group
    for name, words in OFFICE_PAGES.items():
        if not name.startswith("POST "):
            yield name, reverse(name, args=office_example(name)), reader(words), None
    for label, (readers, *_) in MODELS.items():
        model = apps.get_model(label)
        for row in rows_of(model) if readers else ():
            base = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
            yield f"{label} {getattr(row, 'status', '')}", reverse(base, args=[row.pk]), reader(readers), None


def test_no_page_asks_the_database_again_for_each_row(world, db, settings):
    settings.STAFF_SECOND_FACTOR = False
    visits, found = Visits(), []
    for name, address, role, group in pages():
        client = visits.as_(somebody(role, group))
        with statements() as sent:
            answer = client.get(address, follow=True)
            if answer.streaming:
                list(answer)
        found += [f"{name} as {role}: {n} times {sql[:200]}" for sql, n in sent.items() if n > REPEATED]
    assert not found, "\n".join(found)
