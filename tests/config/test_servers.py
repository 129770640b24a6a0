"""The tests run on what they say they run on."""

import os

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection


@pytest.mark.skipif(os.environ.get("TEST_DATABASE") == "sqlite", reason="asked to run embedded")
def test_the_tests_run_on_postgresql_and_redis(db):
    assert connection.vendor == "postgresql"
    cache.set("here", "yes")
    assert cache.get("here") == "yes"
    assert type(cache._connections["default"]).__name__ == "RedisOrDatabase"


@pytest.mark.skipif(os.environ.get("TEST_DATABASE") != "sqlite", reason="runs on PostgreSQL")
def test_asked_for_the_embedded_mode_the_tests_run_on_sqlite_alone(db):
    assert connection.vendor == "sqlite"
    assert "REDIS_URL" not in os.environ


@pytest.mark.skipif(os.environ.get("TEST_DATABASE") == "sqlite", reason="asked to run embedded")
def test_the_server_for_tests_is_fast_because_it_keeps_nothing_safe(db):
    with connection.cursor() as cursor:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            cursor.execute(f"show {name}")
            assert cursor.fetchone()[0] == "off", name


@pytest.mark.skipif(os.environ.get("TEST_DATABASE") == "sqlite", reason="asked to run embedded")
def test_a_statement_that_comes_again_is_planned_once_for_all_values(db):
    def planned():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%django_session%"])
            return cursor.fetchone()[0]

    before = planned()
    for number in range(6):
        Session.objects.filter(session_key=f"key {number}").exists()
    assert planned() == before + 1


def test_what_the_tests_write_goes_to_a_folder_that_goes_away(settings):
    assert str(settings.VAR_DIR).startswith(os.environ["TEST_FOLDER"])
