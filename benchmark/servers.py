"""The servers of the benchmark: private, with PostgreSQL's own settings, and gunicorn as the site is served."""

import hashlib
import http.client
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import psycopg

from benchmark.work import children
from tests.plugins import servers

BASE_DIR = Path(__file__).resolve().parent.parent
RESULTS = BASE_DIR / "var" / "benchmark"
WORK = "work"  # the database that is measured: a copy, since measuring writes


def folder() -> Path:
    """Where seeded databases are kept. PostgreSQL does not run as root, and another user must be able to go there."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    chosen = os.environ.get("BENCHMARK_FOLDER")
    found = Path(chosen) if chosen else RESULTS / "data"
    if not chosen and os.geteuid() == 0 and not servers.reachable(RESULTS):
        found = Path(tempfile.gettempdir()) / "fund-benchmark"
    found.mkdir(parents=True, exist_ok=True)
    return found


DEMONSTRATION = ("*/migrations/*.py", "*/*/data/*.json", "*/*/data/*.csv", "evaluation/demonstration/**/*.py")
COPYING = (*DEMONSTRATION, "benchmark/seeding.py")


def made_of(patterns: Iterable[str]) -> str:
    """What a kept database was made of: this week's calendar, and these files."""
    year, week, _ = date.today().isocalendar()  # noqa: DTZ011 (a cache that is a day off is no harm)
    digest = hashlib.sha256(f"{year}-{week}".encode())
    for path in sorted(path for pattern in patterns for path in BASE_DIR.glob(pattern)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


class Databases:
    """Named databases on one server or in one folder: made once, copied, thrown away when they are of old."""

    def __init__(self, engine: str, home: Path) -> None:
        self.engine, self.home = engine, home
        self.server = servers.start_postgresql(home, settings=()) if engine == "postgresql" else ""

    def url(self, name: str) -> str:
        """What DATABASE_URL says."""
        if self.server:
            return self.server.removesuffix("postgres") + name
        return f"sqlite:///{self.home / name}.sqlite3"

    def names(self) -> set[str]:
        """What is there."""
        if not self.server:
            return {path.stem for path in self.home.glob("*.sqlite3")}
        with psycopg.connect(self.server) as connection:
            return {name for (name,) in connection.execute("SELECT datname FROM pg_database WHERE NOT datistemplate")}

    def create(self, name: str, copy_of: str = "") -> None:
        """A new database, empty or a copy."""
        self.drop(name)
        if self.server:
            like = f'TEMPLATE "{copy_of}" STRATEGY FILE_COPY' if copy_of else ""
            self._do(f'CREATE DATABASE "{name}" {like}')
        elif copy_of:
            shutil.copyfile(self._file(copy_of), self._file(name))

    def rename(self, name: str, to: str) -> None:
        """Give a finished database its name."""
        self.drop(to)
        if self.server:
            self._do(f'ALTER DATABASE "{name}" RENAME TO "{to}"')
        else:
            self._file(name).rename(self._file(to))

    def drop(self, name: str) -> None:
        """Throw a database away."""
        if self.server:
            self._do(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        else:
            for end in ("", "-wal", "-shm"):
                Path(f"{self._file(name)}{end}").unlink(missing_ok=True)

    def drop_old(self, *digests: str) -> None:
        """Throw away what was made of something else."""
        for name in self.names() - {"postgres"}:
            if not name.endswith(digests):
                self.drop(name)

    def _file(self, name: str) -> Path:
        return self.home / f"{name}.sqlite3"

    def _do(self, sql: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(sql)


@contextmanager
def serving(environment: Mapping[str, str]) -> Iterator[tuple[int, list[int]]]:
    """The site under gunicorn with two workers; gives its port and the workers' process numbers."""
    port = servers.free_port()
    asked = {"BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "2", "DJANGO_SETTINGS_MODULE": "benchmark.settings"}
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"]
    command += ["--keep-alive", "75"]  # as long as nginx keeps its connections; ours wait while pages are made ready
    servers.start(command, folder() / "gunicorn.log", BASE_DIR, env={**os.environ, **environment, **asked})
    server = servers.started[-1]
    try:
        _wait_until_alive(port, server)
        yield port, children(server.pid)
    finally:
        servers.started.remove(server)
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_until_alive(port: int, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        if server.poll() is not None:
            break
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200 and len(children(server.pid)) == 2:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit(f"The site did not start; see {folder() / 'gunicorn.log'}.")
