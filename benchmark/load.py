"""The deadline hour, on one machine: applicants save, groups send, officers read, all at once and without one error.

Afterwards it finds how many saves a second are held: more and more of them are begun each second, whether or not the
last ones have been answered, until some fail or the answers fall behind.
"""

import itertools
import json
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django

django.setup()

from benchmark.browser import Answer, Browser, Form  # noqa: E402 (settings first)
from benchmark.figures import median, percentile  # noqa: E402
from benchmark.limits import APPLICANTS, OFFICERS, SENT_A_MINUTE  # noqa: E402
from benchmark.pages import World, lead_of, where  # noqa: E402
from benchmark.people import sign_in, staff  # noqa: E402
from benchmark.servers import serving  # noqa: E402
from grants.applications.models import Application  # noqa: E402

SAVES_EVERY, READS_EVERY = 10.0, 5.0  # seconds, for each applicant and officer
FIRST, FACTOR, PATIENCE = 20, 1.25, 1.0  # saves a second to begin with; the next step; seconds an answer may take


@dataclass
class Tally:
    """What was done, how long it took, and what went wrong."""

    times: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, send: Callable[[], Answer], wanted: int) -> bool:
        """Send, and write down what came of it."""
        began = time.perf_counter()
        try:
            answer = send()
            wrong = "" if answer.status == wanted and "/sign-in/" not in answer.location else str(answer.status)
        except OSError as error:
            wrong = repr(error)
        with self.lock:
            self.times.setdefault(kind, []).append(time.perf_counter() - began)
            if wrong:
                self.errors.append(f"{kind}: {wrong}")
        return not wrong

    def told(self) -> dict[str, Any]:
        """Counts, middles and slow ends, in milliseconds."""
        return {
            kind: {"count": len(times), "median": median(times) * 1000, "p95": percentile(times, 95) * 1000}
            for kind, times in self.times.items()
        }


class Writer:
    """An applicant with one section open, which saves itself."""

    def __init__(self, port: int, bid: Application) -> None:
        self.browser = Browser(port, sign_in(lead_of(bid.group)))
        self.path = where("applications:section", bid.public_id, "idea")
        self.fields = dict(Form(self.browser.get(self.path).text).fields)
        self.words = itertools.count()

    def save(self, tally: Tally) -> None:
        """Save what was typed since, knowing which version it was typed into."""
        typed = {**self.fields, "what": f"{self.fields['what']} {next(self.words)}", "later": "1"}
        if tally.note("save", lambda: self.browser.post(self.path, list(typed.items())), 302):
            self.fields["version"] = str(int(self.fields["version"]) + 1)


def until(end: float, every: float, offset: float) -> Iterator[None]:
    """Now and then until the end, everybody at another moment."""
    at = time.monotonic() + offset
    while at < end:
        time.sleep(max(0.0, at - time.monotonic()))
        yield
        at += every


def deadline_hour(port: int, writers: list[Writer], bids: list[Application], minutes: float) -> Tally:
    """Everybody at once, for so many minutes."""
    tally, world = Tally(), World()
    sending = [(sign_in(lead_of(bid.group)), where("applications:send", bid.public_id)) for bid in bids]
    pages = [
        where("admin:grants_application_changelist"),
        where("admin:grants_application_changelist", q="meadow"),
        where("admin:grants_application_case", world.case.public_id),
    ]
    officers = [Browser(port, sign_in(staff(("carol", "owen")[number % 2]))) for number in range(OFFICERS)]
    end = time.monotonic() + minutes * 60

    def write(writer: Writer, number: int) -> None:
        for _ in until(end, SAVES_EVERY, SAVES_EVERY * number / len(writers)):
            writer.save(tally)

    def read(browser: Browser, number: int) -> None:
        paths = itertools.cycle(pages[number % len(pages) :] + pages[: number % len(pages)])
        for _ in until(end, READS_EVERY, READS_EVERY * number / OFFICERS):
            tally.note("read", lambda: browser.get(next(paths)), 200)

    def send(session: str, path: str, number: int) -> None:
        for _ in until(end, minutes * 60, minutes * 60 * number / len(sending)):
            # connected now: hundreds of open lines that say nothing would each hold a thread, which nginx never does
            tally.note("send", lambda: Browser(port, session).post(path, []), 302)

    people = [
        *(threading.Thread(target=write, args=(writer, number)) for number, writer in enumerate(writers)),
        *(threading.Thread(target=read, args=(browser, number)) for number, browser in enumerate(officers)),
        *(threading.Thread(target=send, args=(*who, number)) for number, who in enumerate(sending)),
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return tally


def at_rate(writers: list[Writer], rate: float, seconds: float) -> tuple[Tally, float]:
    """So many saves begun each second, by whoever is free; and how many a second were answered."""
    tally, free = Tally(), queue.SimpleQueue[Writer]()
    for writer in writers:
        free.put(writer)

    def one(writer: Writer) -> None:
        writer.save(tally)
        free.put(writer)

    began = time.monotonic()
    running = []
    for number in range(int(rate * seconds)):
        time.sleep(max(0.0, began + number / rate - time.monotonic()))
        running.append(threading.Thread(target=one, args=(free.get(),)))
        running[-1].start()
    for thread in running:
        thread.join()
    return tally, len(running) / (time.monotonic() - began)


def most_saves(writers: list[Writer], seconds: float) -> list[dict[str, Any]]:
    """Step up until it is no longer held."""
    steps, rate = list[dict[str, Any]](), float(FIRST)
    while True:
        tally, reached = at_rate(writers, rate, seconds)
        told = tally.told()["save"]
        held = not tally.errors and reached > 0.95 * rate and told["p95"] < PATIENCE * 1000
        steps.append({"asked": rate, "reached": reached, "held": held, "errors": len(tally.errors), **told})
        if not held:
            return steps
        rate *= FACTOR


def run(minutes: float, seconds: float) -> dict[str, Any]:
    """The hour, then the most."""
    count = round(SENT_A_MINUTE * minutes)
    ready = Application.objects.filter(status="draft", answers__section="declaration").select_related("group")
    bids = list(ready.order_by("-pk")[: APPLICANTS + count])
    if len(bids) < APPLICANTS + count:
        raise SystemExit(f"{APPLICANTS + count} bids ready to be sent are needed, and there are {len(bids)}.")
    with serving({}) as (port, _):
        writers = [Writer(port, bid) for bid in bids[:APPLICANTS]]
        tally = deadline_hour(port, writers, bids[APPLICANTS:], minutes)
        steps = most_saves(writers, seconds)
    return {"minutes": minutes, "hour": tally.told(), "errors": tally.errors, "steps": steps}


if __name__ == "__main__":
    result, minutes_, seconds_ = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
    Path(result).write_text(json.dumps(run(minutes_, seconds_)))
