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


def keep(connection):
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with sqlite3.connect(kept_file(name)) as kept:
            connection.connection.backup(kept)
        kept.close()
        return
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}_kept" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}_kept" TEMPLATE "{name}" STRATEGY FILE_COPY')


def restore(connections):
    connections.close_all()
    connection = connections["default"]
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        kept = sqlite3.connect(kept_file(name))
        kept.backup(connection.connection)  # copes with the write-ahead log, where copying the file would not
        kept.close()
        return
    with connection._nodb_cursor() as cursor:  # FORCE: threads and live servers leave connections behind
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{name}_kept" STRATEGY FILE_COPY')


def forget(connection):
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        for end in ("", "-wal", "-shm"):
            Path(f"{kept_file(name)}{end}").unlink(missing_ok=True)
        return
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}_kept" WITH (FORCE)')


def kept_file(name):
    return f"{name}.kept"
