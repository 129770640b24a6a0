"""The figures as a table, as a file, as a picture."""

import csv
import sys
from typing import Any

from benchmark.limits import WORKER_MEMORY, limit_of
from benchmark.servers import RESULTS

HEAD = ("page", "median ms", "p95", "per s", "floor", "ratio", "SQL", "repeats", "KB", "+MiB", "limit", "")


def failures(row: dict[str, Any], bids: int) -> list[str]:
    """What of a page is above its limit."""
    limit = limit_of(row["kind"], bids)
    found = []
    if limit.ratio and row["ratio"] > limit.ratio:
        found.append("slow")
    if limit.sql and row["sql"] > limit.sql:
        found.append("SQL")
    if limit.kilobytes and row["bytes"] > limit.kilobytes * 1024:
        found.append("KB")
    if limit.more_memory and row["more_memory"] > limit.more_memory:
        found.append("memory")
    if row["repeats"] and row["kind"] not in ("save", "submit", "record"):
        found.append("repeats")
    return found


def line(row: dict[str, Any], bids: int) -> list[str]:
    """One line of the table."""
    if row["missing"] or "broken" in row:
        return [row["name"], *[""] * (len(HEAD) - 2), "broken" if "broken" in row else "none yet"]
    return [
        row["name"],
        f"{row['median']:.1f}",
        f"{row['p95']:.1f}",
        f"{row['per_second']:.0f}",
        f"{row['floor']:.1f}",
        f"{row['ratio']:.1f}x",
        str(row["sql"]),
        str(row["repeats"]),
        f"{row['bytes'] / 1024:.0f}",
        f"{row['more_memory']:.0f}",
        limit_of(row["kind"], bids).text,
        " ".join(failures(row, bids)) or "ok",
    ]


def table(lines: list[list[str]]) -> str:
    """Columns as wide as they must be."""
    widths = [max(len(each[number]) for each in lines) for number in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if number in (0, len(widths) - 1) else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(each, widths, strict=True))
        ).rstrip()
        for each in lines
    )


def show(found: dict[int, dict[str, Any]], engine: str) -> None:
    """Print and keep."""
    for size, result in found.items():
        lines = [list(HEAD), *(line(row, size) for row in result["pages"])]
        sys.stdout.write(f"\n{size:,} bids, {engine}\n\n{table(lines)}\n\n")
        verdict = "ok" if result["memory"] <= WORKER_MEMORY else "too much"
        sys.stdout.write(f"worker memory after all: {result['memory']:.0f} MiB (limit {WORKER_MEMORY}): {verdict}\n")
        with (RESULTS / f"{engine}-{size}.csv").open("w", newline="") as file:
            csv.writer(file).writerows(lines)
        for row in result["pages"]:
            if "broken" in row:
                sys.stdout.write(f"\n{row['name']}: {row['broken']}\n")
            elif not row["missing"] and failures(row, size):
                sys.stdout.write(
                    f"\n{row['name']}: {row['sql_ms']:.0f} of {row['all_ms']:.0f} ms in SQL, slowest "
                    f"{row['slowest_ms']:.0f} ms: {row['slowest'][:300]}\n"
                )
                for number, sql in row["repeated"]:
                    sys.stdout.write(f"   {number} times: {sql[:200]}\n")
