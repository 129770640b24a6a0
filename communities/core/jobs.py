"""Imports as jobs: a file is read, its preview is looked at by a person, then all of it is written or none."""

import csv
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import InterfaceError, OperationalError, models
from django.db.models import F, Q

from communities.core.clock import now
from communities.core.files import StoredFile, store
from communities.core.lifecycle import Lifecycle, Stateful, Step
from communities.core.permissions import SYSTEM, Actor, Ruled
from communities.core.refusals import Refused
from communities.core.tables import Limits, Line, read

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # a killed worker holds a job no longer than this
GIVE_UP_TRIES = 3  # a file that kills its worker each time must end as well
SHOWN = 50  # problems listed; more are counted
SAMPLE = 10
MAY_IMPORT = "communities.add_job"


class Job(Stateful):
    """One file on its way into the fund's records."""

    class Status(models.TextChoices):
        SENT = "sent", "Being read"
        READY = "ready", "Ready to import"
        UNUSABLE = "unusable", "Cannot be imported"
        CONFIRMED = "confirmed", "Being imported"
        APPLIED = "applied", "Imported"
        FAILED = "failed", "Failed"
        DROPPED = "dropped", "Set aside"

    lock_rank: ClassVar[int] = 90
    status_colours: ClassVar[Mapping[str, str]] = {"ready": "yellow", "unusable": "red", "applied": "green"}

    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=120, help_text="Which of the importer's files this is.")
    title = models.CharField(max_length=200)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    rows_read = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    problem_count = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list, blank=True)
    notes = models.JSONField(default=list, blank=True)
    sample = models.JSONField(default=dict, blank=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)  # of the piece of work in hand

    objects = Ruled.as_manager()

    class Meta:
        verbose_name = "import"
        ordering = ("-sent_at", "-pk")
        constraints: ClassVar[Any] = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="job_confirmed_who_and_when",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_running(self) -> bool:
        """Whether the fund is at work on it, so that looking again later shows more."""
        return self.status in {self.Status.SENT, self.Status.CONFIRMED}


JOB: Lifecycle[Job] = Lifecycle(Job)
S = Job.Status
JOB.add(
    Step("send", (), S.SENT, MAY_IMPORT, label="Send a file", done="File sent to be read"),
    Step("preview", (S.SENT,), S.READY, MAY_IMPORT, done="File read, preview ready"),
    Step("refuse", (S.SENT, S.CONFIRMED), S.UNUSABLE, MAY_IMPORT, done="File cannot be imported"),
    Step("confirm", (S.READY,), S.CONFIRMED, MAY_IMPORT, label="Import it", done="Import confirmed"),
    Step("drop", (S.READY,), S.DROPPED, MAY_IMPORT, label="Set it aside", done="Import set aside"),
    Step("apply", (S.CONFIRMED,), S.APPLIED, MAY_IMPORT, done="Imported"),
    Step("fail", (S.SENT, S.CONFIRMED), S.FAILED, MAY_IMPORT, done="Import failed"),
)


# -- what an importer is ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """A file to import: its lines, counted as they are read."""

    name: str
    sha256: str
    lines: Iterator[Line]


@dataclass(frozen=True)
class Writing:
    """On whose word, when and from which file something is written."""

    by: Actor
    at: datetime
    sha256: str


@dataclass
class Plan:
    """What an import would do. Nothing is written until `write` is called inside the job's transaction."""

    write: Callable[[Writing], None] = lambda _: None
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    skipped: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)

    def problem(self, line: int, sentence: str) -> None:
        """Keep what is wrong with a line (0: with the whole file)."""
        self.problems.append((line, sentence))


@dataclass(frozen=True)
class Importer:
    """A kind of file the fund can take in: what it may be called, how large it may be, how it is read."""

    code: str
    name: str
    choices: Callable[[], list[tuple[str, str]]]
    limits: Callable[[str], Limits]
    sheets_with: Callable[[str], tuple[str, ...]]
    plan: Callable[[Source, str], Plan]


