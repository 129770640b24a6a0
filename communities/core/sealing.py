"""Seals: a chain over all events, so that a later change to any of them can be named."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import models, transaction

from communities.core.canonical import canonical
from communities.core.clock import now
from communities.core.models import Event, EventDetail, Link, PeriodicRun

START = "0" * 64
AT_ONCE = 2000
LATE = timedelta(days=1)
LONGEST = timedelta(hours=1)  # far beyond any transaction: idle ones are ended after a minute


def seal(*, everything: bool = False) -> int:
    """Give every event without a place one in the chain, and write the head to the anchor file.

    Looks back as far as a transaction may have lasted; with `everything`, through all events.
    """
    total, above = 0, 0 if everything else _floor()
    while sealed := _seal_some(above):
        total += sealed
    return total


def _floor() -> int:
    settled = Link.objects.filter(sealed_at__lt=now() - LONGEST).order_by("-position").first()
    return settled.event_id if settled else 0


def unsealed(above: int | None = None) -> models.QuerySet[Event]:
    """Events without a place in the chain, as far back as a transaction may have lasted."""
    # what has no link, never "above the last one": a slow transaction's lower id appears later
    return Event.objects.filter(link=None, pk__gt=_floor() if above is None else above)


def _seal_some(above: int) -> int:
    with transaction.atomic():
        # the row is the lease: a second sealer waits here and then finds nothing to do
        PeriodicRun.objects.get_or_create(name="seal_lease", defaults={"next_at": now()})
        PeriodicRun.objects.select_for_update(no_key=True).get(name="seal_lease")
        waiting = list(unsealed(above).order_by("pk")[:AT_ONCE])
        if not waiting:
            return 0
        head = Link.objects.order_by("-position").first()
        position, previous = (head.position, head.hash) if head else (0, START)
        links, at = [], now()
        for event in waiting:
            position += 1
            previous = link_hash(previous, position, at, event)
            links.append(Link(position=position, event=event, sealed_at=at, hash=previous))
        Link.objects.bulk_create(links)
    anchor(position, previous, at)
    return len(links)


def link_hash(previous: str, position: int, sealed_at: datetime, event: Event) -> str:
    """What a place in the chain must read: it covers the place before and every column of its event."""
    columns = [getattr(event, each.attname) for each in Event._meta.concrete_fields]
    return hashlib.sha256((previous + canonical([position, sealed_at, columns])).encode()).hexdigest()


def anchor_file() -> Path:
    """The file outside the database that keeps the heads; send copies to somebody else."""
    return Path(getattr(settings, "EVENT_ANCHORS", None) or settings.VAR_DIR / "event-anchors.txt")


def anchor(position: int, head: str, at: datetime) -> None:
    """Add one line to the anchor file."""
    path = anchor_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as lines:
        lines.write(f"{position} {head} {at.isoformat()}\n")


def anchors() -> dict[int, str]:
    """The anchored heads by position."""
    path = anchor_file()
    if not path.exists():
        return {}
    lines = (line.split() for line in path.read_text(encoding="ascii").splitlines())
    return {int(words[0]): words[1] for words in lines if len(words) >= 2}


@dataclass
class Verdict:
    """What the walk along the chain found."""

    sealed: int = 0
    unsealed: int = 0
    anchors: int = 0
    oldest_unsealed: datetime | None = None
    findings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def verify() -> Verdict:
    """Walk the whole chain and name whatever was altered, removed or put in."""
    verdict = Verdict(findings=[], notes=[])
    known, seen = anchors(), set()
    erased = set(Event.objects.filter(verb="event_detail.erase").values_list("object_pk", flat=True))
    previous, position = START, 0
    for link, event, detail in _walk():
        position += 1
        if link.position != position:
            verdict.findings.append(f"Places {position} to {link.position - 1} of the chain are missing.")
            position = link.position
        if event is None:
            verdict.findings.append(f"Event {link.event_id} (place {position}) was removed.")
        elif link.hash != link_hash(previous, position, link.sealed_at, event):
            verdict.findings.append(f"Event {event.pk} (place {position}: {event}) or its seal was altered.")
        if event is not None:
            verdict.findings += _detail_findings(event, detail, erased)
            if link.sealed_at - event.at > LATE:
                verdict.notes.append(f"Event {event.pk} ({event}) was sealed more than a day after {event.at}.")
        if known.get(position, link.hash) != link.hash:
            verdict.findings.append(f"Place {position} differs from its anchor: the chain was written anew before it.")
        seen.add(position)
        previous = link.hash
    verdict.sealed, verdict.anchors = len(seen), len(known)
    for lost in sorted(set(known) - seen):
        verdict.findings.append(f"Place {lost} is anchored but gone: the end of the chain was cut off.")
    _tail(verdict)
    return verdict


def _walk() -> Iterator[tuple[Link, Event | None, EventDetail | None]]:
    # pages by position; events and details are fetched apart, so that a removed row cannot hide its link
    last = 0
    while links := list(Link.objects.filter(position__gt=last).order_by("position")[:AT_ONCE]):
        events = Event.objects.in_bulk([link.event_id for link in links])
        details = EventDetail.objects.in_bulk([link.event_id for link in links])
        for link in links:
            yield link, events.get(link.event_id), details.get(link.event_id)
        last = links[-1].position


def _detail_findings(event: Event, detail: EventDetail | None, erased: set[str]) -> list[str]:
    if detail is None:
        gone = event.digest and str(event.pk) not in erased
        return [f"The detail of event {event.pk} ({event}) was removed without an erasure."] if gone else []
    kept = hashlib.sha256((detail.salt + detail.content).encode()).hexdigest()
    return [] if kept == event.digest else [f"The detail of event {event.pk} ({event}) was altered."]


def _tail(verdict: Verdict) -> None:
    tail = Event.objects.filter(link=None).order_by("recorded_at")
    verdict.unsealed = tail.count()
    oldest = tail.first()
    verdict.oldest_unsealed = oldest.recorded_at if oldest else None
