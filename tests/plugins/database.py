"""The tests' database: a miniature app beside the real ones, and a kept copy instead of emptied tables.

Evidence refuses DELETE and TRUNCATE, so a test with real transactions cannot empty the tables afterwards: it puts
back the database as it was after the migrations. Rows that migrations wrote survive that way as well.
"""

import os
import sqlite3
from contextlib import contextmanager
from pathlib import Path

import pytest


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_load_initial_conftests():
    """Install the miniature before Django is set up, and after the servers are there."""
    from config import settings

    if "tests.sample" not in settings.INSTALLED_APPS:
        settings.INSTALLED_APPS.append("tests.sample")
    return (yield)


def keep(connection, kept="kept"):
    """Put a copy of the database aside, under a name."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with sqlite3.connect(kept_file(name, kept)) as copy:
            connection.connection.backup(copy)
        copy.close()
        return
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}_{kept}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}_{kept}" TEMPLATE "{name}" STRATEGY FILE_COPY')


def restore(connections, kept="kept"):
    """Make the database what its copy of this name is."""
    connections.close_all()
    connection = connections["default"]
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        copy = sqlite3.connect(kept_file(name, kept))
        copy.backup(connection.connection)  # copes with the write-ahead log, where copying the file would not
        copy.close()
        return
    with connection._nodb_cursor() as cursor:  # FORCE: threads and live servers leave connections behind
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{name}_{kept}" STRATEGY FILE_COPY')


def forget(connection, kept="kept"):
    """Throw a copy away, and put out whoever still holds the database, so that it can be thrown away as well."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        for end in ("", "-wal", "-shm"):
            Path(f"{kept_file(name, kept)}{end}").unlink(missing_ok=True)
        return
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}_{kept}" WITH (FORCE)')
        # a live server's thread may still hold a connection when its last test has ended
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])


def kept_file(name, kept):
    return f"{name}.{kept}"


def roles():
    """The site's and the reader's role in this process's tests."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return f"tests_{worker}_app", f"tests_{worker}_reader"


@contextmanager
def as_the_site(connection):
    """On PostgreSQL: with the rights of the site's own role, which owns nothing and cannot touch evidence."""
    if connection.vendor == "sqlite":
        yield
        return
    from communities.core.rights import statements

    app, reader = roles()
    with connection.cursor() as cursor:
        for role in (app, reader):
            cursor.execute(f"DO $$ BEGIN CREATE ROLE {role}; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
        for statement in statements(app=app, reader=reader):
            cursor.execute(statement)
        cursor.execute(f"SET ROLE {app}")
        yield
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (app,), "the connection was opened anew, and is the owner's again"
        cursor.execute("RESET ROLE")


def forget_roles(connection):
    """Leave no role behind on a server that somebody else runs."""
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            for role in roles():
                cursor.execute(f"DROP ROLE IF EXISTS {role}")


@pytest.fixture(scope="module")
def once(request, django_db_setup, django_db_blocker):
    """Rows built once for all tests of a module: `once(build)` answers a function that gives each test its own copies.

    The module's tests run inside one transaction, each in a savepoint, so they see the rows as they were built. Where
    a test of the module commits (threads, a browser), there can be no such transaction: each test builds for itself.
    """
    from django.db import transaction

    if any(commits(item) for item in request.session.items if item.path == request.path):
        yield lambda build: build
        return

    def build_now(build):
        with django_db_blocker.unblock():
            rows = build()
        return lambda: {name: type(row)._base_manager.get(pk=row.pk) for name, row in rows.items()}

    around = transaction.atomic()
    around._from_testcase = True  # as Django marks its own: durable transactions may begin inside
    with django_db_blocker.unblock():
        around.__enter__()
    yield build_now
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


def commits(item):
    """Whether a test has real transactions."""
    marker = item.get_closest_marker("django_db")
    return bool({"transactional_db", "live_server"} & set(item.fixturenames)) or bool(
        marker and (marker.kwargs.get("transaction") or (marker.args and marker.args[0]))
    )