IMPORTERS: dict[str, Importer] = {}


def importer(new: Importer) -> Importer:
    """Declare an importer; a code taken twice is a mistake."""
    if new.code in IMPORTERS:
        raise ValueError(f"The importer {new.code} is declared twice.")
    IMPORTERS[new.code] = new
    return new


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Everything that can be imported, by importer, as the upload page lists it."""
    return [
        (each.name, [(f"{each.code}:{about}", title) for about, title in each.choices()]) for each in IMPORTERS.values()
    ]


# -- operations ------------------------------------------------------------------------------------------------------


def send(upload: "UploadedFile[bytes]", *, kind: str, about: str, by: Actor, at: datetime) -> Job:
    """Send a file to be read. Nothing is imported yet."""
    titles = dict(IMPORTERS[kind].choices()) if kind in IMPORTERS else {}
    if about not in titles:
        raise Refused(
            "This is not something that can be imported.", "Choose what the file is from the list.", status=400
        )
    if not by.has_perm(MAY_IMPORT):
        raise Refused("You do not have the right to import.", "Ask a grants officer to do it.", status=403)
    kept = store(upload, by=by, at=at, kind="import")
    job = Job(kind=kind, about=about, title=titles[about], file=kept, sent_by_id=by.pk, sent_at=at)
    return JOB.create("send", job, by=by, at=at)


def confirm(job: Job, *, by: Actor, at: datetime) -> None:
    """Say yes to the preview; the import then runs by itself."""
    with JOB.step("confirm", job, by=by, at=at) as row:
        row.confirmed_by_id, row.confirmed_at, row.lease_until, row.tries = by.pk, at, None, 0


def drop(job: Job, *, by: Actor, at: datetime, reason: str = "") -> None:
    """Set the file aside. Nothing of it is imported."""
    with JOB.step("drop", job, by=by, at=at, reason=reason) as row:
        row.finished_at = at


def preview(job: Job, *, by: Actor = SYSTEM, at: datetime) -> None:
    """Read the file and show what importing it would do."""
    plan = _plan(job)
    if plan.problems:
        refuse(job, plan, by=by, at=at)
        return
    with JOB.step("preview", job, by=by, at=at) as row:
        _keep(row, plan)
        row.lease_until = None


def apply(job: Job, *, by: Actor, at: datetime) -> None:
    """Write all of the file, or nothing. The file is read again: what was true at the preview may have changed."""
    plan = _plan(job)
    if plan.problems:
        refuse(job, plan, by=SYSTEM, at=at)
        return
    with JOB.step("apply", job, by=by, at=at) as row:
        plan.write(Writing(by, at, row.file.sha256))
        _keep(row, plan)
        row.finished_at = at
        row.event_detail = {"file": row.file.sha256, "about": row.about, "new": plan.new, "changed": plan.changed}


def refuse(job: Job, plan: Plan, *, by: Actor, at: datetime) -> None:
    """Keep what is wrong with the file, line by line. Nothing is imported."""
    with JOB.step("refuse", job, by=by, at=at) as row:
        _keep(row, plan)
        row.finished_at = at


def fail(job: Job, sentence: str, *, by: Actor = SYSTEM, at: datetime) -> None:
    """Say that something broke on our side. Nothing is imported."""
    with JOB.step("fail", job, by=by, at=at) as row:
        row.problems, row.problem_count, row.finished_at = [[0, sentence]], 1, at


def run_waiting() -> int:
    """Do the next piece of work of each waiting job that nobody else has in hand."""
    count = 0
    waiting = Q(status__in=(S.SENT, S.CONFIRMED)) & (Q(lease_until=None) | Q(lease_until__lte=now()))
    for job in Job.objects.filter(waiting).exclude(file__scan=StoredFile.Scan.WAITING).order_by("pk")[:5]:
        mine = Job.objects.filter(waiting, pk=job.pk, version=job.version)
        if mine.update(lease_until=now() + LEASE, tries=F("tries") + 1):
            _run(job)
            count += 1
    return count


def _run(job: Job) -> None:
    if job.tries >= GIVE_UP_TRIES:
        fail(job, f"It was tried {job.tries} times and stopped our server each time. Nothing was imported.", at=now())
        return
    try:
        if job.status == S.SENT:
            preview(job, at=now())
        elif job.confirmed_by is not None:
            apply(job, by=job.confirmed_by, at=now())
    except Refused as refused:
        fail(job, refused.sentence, at=now())
    except (OperationalError, InterfaceError):
        raise  # the database is away: the job is tried again when its lease has ended
    except Exception:
        log.exception("Import %s broke.", job.pk)
        fail(job, "Something went wrong on our side. Nothing was imported.", at=now())


def _plan(job: Job) -> Plan:
    """The plan of a job's file. A file that cannot be read is a plan with one problem."""
    each = IMPORTERS[job.kind]
    try:
        with job.file.opened() as content:
            lines = read(
                content, job.file.original_name, each.limits(job.about), sheets_with=each.sheets_with(job.about)
            )
            return each.plan(Source(job.file.original_name, job.file.sha256, _watched(job, lines)), job.about)
    except Refused as refused:
        return Plan(problems=[(0, f"{refused.sentence} {refused.next_step}".strip())])


