"""Fixtures that every test may ask for."""

import pytest
from hypothesis import settings as hypothesis_settings

from tests.plugins import browser, database

pytest_plugins = ["tests.cast", "tests.guards.world"]

# how long an example takes says nothing on a busy machine
hypothesis_settings.register_profile("fund", deadline=None)
hypothesis_settings.load_profile("fund")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_modify_db_settings, django_db_use_migrations):
    """The tests' database, with a copy of it kept aside.

    Not pytest-django's own fixture: that makes none where only modules ask (the guards' world), and the kept copy would
    then be one of somebody's data.
    """
    from django.db import connections
    from django.test import TransactionTestCase
    from django.test.utils import setup_databases, teardown_databases
    from pytest_django.fixtures import _disable_migrations

    if not django_db_use_migrations:
        _disable_migrations()
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
        database.keep(connections["default"])
    with pytest.MonkeyPatch.context() as patched:
        # TestCase keeps its own rollback; only tests with real transactions come here
        patched.setattr(TransactionTestCase, "_fixture_teardown", lambda self: database.restore(connections))
        yield
    with django_db_blocker.unblock():
        for kept in ("kept", "world"):
            database.forget(connections["default"], kept)
        teardown_databases(made, verbosity=0)
        database.forget_roles(connections["default"])


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The machine's own Chromium. (Here, not in the plugin: pytest-playwright's own would win.)"""
    return browser.launch_options(browser_type_launch_args)


@pytest.fixture(autouse=True)
def _published_terms():
    """What a process keeps of published terms: each test has terms of its own, with keys that come again."""
    from grants.rounds.queries import KEPT

    KEPT.clear()


@pytest.fixture(autouse=True)
def _anchors(settings, tmp_path_factory, request):
    """Each test has an anchor file of its own: a seal of one must not accuse another."""
    settings.EVENT_ANCHORS = tmp_path_factory.getbasetemp() / f"anchors-{abs(hash(request.node.nodeid))}.txt"


@pytest.fixture
def receipts():
    """A kind of file that whoever sent it may open."""
    from django.db.models import Q

    from communities.core.files import OPENERS, may_open

    OPENERS.pop("test_receipt", None)
    may_open("test_receipt")(lambda user: Q(uploaded_by=user.pk))
    yield "test_receipt"
    OPENERS.pop("test_receipt")
