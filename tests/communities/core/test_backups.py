"""A backup taken while people work gives the whole fund back, and one that was damaged or altered is found out."""

import json
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection, connections

from communities.core import backups, restoring
from communities.core.backups import BackupError, manifest_of, newest, take
from communities.core.clock import now
from communities.core.events import record_event
from communities.core.files import StoredFile
from communities.core.models import Event, Message
from communities.core.sealing import seal
from communities.core.triggers import lifted
from grants.funds.models import Budget, Fund

ROOT = Path(__file__).resolve().parents[3]
SHOW = """
from communities.core.models import Event, Message
from communities.core.outbox import send_due
states = Message.objects.order_by("object_pk").values_list("state", flat=True)
print(send_due(), *states, Event.objects.latest("pk").verb)
"""
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture(autouse=True)
def _places(settings, tmp_path):
    """Files and backups of one test."""
    storage = {**settings.STORAGES["default"]}
    storage["OPTIONS"] = {**storage["OPTIONS"], "location": str(tmp_path / "files")}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    settings.EVENT_ANCHORS = tmp_path / "event-anchors.txt"


def work(n):
    """One piece of what people do all day: an event, a letter, a file."""
    import hashlib

    record_event("note", at=now(), detail={"n": n})
    Message.objects.create(template="t", object_pk=str(n), recipient="pat@example.org", subject="Hello", body="Hello")
    content = f"paper {n}".encode()
    StoredFile.objects.create(
        content=ContentFile(content, name="paper"), original_name="paper.txt", content_type="text/plain",
        size=len(content), sha256=hashlib.sha256(content).hexdigest(), kind="test", uploaded_at=now(),
    )  # fmt: skip


class Busy:
    """Somebody who works without a pause, and seals as the clockwork does."""

    def __init__(self):
        self.done, self.ended = 0, threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.ended.is_set():
            work(self.done)
            if self.done % 5 == 0:
                seal()
            self.done += 1
        connections.close_all()

    def more(self, pieces=10):
        """Wait until so much more has been done."""
        goal = self.done + pieces
        while self.done < goal and self.thread.is_alive():
            time.sleep(0.01)

    def __enter__(self):
        self.thread.start()
        self.more()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


@pytest.fixture
def money():
    fund = Fund.objects.create(name="Community Challenge Fund", purpose="Small grants")
    return Budget.objects.create(fund=fund, name="All", limit="250000.10", committed="1234.56")


@pytest.fixture
def quiet(money, tmp_path):
    """A backup of a fund in which nothing happens just now."""
    for n in range(3):
        work(n)
    seal()
    return take(tmp_path / "backups").folder


def drilled(folder, capsys):
    """Whether the drill passes, and what it prints."""
    try:
        call_command("drill", str(folder))
    except SystemExit as end:
        return end.code == 0, "".join(capsys.readouterr())
    return True, "".join(capsys.readouterr())


def rewrite(folder, **changes):
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    for name, change in changes.items():
        manifest[name] = change(manifest[name])
    path.write_text(json.dumps(manifest))


def test_a_backup_taken_while_people_work_gives_the_whole_fund_back(money, tmp_path, monkeypatch, capsys):
    def in_the_middle(*arguments):
        busy.more()
        backups_read(*arguments)
        busy.more()

    backups_read = backups.read_figures
    monkeypatch.setattr(backups, "read_figures", in_the_middle)
    with Busy() as busy:
        before = busy.done
        call_command("backup", "--into", str(tmp_path / "backups"))
        after = busy.done
    manifest = manifest_of(newest(tmp_path / "backups"))
    assert before <= manifest.rows["communities_event"] <= after
    assert after - before >= 20, "nobody worked meanwhile"
    assert manifest.money["grants_budget.limit"] == "250000.10"
    assert manifest.chain[0] > 0
    assert len(manifest.files) == manifest.rows["communities_storedfile"]
    passed, said = drilled(newest(tmp_path / "backups"), capsys)
    assert passed, said
    assert "(RPO)" in said
    assert "(RTO)" in said


def test_figures_of_another_moment_than_the_dump_fail_the_drill(money, tmp_path, monkeypatch, capsys):
    def a_moment_later(manifest, database, columns):
        busy.more()
        other = threading.Thread(target=lambda: (read(manifest, connection, columns), connections.close_all()))
        other.start()
        other.join()

    read = backups.read_figures
    monkeypatch.setattr(backups, "read_figures", a_moment_later)
    with Busy() as busy:
        folder = take(tmp_path / "backups").folder
    passed, said = drilled(folder, capsys)
    assert not passed
    assert "rows of communities_event, and the backup says" in said


