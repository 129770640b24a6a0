"""How the installation runs: what waits, what failed, who works, each with what to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import redis
from django.conf import settings
from django.db.models import Count, Min, Q
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.utils.timesince import timesince

from communities.core.clock import now
from communities.core.files import StoredFile
from communities.core.jobs import Job
from communities.core.models import Message, PeriodicRun
from communities.core.periodic import TASKS
from communities.core.sealing import unsealed

LATE = timedelta(minutes=5)
LATELY = timedelta(days=7)
MAY_SEE = "communities.view_periodicrun"


@dataclass(frozen=True)
class Fact:
    """How one part stands; with advice when somebody should do something about it."""

    name: str
    state: str
    advice: str = ""


def running(request: HttpRequest) -> TemplateResponse:
    """The operators' page."""
    from django.contrib import admin  # noqa: PLC0415 (the office lists this page, so it comes first)

    if not request.user.has_perm(MAY_SEE):
        raise Http404
    found = list(facts())
    wrong = sum(bool(fact.advice) for fact in found)
    context = {**admin.site.each_context(request), "title": "How the installation runs", "facts": found, "wrong": wrong}
    return TemplateResponse(request, "admin/running.html", context)


def facts() -> Iterator[Fact]:
    """Every part, the servers first. The number of queries does not grow with what waits."""
    answers = redis_answers()
    yield of_redis(answers=answers)
    yield from of_workers(redis_is_away=answers is False)
    yield of_waiting_messages()
    yield of_failed_messages()
    yield of_periodic_work()
    yield of_imports()
    yield of_files()
    yield of_record()


def redis_answers() -> bool | None:
    """Whether Redis answers at once; None where the site runs without it."""
    if not settings.REDIS_URL:
        return None
    waits = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
    try:
        with redis.Redis.from_url(settings.REDIS_URL, **waits) as line:
            return bool(line.ping())
    except redis.RedisError:
        return False


def of_redis(*, answers: bool | None) -> Fact:
    """Where workers find what there is to do."""
    if answers is None:
        return Fact("Redis", "Not used: the web process does the background work itself")
    if answers:
        return Fact("Redis", "Answers")
    return Fact(
        "Redis",
        "Does not answer",
        "Messages, imports and scans wait, and nothing is lost; people can go on working. "
        "Start Redis again: the workers find it by themselves.",
    )


def of_workers(*, redis_is_away: bool) -> Iterator[Fact]:
    """When the work of each queue was last done."""
    turns: dict[str, datetime] = {}
    for name, at in PeriodicRun.objects.filter(name__in=TASKS).values_list("name", "last_at"):
        if at is not None:
            turns[TASKS[name].queue] = max(at, turns.get(TASKS[name].queue, at))
    for queue in settings.QUEUES:
        last = turns.get(queue)
        if redis_is_away:
            advice = "It goes on by itself when Redis answers again."
        elif settings.REDIS_URL:
            advice = f"Start a worker for it (celery -q -A config worker -Q {queue}), and see that celery beat runs."
        else:
            advice = "Start the web process again: the thread in it that does this work has stopped."
        state = f"Last at work {ago(last)}" if last else "Has never been at work"
        yield Fact(f"Work in “{queue}”", state, advice if last is None or late(last) else "")


def of_waiting_messages() -> Fact:
    """What has still to be sent."""
    waiting = Message.objects.filter(state=Message.State.WAITING).aggregate(
        count=Count("pk"), oldest=Min("created_at"), due=Min("next_at"), tried=Count("pk", filter=Q(attempts__gt=0))
    )
    advice = ""
    if late(waiting["due"]):
        advice = "Nobody sends them: see above whether Redis answers and whether “messages” is at work."
    elif waiting["tried"] and late(waiting["oldest"]):
        advice = (
            "The mail server does not take them: see that it runs, and that EMAIL_URL is right. "
            "They are tried again by themselves for four days."
        )
    return Fact("Messages to be sent", waits(waiting["count"], waiting["oldest"]), advice)