def _watched(job: Job, lines: Iterator[Line]) -> Iterator[Line]:
    """Say how far it is, and that somebody is still at work."""
    count = 0
    for count, line in enumerate(lines, 1):
        if count % 5_000 == 0:
            Job.objects.filter(pk=job.pk).update(rows_read=count, lease_until=now() + LEASE)
        yield line
    Job.objects.filter(pk=job.pk).update(rows_read=count)


def _keep(row: Job, plan: Plan) -> None:
    row.new, row.changed, row.unchanged, row.skipped = plan.new, plan.changed, plan.unchanged, plan.skipped
    row.problem_count, row.problems = len(plan.problems), [list(each) for each in plan.problems[:SHOWN]]
    row.notes, row.sample = plan.notes, {"headings": plan.headings, "rows": plan.rows[:SAMPLE]}


# -- facts that come with the project --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Loaded:
    """What loading a file of our own did: rows added, rows that stood there, and which of these read otherwise now."""

    new: int
    kept: int
    differing: tuple[str, ...]


def own_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a data file that comes with the project."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load_missing(model: type[models.Model], rows: Iterable[Mapping[str, Any]], *, key: tuple[str, ...]) -> Loaded:
    """Add the rows that are not there yet. What officers have changed since stays as they left it."""
    wanted = [model(**{name: _typed(model, name, value) for name, value in row.items()}) for row in rows]
    standing = {_key(row, key): row for row in model._base_manager.all()}
    new = [row for row in wanted if _key(row, key) not in standing]
    model._base_manager.bulk_create(new)
    kept = [(row, standing[_key(row, key)]) for row in wanted if _key(row, key) in standing]
    return Loaded(len(new), len(kept), tuple(str(old) for row, old in kept if not _same(row, old)))


def _typed(model: type[models.Model], name: str, value: Any) -> Any:
    if isinstance(value, models.Model) or value is None:
        return value
    column = model._meta.get_field(name)
    if value == "" and getattr(column, "null", False):
        return None
    return column.to_python(value) if isinstance(column, models.Field) else value


def _key(row: models.Model, key: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(getattr(row, row._meta.get_field(name).attname) for name in key)  # type: ignore[union-attr]


def _same(row: models.Model, old: models.Model) -> bool:
    names = [each.attname for each in row._meta.concrete_fields if not each.primary_key]
    return all(getattr(row, name) == getattr(old, name) for name in names)
