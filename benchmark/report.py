"""The figures as tables, as files, as a picture."""

import csv
import sys
from collections.abc import Mapping
from typing import Any

from benchmark.chart import svg
from benchmark.figures import growth
from benchmark.limits import ALIKE_FROM, GROWTH, WORKER_MEMORY, limit_of
from benchmark.servers import RESULTS

HEAD = (
    "page",
    "median ms",
    "p95",
    "per s",
    "floor",
    "ratio",
    "CPU ms",
    "by CPU",
    "SQL",
    "repeats",
    "KB",
    "+MiB",
    "limit",
    "",
)
ACTS = ("save", "submit", "record")
Result = dict[str, Any]


def failures(row: Mapping[str, Any], bids: int) -> list[str]:
    """What of a page is above its limit."""
    limit = limit_of(row["kind"], bids)
    above = {
        "slow": limit.ratio and row["ratio"] > limit.ratio,
        "SQL": limit.sql and row["sql"] > limit.sql,
        "KB": limit.kilobytes and row["bytes"] > limit.kilobytes * 1024,
        "memory": limit.more_memory and row["more_memory"] > limit.more_memory,
        "repeats": row["repeats"] and row["kind"] not in ACTS,
    }
    return [name for name, broken in above.items() if broken]


def line(row: Mapping[str, Any], bids: int) -> list[str]:
    """One line of the table."""
    if row["missing"] or "broken" in row:
        return [row["name"], *[""] * (len(HEAD) - 2), "BROKEN" if "broken" in row else "none yet"]
    return [
        row["name"],
        f"{row['median']:.1f}",
        f"{row['p95']:.1f}",
        f"{row['per_second']:.0f}",
        f"{row['floor']:.1f}",
        f"{row['ratio']:.1f}x",
        f"{row['work']:.1f}",
        f"{row['work_ratio']:.1f}x",
        str(row["sql"]),
        str(row["repeats"]),
        f"{row['bytes'] / 1024:.0f}",
        f"{row['more_memory']:.0f}",
        limit_of(row["kind"], bids).text,
        " ".join(failures(row, bids)) or "ok",
    ]


def table(lines: list[list[str]]) -> str:
    """Columns as wide as they must be; the first and the last begin at the left."""
    widths = [max(len(each[number]) for each in lines) for number in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if number in (0, len(widths) - 1) else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(each, widths, strict=True))
        ).rstrip()
        for each in lines
    )


def why(row: Mapping[str, Any]) -> str:
    """Where the time of a page goes."""
    times = f"{row['sql_ms']:.0f} of {row['all_ms']:.0f} ms in SQL, {row['cpu_ms']:.0f} ms of Python"
    slowest = f"slowest {row['slowest_ms']:.0f} ms: {row['slowest'][:400]}"
    repeated = "".join(f"\n   {number} times: {sql[:200]}" for number, sql in row["repeated"])
    return f"{row['name']}: {times}; {slowest}{repeated}"


def show(result: Result, size: int, engine: str) -> None:
    """Print and keep what was measured at one size."""
    lines = [list(HEAD), *(line(row, size) for row in result["pages"])]
    _say(f"\n{size:,} bids, {engine}\n\n{table(lines)}\n")
    verdict = "ok" if result["memory"] <= WORKER_MEMORY else "too much"
    _say(f"The larger worker holds {result['memory']:.0f} MiB after all (limit {WORKER_MEMORY}): {verdict}\n")
    for row in result["pages"]:
        if "broken" in row:
            _say(f"{row['name']}: {row['broken']}")
        elif not row["missing"] and failures(row, size):
            _say(why(row))
    _keep(f"{engine}-{size}.csv", lines)


def show_growth(found: Mapping[int, Result], engine: str) -> None:
    """How each page grows with the number of bids."""
    series = by_page({size: result for size, result in found.items() if size >= ALIKE_FROM})
    if not series or len(next(iter(series.values()))) < 2:
        return
    lines = [["page", *(f"{size:,}" for size in next(iter(series.values()))), "growth", ""]]
    verdicts = {}
    for name, ratios in series.items():
        times = growth(ratios) or 0.0
        verdicts[name] = f"{times:.2f}x"
        shown = [f"{ratio:.1f}x" for ratio in ratios.values()]
        lines.append([name, *shown, verdicts[name], "ok" if times <= GROWTH else "grows"])
    _say(f"\nTimes the floor, by number of bids; growth at most {GROWTH}x\n\n{table(lines)}\n")
    _keep(f"{engine}-growth.csv", lines)
    last = found[max(found)]["pages"]
    limits = {row["name"]: limit_of(row["kind"], max(found)).ratio for row in last}
    (RESULTS / f"{engine}-growth.svg").write_text(svg(series, limits, verdicts))
    _say(f"Drawn in {RESULTS / f'{engine}-growth.svg'}")


def by_page(found: Mapping[int, Result]) -> dict[str, dict[int, float]]:
    """The ratio of each page at each size, of pages that were measured at all of them."""
    series: dict[str, dict[int, float]] = {}
    for size in sorted(found):
        for row in found[size]["pages"]:
            if "ratio" in row:
                series.setdefault(row["name"], {})[size] = row["ratio"]
    return {name: ratios for name, ratios in series.items() if len(ratios) == len(found)}


def show_load(result: Result) -> None:
    """What the deadline hour came to."""
    lines = [["", "count", "median ms", "p95"]]
    lines += [
        [kind, str(told["count"]), f"{told['median']:.0f}", f"{told['p95']:.0f}"]
        for kind, told in result["hour"].items()
    ]
    _say(f"\nThe deadline hour, {result['minutes']:g} minutes of it\n\n{table(lines)}\n")
    _say(f"{len(result['errors'])} errors{': ' if result['errors'] else ''}{', '.join(result['errors'][:5])}\n")
    steps = [["saves a second", "answered a second", "median ms", "p95", "errors", ""]]
    steps += [
        [
            f"{step['asked']:.0f}",
            f"{step['reached']:.1f}",
            f"{step['median']:.0f}",
            f"{step['p95']:.0f}",
            str(step["errors"]),
            "held" if step["held"] else "not held",
        ]
        for step in result["steps"]
    ]
    _say(f"{table(steps)}\n")
    _keep("load.csv", [*lines, [], *steps])


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _keep(name: str, lines: list[list[str]]) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    with (RESULTS / name).open("w", newline="") as file:
        csv.writer(file).writerows(lines)