def of_failed_messages() -> Fact:
    """What came back."""
    count = Message.objects.filter(state=Message.State.FAILED).count()
    advice = "The page of each message says why. An officer puts the address right and sends it again." if count else ""
    return Fact("Messages that could not be sent", str(count or "None"), advice)


def of_periodic_work() -> Fact:
    """Tasks whose last turn failed, and tasks whose turn does not come."""
    runs = {run.name: run for run in PeriodicRun.objects.filter(name__in=TASKS)}
    failed = [
        f"{name} failed {ago(run.last_at)} ({run.error.partition(':')[0]})" for name, run in runs.items() if run.error
    ]
    due = sorted((run.next_at, name) for name, run in runs.items() if not TASKS[name].shared and late(run.next_at))
    overdue = [f"{name} is late by {timesince(at, now(), depth=1)}" for at, name in due[:1]]
    overdue += [f"{len(due) - 1} more late as well"] if len(due) > 1 else []
    advice = ""
    if failed:
        advice = "It is tried again by itself. If it keeps failing, look for the name of the task in the log. "
    if overdue:
        advice += "Nobody does this work: see above which queue is not at work."
    return Fact("Work that comes round", "; ".join([*sorted(failed), *overdue]) or "Up to date", advice.strip())


def of_imports() -> Fact:
    """Files on their way into the fund's records."""
    at_work = (Job.Status.SENT, Job.Status.CONFIRMED)
    jobs = Job.objects.filter(status__in=at_work).aggregate(
        count=Count("pk"), oldest=Min("sent_at"), begun=Min("confirmed_at")
    )
    failed = Job.objects.filter(status=Job.Status.FAILED, finished_at__gt=now() - LATELY).count()
    state = waits(jobs["count"], jobs["oldest"]) + (f"; {failed} failed in the last 7 days" if failed else "")
    advice = ""
    if failed:
        advice = "Nothing of a failed file was imported. Look for “Import” in the log, then send the file again. "
    if late(jobs["begun"] or jobs["oldest"], 6 * LATE):
        advice += "See above whether “imports” is at work, and whether its file still waits to be scanned."
    return Fact("Imports", state, advice.strip())


def of_files() -> Fact:
    """Files that nobody can open yet, and files that nobody ever will."""
    kept = StoredFile.objects
    waiting = kept.filter(scan=StoredFile.Scan.WAITING).aggregate(count=Count("pk"), oldest=Min("uploaded_at"))
    harmful = kept.filter(scan=StoredFile.Scan.HARMFUL, uploaded_at__gt=now() - LATELY).count()
    state = waits(waiting["count"], waiting["oldest"]) if settings.FILE_SCANNER else "No scanner is set"
    state += f"; {harmful} found harmful in the last 7 days, which nobody can open" if harmful else ""
    advice = ""
    if late(waiting["oldest"]):
        advice = (
            "See that the scanner runs, that FILE_SCANNER and CLAMD are right, and that “scanning” is at work."
            if settings.FILE_SCANNER
            else f"{waiting['count']} wait for a scanner that is no longer there: set FILE_SCANNER again."
        )
    return Fact("Files to be scanned", state, advice)


def of_record() -> Fact:
    """Events that are not in the sealed chain yet."""
    tail = unsealed().aggregate(count=Count("pk"), oldest=Min("recorded_at"))
    advice = (
        "The seals are behind: see above whether “periodic” is at work. Then run manage.py verify_events."
        if late(tail["oldest"])
        else ""
    )
    return Fact("Events to be sealed", waits(tail["count"], tail["oldest"]), advice)


def waits(count: int, oldest: datetime | None) -> str:
    """How many wait, and since when."""
    return f"{count}, the oldest from {ago(oldest)}" if count and oldest else "None"


def ago(at: datetime | None) -> str:
    """How long ago, in words."""
    if at is None:
        return "at an unknown time"
    return "less than a minute ago" if now() - at < timedelta(minutes=1) else f"{timesince(at, now(), depth=1)} ago"


def late(at: datetime | None, allowed: timedelta = LATE) -> bool:
    """Whether something has waited longer than it should."""
    return at is not None and at < now() - allowed
