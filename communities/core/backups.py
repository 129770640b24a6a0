"""Backups: one moment of the whole fund, kept in a folder together with the figures that prove it whole.

Tables, figures and the list of files are read at one moment, while people work on. Files are copied after it: none is
ever changed or deleted, so each that the tables name is there. Keys are not in it: whoever finds a backup reads no bank
details.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from communities.core.clock import now
from communities.core.files import StoredFile
from communities.core.models import Link
from communities.core.money import MoneyField
from communities.core.sealing import anchor_file

MANIFEST, ANCHORS, FILES = "manifest.json", "event-anchors.txt", "files"
DUMPS = {"postgresql": "database.dump", "sqlite": "database.sqlite3"}


class BackupError(Exception):
    """Why there is no backup, or why one cannot be used, in a sentence."""


@dataclass
class Manifest:
    """What a backup says of itself; a restored fund must say the same."""

    taken_at: str
    vendor: str
    dump: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    money: dict[str, str] = field(default_factory=dict)
    chain: list[Any] = field(default_factory=list)  # place and seal of its head
    files: dict[str, str] = field(default_factory=dict)  # name and digest
    files_inside: bool = True
    keys: list[str] = field(default_factory=list)  # marks of the keys for bank details; the keys are kept elsewhere


@dataclass(frozen=True)
class Backup:
    """Where a backup is, what it holds, and which files were missing or altered when it was taken."""

    folder: Path
    manifest: Manifest
    problems: list[str]


def take(into: Path, *, with_files: bool = True) -> Backup:
    """Take a backup into a new folder. Unfinished, it has another name, so nobody restores half of one."""
    at = now()
    folder = into / at.astimezone(UTC).strftime("%Y-%m-%dT%H%M%S.%fZ")
    draft = folder.with_name(f".{folder.name}.unfinished")
    draft.mkdir(mode=0o700, parents=True)
    manifest = Manifest(at.isoformat(), connection.vendor, files_inside=with_files, keys=key_marks())
    dump = draft / DUMPS[connection.vendor]
    with _one_moment(dump) as database:
        read_figures(manifest, database, money_columns())
        manifest.files = dict(_rows(database, StoredFile, "content", "sha256"))
    manifest.dump = digest_of(dump)
    _copy_anchors(draft, manifest)
    problems = list(_copy_files(draft, manifest)) if with_files else []
    (draft / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
    draft.rename(folder)
    return Backup(folder, manifest, problems)


@contextmanager
def _one_moment(dump: Path) -> Iterator[BaseDatabaseWrapper]:
    """Write the dump, and answer with a connection that sees exactly what the dump holds."""
    if connection.vendor == "postgresql":
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_export_snapshot()")
            [snapshot] = cursor.fetchone()
            run_tool("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={dump}")
            yield connections["default"]
        return
    connection.ensure_connection()
    with closing(sqlite3.connect(dump)) as copy:
        connection.connection.backup(copy)  # one read of the whole: writers go on, and are not in it
    database = connection.copy()
    database.settings_dict["NAME"] = str(dump)
    try:
        yield database
    finally:
        database.close()
        for end in ("-wal", "-shm"):
            dump.with_name(dump.name + end).unlink(missing_ok=True)


def run_tool(name: str, *words: str) -> None:
    """Run one of PostgreSQL's own programs on the site's database, signed in as the site is."""
    # the same words that `manage.py dbshell` gives to psql; the password travels in the environment
    parts, secrets = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
    *where, database = parts[1:]
    program = shutil.which(name)
    if program is None:
        raise BackupError(
            f"The program {name} is not here. Install PostgreSQL's client, as new as the server or newer."
        )
    done = subprocess.run(  # noqa: S603 (our own words and settings only)
        [program, *where, f"--dbname={database}", *words],
        env={**os.environ, **(secrets or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupError(f"{name} did not succeed: {done.stderr.strip() or done.returncode}")


# -- the figures ---------------------------------------------------------------------------------------------------


def read_figures(manifest: Manifest, database: BaseDatabaseWrapper, columns: Iterable[str]) -> None:
    """Count the rows of every table, add up these columns of money, and note the head of the chain."""
    manifest.rows = {table: _count(database, table) for table in sorted(database.introspection.table_names())}
    manifest.money = {name: _sum(database, name) for name in sorted(columns)}
    manifest.chain = list(
        next(iter(_rows(database, Link, "position", "hash", order="ORDER BY 1 DESC LIMIT 1")), (0, ""))
    )


def money_columns() -> list[str]:
    """Every column of money, as table and column."""
    return [
        f"{model._meta.db_table}.{each.column}"
        for model in apps.get_models()
        for each in model._meta.concrete_fields
        if isinstance(each, MoneyField)
    ]


def _count(database: BaseDatabaseWrapper, table: str) -> int:
    return _one(database, f"SELECT count(*) FROM {database.ops.quote_name(table)}")  # noqa: S608 (names of tables)


def _sum(database: BaseDatabaseWrapper, name: str) -> str:
    table, column = map(database.ops.quote_name, name.split("."))
    # pence, as whole numbers: exact on both databases
    sql = f"SELECT CAST(coalesce(sum(round({column} * 100)), 0) AS bigint) FROM {table}"  # noqa: S608 (names, too)
    return str(Decimal(_one(database, sql)).scaleb(-2))


def _one(database: BaseDatabaseWrapper, sql: str) -> int:
    with database.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


def _rows(database: BaseDatabaseWrapper, model: type[Model], *names: str, order: str = "") -> list[tuple[Any, ...]]:
    columns = ", ".join(map(database.ops.quote_name, names))
    with database.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {database.ops.quote_name(model._meta.db_table)} {order}")  # noqa: S608
        return list(cursor.fetchall())


def key_marks() -> list[str]:
    """Marks of the keys for bank details: they show which key is needed and say nothing about it."""
    return [hashlib.sha256(b"mark:" + key.encode()).hexdigest()[:16] for key in settings.BANK_DETAIL_KEYS]


# -- the files -----------------------------------------------------------------------------------------------------


def digest_of(path: Path) -> str:
    """The digest of a file on disk."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _copy_anchors(draft: Path, manifest: Manifest) -> None:
    """Keep the anchors up to the head of the copied chain: sealing went on after that moment."""
    lines = anchor_file().read_text(encoding="ascii").splitlines() if anchor_file().exists() else []
    head = manifest.chain[0]
    kept = [line for line in lines if line and int(line.split()[0]) <= head]
    (draft / ANCHORS).write_text("".join(f"{line}\n" for line in kept), encoding="ascii")


def _copy_files(draft: Path, manifest: Manifest) -> Iterator[str]:
    for name, sha256 in manifest.files.items():
        path = draft / FILES / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with default_storage.open(name) as content, path.open("wb") as copy:
                shutil.copyfileobj(content, copy)
        except OSError as missing:
            yield f"The file {name} cannot be read: {type(missing).__name__}."
            continue
        path.chmod(0o600)
        if digest_of(path) != sha256:
            yield f"The file {name} is not what was sent: it was altered."


# -- what there is ---------------------------------------------------------------------------------------------------


def newest(folder: Path) -> Path:
    """The newest finished backup."""
    found = sorted(path.parent for path in folder.glob(f"[0-9]*/{MANIFEST}"))
    if not found:
        raise BackupError(f"There is no backup in {folder}.")
    return found[-1]


def manifest_of(folder: Path) -> Manifest:
    """What a backup says of itself."""
    try:
        return Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as wrong:
        raise BackupError(f"{folder} is not a backup, or its manifest was altered: {wrong}") from wrong


def age(manifest: Manifest) -> float:
    """Seconds since the moment that the backup holds: what would be lost now."""
    return (now() - datetime.fromisoformat(manifest.taken_at)).total_seconds()
