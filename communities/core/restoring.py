"""Restoring: a backup becomes a fund again, and is compared with what it says of itself. A drill does it aside."""

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, connections

from communities.core.backups import (
    ANCHORS,
    DUMPS,
    FILES,
    BackupError,
    Manifest,
    digest_of,
    key_marks,
    manifest_of,
    read_figures,
    run_tool,
)
from communities.core.clock import now
from communities.core.events import describe, record_event
from communities.core.models import Message
from communities.core.outbox import hold
from communities.core.sealing import anchor_file, verify

describe("backup.restore", "The whole fund was restored from a backup")
HELD = "It waited when the backup was taken and may have been sent since. Send it again if it did not arrive."


@dataclass(frozen=True)
class Restored:
    """What came of it: how it differs from what the backup says (not at all), and messages left to a person."""

    differences: list[str]
    held: int


def restore(folder: Path) -> Restored:
    """Make a fund from a backup, in an empty database. Nothing that stands is written over."""
    manifest = manifest_of(folder)
    dump = folder / DUMPS.get(manifest.vendor, "")
    if manifest.vendor != connection.vendor:
        raise BackupError(f"This backup is of {manifest.vendor}, and DATABASE_URL names {connection.vendor}.")
    if not dump.is_file() or digest_of(dump) != manifest.dump:
        raise BackupError(f"{dump.name} is not what was written when the backup was taken: it is damaged or altered.")
    if connection.introspection.table_names():
        raise BackupError("The database is not empty. Make a new one and name it in DATABASE_URL.")
    _fill(dump)
    _put_files_back(folder, manifest)
    _put_anchors_back(folder)
    differences = list(compare(manifest))
    held = hold(Message.objects.all(), HELD)
    record_event("backup.restore", detail={"taken_at": manifest.taken_at, "dump": manifest.dump, "held": held})
    return Restored(differences, held)


def _fill(dump: Path) -> None:
    if connection.vendor == "postgresql":
        # whose the tables are and who may what is said anew by grant_rights
        run_tool("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(dump))
        return
    connection.ensure_connection()
    with closing(sqlite3.connect(dump)) as kept:
        kept.backup(connection.connection)


def _put_files_back(folder: Path, manifest: Manifest) -> None:
    for name in manifest.files if manifest.files_inside else ():
        if (folder / FILES / name).is_file() and not default_storage.exists(name):
            with (folder / FILES / name).open("rb") as content:
                default_storage.save(name, File(content))


def _put_anchors_back(folder: Path) -> None:
    """The backup's anchors count from now on. Those that stood here stay beside them: they show how much was lost."""
    here = anchor_file()
    if here.exists():
        here.rename(here.with_name(f"{here.stem}-before-{now():%Y%m%dT%H%M%S}{here.suffix}"))
    here.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder / ANCHORS, here)


def compare(manifest: Manifest) -> Iterator[str]:
    """Every difference between the fund as it is here and what its backup says."""
    here = Manifest(manifest.taken_at, connection.vendor)
    read_figures(here, connections["default"], manifest.money)
    yield from _unlike("rows of", manifest.rows, here.rows)
    yield from _unlike("pounds in", manifest.money, here.money)
    if here.chain != manifest.chain:
        yield f"The head of the chain is place {here.chain[0]} and was place {manifest.chain[0]}, or its seal differs."
    yield from verify().findings
    for name, sha256 in manifest.files.items():
        yield from _file_findings(name, sha256)
    if lost := set(manifest.keys) - set(key_marks()):
        yield f"{len(lost)} of the keys for bank details is not in BANK_DETAIL_KEYS: add it from where keys are kept."


def _unlike(what: str, said: dict[str, int] | dict[str, str], found: dict[str, int] | dict[str, str]) -> Iterator[str]:
    for name in sorted(said.keys() | found.keys()):
        if said.get(name) != found.get(name):
            yield f"{found.get(name, 'No')} {what} {name}, and the backup says {said.get(name, 'none')}."


def _file_findings(name: str, sha256: str) -> Iterator[str]:
    found = hashlib.sha256()
    try:
        with default_storage.open(name) as content:
            for chunk in content.chunks():
                found.update(chunk)
    except OSError:
        yield f"The file {name} is missing."
        return
    if found.hexdigest() != sha256:
        yield f"The file {name} is not what was sent."


# -- the drill -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drilled:
    """What the drill found, and how long restoring took."""

    passed: bool
    said: str
    seconds: float


def drill(folder: Path) -> Drilled:
    """Restore a backup into a new database and a new folder, as `manage.py restore` does, and throw both away."""
    begun = monotonic()
    with tempfile.TemporaryDirectory(prefix="fund-drill-") as place, _new_database(Path(place)) as address:
        done = subprocess.run(  # noqa: S603 (our own words only)
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "restore", str(folder.resolve())],
            env=_elsewhere(Path(place), address, manifest_of(folder)),
            capture_output=True,
            text=True,
            check=False,
        )
        return Drilled(done.returncode == 0, (done.stdout + done.stderr).strip(), monotonic() - begun)


def _elsewhere(place: Path, address: str, manifest: Manifest) -> dict[str, str]:
    """The site's own surroundings, with another database and other folders."""
    keys = {"SECRET_KEY": settings.SECRET_KEY, "BANK_DETAIL_KEYS": ",".join(settings.BANK_DETAIL_KEYS)}
    moved = {"DATABASE_URL": address, "VAR_DIR": str(place), "STATIC_ROOT": str(place / "static")}
    if manifest.files_inside:
        moved |= {"FILES_DIR": str(place / "files"), "FILES_S3_BUCKET": ""}
    else:  # they are read where the site keeps them
        moved["FILES_DIR"] = str(getattr(default_storage, "location", ""))
    return {**os.environ, **keys, **moved}


@contextmanager
def _new_database(place: Path) -> Iterator[str]:
    """An empty database beside the site's own, for a while."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{place / 'drill.sqlite3'}"
        return
    name = f"fund_drill_{now():%Y%m%d%H%M%S}_{os.getpid()}"
    with connection._nodb_cursor() as cursor:  # noqa: SLF001 (as Django's own tests make theirs)
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    finally:
        with connection._nodb_cursor() as cursor:  # noqa: SLF001
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
