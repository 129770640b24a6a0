"""The tests' database: a miniature app beside the real ones, and a kept copy instead of emptied tables.

Evidence refuses DELETE and TRUNCATE, so a test with real transactions cannot empty the tables afterwards: it puts
back the database as it was after the migrations. Rows that migrations wrote survive that way as well.
"""

import sqlite3
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