def test_every_altered_figure_and_file_is_named(quiet, capsys):
    altered, gone, *_ = sorted((quiet / "files").glob("*/*"))
    altered.write_bytes(b"something else")
    gone.unlink()
    rewrite(
        quiet,
        rows=lambda rows: {**rows, "communities_message": 7},
        money=lambda money: {**money, "grants_budget.limit": "250000.09"},
        chain=lambda chain: [chain[0], "0" * 64],
        keys=lambda keys: [*keys, "0" * 16],
    )
    passed, said = drilled(quiet, capsys)
    assert not passed
    assert "3 rows of communities_message, and the backup says 7." in said
    assert "250000.10 pounds in grants_budget.limit, and the backup says 250000.09." in said
    assert "The head of the chain" in said
    assert f"The file {altered.parent.name}/{altered.name} is not what was sent." in said
    assert f"The file {gone.parent.name}/{gone.name} is missing." in said
    assert "1 of the keys for bank details is not in BANK_DETAIL_KEYS" in said


def test_a_damaged_dump_is_not_restored(quiet):
    [dump] = quiet.glob("database.*")
    content = bytearray(dump.read_bytes())
    content[len(content) // 2] ^= 1
    dump.write_bytes(content)
    with pytest.raises(BackupError, match=f"{dump.name} is not what was written when the backup was taken"):
        restoring.restore(quiet)


def test_a_dump_whose_events_were_rewritten_is_found_out_though_its_digest_and_counts_are_right(
    quiet, tmp_path, capsys
):
    with lifted([Event]):
        Event.objects.filter(pk=Event.objects.first().pk).update(reason="rewritten")
    forged = take(tmp_path / "forged").folder
    [dump] = forged.glob("database.*")
    shutil.copyfile(dump, quiet / dump.name)
    rewrite(quiet, dump=lambda _: backups.digest_of(dump))
    passed, said = drilled(quiet, capsys)
    assert not passed
    assert "or its seal was altered" in said


def test_after_restoring_nothing_that_was_sent_goes_out_again_and_what_waited_is_left_to_a_person(money, tmp_path):
    Message.objects.create(template="t", object_pk="1", recipient="a@example.org", subject="A", body="A",
                           state="sent", sent_at=now())  # fmt: skip
    Message.objects.create(template="t", object_pk="2", recipient="b@example.org", subject="B", body="B")
    folder = take(tmp_path / "backups").folder
    with restoring._new_database(tmp_path) as address:
        surroundings = restoring._elsewhere(tmp_path / "restored", address, manifest_of(folder))
        surroundings |= {"EMAIL_URL": "", "REDIS_URL": ""}

        def manage(*words):
            done = subprocess.run([sys.executable, "manage.py", *words], env=surroundings, cwd=ROOT, check=True,
                                  capture_output=True, text=True)  # fmt: skip
            return done.stdout

        assert "1 messages waited" in manage("restore", str(folder))
        said = manage("shell", "--no-imports", "-c", SHOW)
    assert said.split() == ["0", "sent", "failed", "backup.restore"]
    assert not (tmp_path / "restored" / "mail").exists()


def test_nothing_is_written_over(quiet):
    with pytest.raises(BackupError, match="not empty"):
        restoring.restore(quiet)


def test_a_backup_that_was_never_finished_is_no_backup(quiet, tmp_path):
    quiet.rename(quiet.with_name(f".{quiet.name}.unfinished"))
    with pytest.raises(BackupError, match="There is no backup"):
        newest(tmp_path / "backups")


def test_a_file_that_is_missing_when_the_backup_is_taken_is_said_at_once(quiet, tmp_path, capsys):
    stored = StoredFile.objects.first()
    stored.content.storage.delete(stored.content.name)
    with pytest.raises(SystemExit):
        call_command("backup", "--into", str(tmp_path / "backups"))
    assert f"The file {stored.content.name} cannot be read" in capsys.readouterr().err


def test_without_postgresqls_programs_the_refusal_says_what_to_install(money, tmp_path, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite needs no programs")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match="Install PostgreSQL's client"):
        call_command("backup", "--into", str(tmp_path / "backups"))
    assert [path.suffix for path in (tmp_path / "backups").iterdir()] == [".unfinished"]
