"""The command line: `python -m benchmark bench 1000,10000` measures each page at these numbers of bids."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmark import report, servers
from benchmark.servers import BASE_DIR, RESULTS, WORK, Databases
from tests.plugins.servers import start_redis

DRAFTS = 60  # bids that are ready to be sent, among the N


def main() -> None:
    """Measure each size, print and keep the figures."""
    line = argparse.ArgumentParser(prog="python -m benchmark")
    bench = line.add_subparsers(required=True).add_parser("bench")
    bench.add_argument("sizes", help="how many bids: 1000 or 1000,10000,100000")
    bench.add_argument("--engine", choices=("postgresql", "sqlite"), default="postgresql")
    bench.add_argument("--samples", type=int, default=30)
    bench.add_argument("--only", default="", help="pages whose name has this in it")
    given = line.parse_args()
    found = {size: measured(size, given) for size in sorted(map(int, given.sizes.split(",")))}
    report.show(found, given.engine)


def measured(size: int, given: argparse.Namespace) -> dict[str, Any]:
    """The figures of one size."""
    home = servers.folder()
    databases = _databases(given.engine, home)
    seeded(databases, size)
    databases.create(WORK, copy_of=_name(size))
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        _python("-m", "benchmark.one", file.name, str(given.samples), given.only, url=databases.url(WORK))
        result: dict[str, Any] = json.loads(Path(file.name).read_text())
    databases.drop(WORK)
    return result


_running: dict[str, Databases] = {}


def _databases(engine: str, home: Path) -> Databases:
    if engine not in _running:
        home.chmod(0o755)
        _running[engine] = Databases(engine, home)
        if engine == "postgresql":
            os.environ["REDIS_URL"] = start_redis(home)
        else:
            os.environ.pop("REDIS_URL", None)
        _running[engine].drop_old(servers.made_of())
    return _running[engine]


def _name(size: int | str) -> str:
    return f"bids_{size}_{servers.made_of()}"


def seeded(databases: Databases, size: int) -> None:
    """A database with so many bids, kept for the next time."""
    if _name("demo") not in databases.names():
        _say("Making the demonstration ...")
        databases.create("new")
        for command in (("prepare",), ("load_demo",)):
            _python("manage.py", *command, url=databases.url("new"))
        databases.rename("new", _name("demo"))
    if _name(size) not in databases.names():
        began = time.monotonic()
        databases.create("new", copy_of=_name("demo"))
        _python("-m", "benchmark.seed", str(size), str(min(DRAFTS, size // 10)), url=databases.url("new"))
        databases.rename("new", _name(size))
        _say(f"Seeded {size:,} bids in {time.monotonic() - began:.0f} s.")


def _python(*command: str, url: str) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "VAR_DIR": str(servers.folder() / "site"),
        "DJANGO_SETTINGS_MODULE": "benchmark.settings",
        "PYTHONPATH": str(BASE_DIR),
    }
    done = subprocess.run([sys.executable, *command], env=environment, cwd=BASE_DIR, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed.")


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


if __name__ == "__main__":
    RESULTS.mkdir(parents=True, exist_ok=True)
    main()
