"""Releases: importing one, never over another, and withdrawing one that should not be used."""

from collections.abc import Callable
from datetime import datetime

from communities.core.events import record_event
from communities.core.jobs import Importer, Plan, Source, Writing
from communities.core.lifecycle import lock, unit
from communities.core.permissions import Actor
from communities.core.refusals import Refused
from communities.core.tables import MEGABYTE, Limits
from communities.places.models import Dataset, Publication
from communities.places.operations.lookups import plan_lookup
from communities.places.operations.measures import LAYOUTS, plan_measures
from communities.places.operations.postcodes import PLANS as POSTCODES

PlanMaker = Callable[[Source, Publication], Plan]
SMALL = Limits(size=20 * MEGABYTE, rows=60_000, columns=200, unpacked=200 * MEGABYTE)
LARGE = Limits(size=60 * MEGABYTE, rows=400_000, columns=80, unpacked=300 * MEGABYTE)


def publication(key: str) -> Publication:
    """The release a job is about."""
    kind, _, release = key.partition("/")
    return Publication.objects.get(kind=kind, release=release)


def key(each: Publication) -> str:
    """How a job names a release."""
    return f"{each.kind}/{each.release}"


def choices() -> list[tuple[str, str]]:
    """The releases an officer can import, with what is there already."""
    there = set(Dataset.objects.filter(withdrawn_at=None, is_demo=False).values_list("kind", "release"))
    return [
        (key(each), f"{each.title} (imported)" if (each.kind, each.release) in there else each.title)
        for each in Publication.objects.all()
    ]


def limits(about: str) -> Limits:
    """Postcode files are large, all others small."""
    return LARGE if publication(about).kind == Dataset.Kind.POSTCODES else SMALL


def sheets_with(about: str) -> tuple[str, ...]:
    """What the right sheet of a workbook must hold: published workbooks open with notes."""
    level = publication(about).level
    return {"lsoa": ("lsoa",), "ward": ("ward",)}.get(level, ())


def plan(source: Source, about: str) -> Plan:
    """What importing this file as this release would do."""
    each = publication(about)
    there = Dataset.objects.filter(kind=each.kind, release=each.release, withdrawn_at=None, is_demo=False).first()
    if there is not None and there.sha256 == source.sha256:
        return Plan(unchanged=there.rows, notes=["This very file has been imported before. Nothing would change."])
    if there is not None:
        sentence = (
            f"{each.title} was imported from another file. A release is never written over: "
            "give a corrected one a name of its own, or withdraw the first."
        )
        return Plan(problems=[(0, sentence)])
    return _maker(each)(source, each)


def _maker(each: Publication) -> PlanMaker:
    if each.layout == Publication.Layout.LOOKUP:
        return plan_lookup
    return plan_measures if each.layout in LAYOUTS else POSTCODES[each.layout]


OFFICIAL = Importer("official", "Official data", choices, limits, sheets_with, plan)


def withdraw(dataset: Dataset, *, by: Actor, at: datetime, reason: str) -> None:
    """Stop using a release. Its rows stay, for what was decided on them; pages then read "not loaded"."""
    if not reason.strip():
        raise Refused("Say why this release is withdrawn.", "Write one sentence and try again.", status=400)
    if not by.has_perm("communities.change_dataset", dataset):
        raise Refused("You do not have the right to do this.", "Ask a senior officer.", status=403)
    with unit():
        [row] = lock(Dataset.objects.filter(pk=dataset.pk))
        if row.withdrawn_at is not None:
            raise Refused("This release has been withdrawn already.", "Nothing more needs to be done.")
        row.withdrawn_at, row.withdrawn_because = at, reason.strip()[:200]
        row.save(update_fields=["withdrawn_at", "withdrawn_because"])
        record_event("dataset.withdraw", row, by=by, at=at, reason=reason)


def import_now(source: Source, each: Publication, *, by: Actor, at: datetime) -> Plan:
    """Import a file in one go, for files too large for the browser. Refused when anything is wrong with it."""
    found = plan(source, key(each))
    if not found.problems:
        with unit():
            found.write(Writing(by, at, source.sha256))
            record_event("dataset.import", by=by, at=at, detail={"release": key(each), "file": source.sha256})
    return found
