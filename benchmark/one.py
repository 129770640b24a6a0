"""One number of bids, measured: run in a process of its own, with the database of that size.

Statements are counted at one site and time is taken at another, which does not count. Every page is asked in turn with
the floor, on the same connection and so of the same process, so that whatever else the machine does is in both.
"""

import itertools
import json
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import django

django.setup()

from benchmark.browser import Answer, Browser  # noqa: E402 (settings first)
from benchmark.figures import median, percentile  # noqa: E402
from benchmark.pages import Page, World, pages, where  # noqa: E402
from benchmark.people import sign_in  # noqa: E402
from benchmark.servers import serving  # noqa: E402
from benchmark.work import database, forget_peaks, memory, worked  # noqa: E402
from communities.people.models import User  # noqa: E402

WARM_UP, AT_LEAST, SECONDS = 3, 5, 12.0
WARM_UP_FILE, AT_LEAST_FILE = 1, 3  # a file of 100,000 bids takes a minute, and each is like the one before
FLOOR, FLOOR_FILE = where("floor_page"), where("floor_rows")
Requests = Iterator[tuple[Browser, Callable[[], Answer]]]


class WrongAnswer(Exception):  # noqa: N818 (what it is)
    """Not the page, or not done: its time would say nothing."""


class Visit:
    """Everybody's browser at one running site."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.browsers: dict[int | None, Browser] = {}

    def as_(self, user: User | None) -> Browser:
        """Somebody's browser, signed in."""
        key = user.pk if user else None
        if key not in self.browsers:
            self.browsers[key] = Browser(self.port, sign_in(user) if user else "")
        return self.browsers[key]

    def requests(self, page: Page) -> Requests:
        """The requests of a page, as many as there are."""
        if page.act is None:
            browser = self.as_(page.who)
            yield from itertools.repeat((browser, partial(browser.get, page.path)))
        else:
            for user, (path, content) in page.act(self.as_):
                yield self.as_(user), partial(self.as_(user).post, path, content)


def count(page: Page, visit: Visit, file: Path) -> dict[str, Any]:
    """What one request asks of the database, once it is warm."""
    requests = visit.requests(page)
    for _ in range(1 if page.is_file else 2):  # the first fills caches of the process
        _, send = next(requests)
        answer = checked(page, send())
    told = json.loads(file.read_text().splitlines()[-1])
    return {**told, "bytes": len(answer.body)}


def checked(page: Page, answer: Answer) -> Answer:
    """A page that was refused would be fast: stop."""
    wanted = 302 if page.act else 200
    if answer.status != wanted or "/sign-in/" in answer.location:
        raise WrongAnswer(f"{answer.status} {answer.location or _words(answer)}")
    return answer


def _words(answer: Answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2]).split())[:600]


class Timed:
    """How long requests took, and how long processors worked for them."""

    def __init__(self, workers: list[int]) -> None:
        self.workers, self.database = workers, database()
        self.times, self.work = list[float](), list[float]()

    def __call__(self, send: Callable[[], Answer]) -> Answer:
        """Send, and note it."""
        before = worked(self.workers, self.database)
        answer = send()
        self.work.append(worked(self.workers, self.database) - before)
        self.times.append(answer.seconds * 1000)
        return answer


def time_(page: Page, visit: Visit, samples: int, workers: list[int]) -> dict[str, Any]:
    """Page and floor in turn, as often as asked or as long as there is time."""
    floor_path = FLOOR_FILE if page.is_file else FLOOR
    warm_up, at_least = (WARM_UP_FILE, AT_LEAST_FILE) if page.is_file else (WARM_UP, AT_LEAST)
    requests = visit.requests(page)
    for browser, send in itertools.islice(requests, warm_up):
        browser.get(floor_path, signed_in=False)
        checked(page, send())
    floor, mine, held = Timed(workers), Timed(workers), memory(workers)
    forget_peaks(workers)
    began = time.perf_counter()
    for browser, send in itertools.islice(requests, samples):
        floor(partial(browser.get, floor_path, signed_in=False))
        checked(page, mine(send))
        if len(mine.times) >= at_least and time.perf_counter() - began > SECONDS:
            break
    return {
        "samples": len(mine.times),
        "median": median(mine.times),
        "p95": percentile(mine.times, 95),
        "per_second": 1000 / (sum(mine.times) / len(mine.times)),
        "floor": median(floor.times),
        "ratio": median(mine.times) / median(floor.times),
        "work": median(mine.work),
        "work_ratio": median(mine.work) / median(floor.work),
        "more_memory": memory(workers, "VmHWM") - held,
    }


def run(samples: int, only: str) -> dict[str, Any]:
    """Count and time every page."""
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / "counts"
        world = World()
        everything = [page for page in pages(world) if any(part in page.name for part in only.split(","))]
        with serving({"BENCHMARK_COUNTS": str(file)}) as (counted, _), serving({}) as (port, workers):
            visits = Visit(counted), Visit(port)
            for page in everything:
                row = {"name": page.name, "kind": page.kind, "missing": page.missing}
                found.append(row)
                if page.missing:
                    continue
                try:
                    if page.ready:
                        page.ready()
                    row |= count(page, visits[0], file)
                    row |= time_(page, visits[1], samples, workers)
                except WrongAnswer as wrong:
                    row["broken"] = str(wrong)
                sys.stderr.write(".")
                sys.stderr.flush()
            sys.stderr.write("\n")
            return {"pages": found, "memory": memory(workers), "peak": memory(workers, "VmHWM")}


if __name__ == "__main__":
    result, asked, only_ = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    Path(result).write_text(json.dumps(run(asked, only_)))
