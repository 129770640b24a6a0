"""The command line: `python -m benchmark bench 1000,10000` measures each page, `... load 5` plays the deadline hour."""

import argparse
import atexit
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmark import report, servers
from benchmark.limits import APPLICANTS, SENT_A_MINUTE
from benchmark.servers import BASE_DIR, COPYING, DEMONSTRATION, WORK, Databases, made_of
from tests.plugins.servers import start, start_redis, started, stop

DRAFTS = 60  # bids that are ready to be sent, among the N
LOAD_BIDS = 1000
MOST_KEPT = 200_000  # bids: larger databases are measured themselves and thrown away, there is no room for two


def main() -> None:
    """Measure or load, as asked."""
    line = argparse.ArgumentParser(prog="python -m benchmark")
    jobs = line.add_subparsers(required=True)
    bench = jobs.add_parser("bench")
    bench.add_argument("sizes", help="how many bids: 1000 or 1000,10000,100000")
    bench.add_argument("--samples", type=int, default=30)
    bench.add_argument("--only", default="", help="pages whose name has one of these in it: queue,case")
    bench.set_defaults(job=measure)
    load = jobs.add_parser("load")
    load.add_argument("minutes", type=float, help="how long the deadline hour is played")
    load.add_argument("--seconds", type=float, default=10, help="how long each number of saves a second is tried")
    load.set_defaults(job=load_up)
    for job in (bench, load):
        job.add_argument("--engine", choices=("postgresql", "sqlite"), default="postgresql")
    given = line.parse_args()
    atexit.register(stop)
    given.job(given)


def measure(given: argparse.Namespace) -> None:
    """Measure each size, print and keep the figures."""
    found = {}
    for size in sorted(map(int, given.sizes.split(","))):
        name = seeded(_databases(given.engine), size, min(DRAFTS, size // 10))
        found[size] = _on_a_copy(given.engine, name, size, "benchmark.one", str(given.samples), given.only)
        report.show(found[size], size, given.engine)
    report.show_growth(found, given.engine)


def load_up(given: argparse.Namespace) -> None:
    """Play the deadline hour, then find the most."""
    drafts = APPLICANTS + round(SENT_A_MINUTE * given.minutes)
    name = seeded(_databases(given.engine), LOAD_BIDS + drafts, drafts)
    result = _on_a_copy(given.engine, name, LOAD_BIDS, "benchmark.load", str(given.minutes), str(given.seconds))
    report.show_load(result)
    if result["errors"]:
        raise SystemExit(1)


def _on_a_copy(engine: str, name: str, size: int, module: str, *given: str) -> dict[str, Any]:
    """What a module finds, in a process of its own, on a copy: measuring writes."""
    databases = _databases(engine)
    if size <= MOST_KEPT:
        databases.create(WORK, copy_of=name)
    else:
        databases.rename(name, WORK)
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        _python("-m", module, file.name, *given, url=databases.url(WORK))
        result: dict[str, Any] = json.loads(Path(file.name).read_text())
    databases.drop(WORK)
    return result


_running: dict[str, Databases] = {}


def _databases(engine: str) -> Databases:
    if engine not in _running:
        home = servers.folder()
        home.chmod(0o755)
        _running[engine] = Databases(engine, home)
        if engine == "postgresql":
            os.environ["REDIS_URL"] = start_redis(home)
        else:
            os.environ.pop("REDIS_URL", None)
        _running[engine].drop_old(made_of(DEMONSTRATION), made_of(COPYING))
    return _running[engine]


def seeded(databases: Databases, size: int, drafts: int) -> str:
    """The name of a database with so many bids, kept for the next time."""
    demo, name = f"demo_{made_of(DEMONSTRATION)}", f"bids_{size}_{drafts}_{made_of(COPYING)}"
    if demo not in databases.names():
        _say("Making the demonstration ...")
        databases.create("new")
        for command in ("prepare", "load_demo"):
            _python("manage.py", command, url=databases.url("new"))
        databases.rename("new", demo)
    if name not in databases.names():
        began = time.monotonic()
        databases.create("new", copy_of=demo)
        _python("-m", "benchmark.seed", str(size), str(drafts), url=databases.url("new"))
        databases.rename("new", name)
        _say(f"Seeded {size:,} bids in {time.monotonic() - began:.0f} s.")
    return name


def _python(*command: str, url: str) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "VAR_DIR": str(servers.folder() / "site"),
        "DJANGO_SETTINGS_MODULE": "benchmark.settings",
        "PYTHONPATH": str(BASE_DIR),
    }
    start([sys.executable, *command], Path(os.devnull), BASE_DIR, env=environment, stderr=None)
    if started.pop().wait():
        raise SystemExit(f"{' '.join(command)} failed.")


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


if __name__ == "__main__":
    main()
