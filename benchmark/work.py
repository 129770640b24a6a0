"""How long processors worked, whoever else is on the machine: of the workers and of the database's own processes."""

from collections.abc import Iterable
from pathlib import Path

from django.db import connection


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def told(pid: int, name: str) -> str:
    """What Linux says of a process, by the name of the line."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(line.split(":", 1)[1].strip() for line in lines if line.startswith(f"{name}:"))


def memory(pids: Iterable[int], name: str = "VmRSS") -> float:
    """The most that one of these processes holds (VmRSS) or ever held (VmHWM), in MiB."""
    return max(int(told(pid, name).split()[0]) / 1024 for pid in pids)


def forget_peaks(pids: Iterable[int]) -> None:
    """Let VmHWM begin again from what is held now."""
    for pid in pids:
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def database() -> int | None:
    """The process that all of the database's own processes are children of. SQLite has none."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(told(cursor.fetchone()[0], "PPid"))


def worked(pids: Iterable[int], database_: int | None) -> float:
    """Milliseconds of processor time of all these and of the database, so far."""
    everybody = [*pids, *(children(database_) if database_ else ())]
    return sum(_nanoseconds(pid) for pid in everybody) / 1_000_000


def _nanoseconds(pid: int) -> int:
    total = 0
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    except (FileNotFoundError, ProcessLookupError):
        return total  # a process or a thread that has ended meanwhile
    return total
