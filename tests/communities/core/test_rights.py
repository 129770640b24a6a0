"""The site's own role cannot touch evidence even where nothing else holds it back. (That it can do the whole fund's
work is seen by tests/guards/world.py, which plays the demonstration as that role.)"""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from communities.core.rights import rights_of_the_site

EVIDENCE = {
    "communities_event": "reason",
    "communities_eventdetail": "content",
    "communities_link": "hash",
    "grants_ledgerentry": "amount",
    "grants_submission": "number",
    "grants_vote": "cast_at",
}
EVENT = """INSERT INTO communities_event
    (at, recorded_at, verb, object_model, object_pk, source, target, reason, digest)
    VALUES (now(), now(), 'note', '', '', '', '', '', '')"""
ROOT = Path(__file__).resolve().parents[3]
pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.skipif(os.environ.get("TEST_DATABASE") == "sqlite", reason="SQLite has no roles"),
]


def manage(address, folder, *words):
    """A command of the project in a process of its own, signed in to the database as somebody."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = {**kept, "DATABASE_URL": address, "VAR_DIR": str(folder), "DEMONSTRATION": "on"}
    done = subprocess.run(
        [sys.executable, "manage.py", *words], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A database of its own, migrated by its owner, who gives the other two roles their rights."""
    import psycopg

    server = urlsplit(os.environ["DATABASE_URL"])
    name = f"rights_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    roles = {role: f"{name}_{role}" for role in ("owner", "app", "reader")}
    folder = tmp_path_factory.mktemp("rights")

    def address(role):
        return server._replace(netloc=f"{roles[role]}@{server.hostname}:{server.port}", path=f"/{name}").geturl()

    with psycopg.connect(server.geturl(), autocommit=True) as keeper:
        for role in roles.values():
            keeper.execute(f"CREATE ROLE {role} LOGIN")
        keeper.execute(f"CREATE DATABASE {name} OWNER {roles['owner']}")
        granting = ["grant_rights", "--app", roles["app"], "--reader", roles["reader"]]
        try:
            manage(address("owner"), folder, "prepare", "--bare")
            manage(address("owner"), folder, *granting)
            manage(address("app"), folder, "check", "--database", "default")
            manage(address("owner"), folder, "migrate", "--verbosity", "0")
            manage(address("owner"), folder, *granting)
            yield {role: address(role).replace("postgres://", "postgresql://") for role in roles}
        finally:
            keeper.execute(f"DROP DATABASE {name} WITH (FORCE)")
            for role in roles.values():
                keeper.execute(f"DROP ROLE {role}")


@contextmanager
def signed_in(house, role):
    """A connection whose changes are never kept."""
    import psycopg

    with psycopg.connect(house[role]) as connection:
        yield connection
        connection.rollback()


def refused(connection, statement):
    """The right is missing: not a trigger, not a constraint."""
    import psycopg

    with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
        connection.execute(statement)
    return True


@pytest.mark.slow
def test_with_the_triggers_gone_the_site_still_cannot_rewrite_evidence_and_the_owner_could(house):
    with signed_in(house, "owner") as owner:
        drop = """DO $$ DECLARE each record; BEGIN
            FOR each IN SELECT tgname, tgrelid::regclass AS tbl FROM pg_trigger WHERE tgname LIKE 'keep_%' LOOP
              EXECUTE format('DROP TRIGGER %I ON %s', each.tgname, each.tbl); END LOOP; END $$"""
        owner.execute(drop)
        owner.commit()
        # the control: whoever owns the table does what the site cannot
        owner.execute(EVENT)
        assert owner.execute("UPDATE communities_event SET reason = 'x'").rowcount == 1
        owner.rollback()
    with signed_in(house, "app") as site:
        site.execute(EVENT)
        for table, column in EVIDENCE.items():
            refused(site, f"UPDATE {table} SET {column} = {column}")
            refused(site, f"TRUNCATE {table} CASCADE")
            if table != "communities_eventdetail":  # may be erased, which is an event
                refused(site, f"DELETE FROM {table}")


@pytest.mark.slow
def test_the_site_cannot_change_tables_empty_them_or_move_the_schema_on(house):
    with signed_in(house, "app") as site:
        owned = "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole"
        assert site.execute(owned).fetchone() == (0,)
        refused(site, "DROP TABLE grants_vote")
        refused(site, "ALTER TABLE communities_event ADD COLUMN x int")
        refused(site, "ALTER TABLE communities_event DISABLE TRIGGER ALL")
        refused(site, "TRUNCATE communities_message")
        refused(site, "CREATE TABLE x (y int)")
        refused(site, "CREATE TRIGGER x BEFORE INSERT ON communities_event EXECUTE FUNCTION refuse_change()")
        refused(site, "SET session_replication_role = replica")
        refused(site, "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'y', now())")


@pytest.mark.slow
def test_the_reader_reads_everything_and_writes_nothing(house):
    with signed_in(house, "reader") as reader:
        for (table,) in reader.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall():
            reader.execute(f'SELECT count(*) FROM "{table}"')
        refused(reader, "UPDATE communities_message SET subject = 'x'")
        refused(reader, "INSERT INTO cache (cache_key, value, expires) VALUES ('a', 'b', now())")
        refused(reader, "DELETE FROM django_session")
        refused(reader, "CREATE TABLE x (y int)")


def test_what_a_model_declares_is_what_the_site_may(db):
    rights = rights_of_the_site()
    assert rights["communities_event"] == rights["grants_ledgerentry"] == ("INSERT",)
    assert rights["communities_eventdetail"] == ("INSERT", "DELETE")
    assert rights["communities_message"] == ("INSERT", "UPDATE", "DELETE")
    assert "django_migrations" not in rights
