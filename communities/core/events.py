"""What happened: written in the transaction of the change, read back as a bid's whole life."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction

from communities.core.canonical import canonical, digest
from communities.core.clock import now
from communities.core.models import Event, EventDetail
from communities.core.permissions import Actor

# verb -> the sentence a timeline shows; steps add theirs, `describe` adds the others
SENTENCES: dict[str, str] = {"refused": "Refused", "event_detail.erase": "Detail of an earlier entry erased"}


def describe(verb: str, sentence: str) -> None:
    """Give the sentence that timelines show for an event that is not a step."""
    SENTENCES[verb] = sentence


@dataclass(frozen=True)
class Moment:
    """Who acts, when (the arrival of the request) and why."""

    by: Actor
    at: datetime
    reason: str = ""


@dataclass(frozen=True)
class Fact:
    """One event about to be written."""

    verb: str
    row: models.Model | None
    source: str = ""
    target: str = ""
    detail: dict[str, Any] | None = None
    case: UUID | None = None


def record_event(
    verb: str,
    row: models.Model | None = None,
    *,
    by: Actor | None = None,
    at: datetime | None = None,
    reason: str = "",
    detail: dict[str, Any] | None = None,
    case: UUID | None = None,
) -> Event:
    """Write down something that happened outside a lifecycle: an export, a reveal, a sign-in."""
    return record_facts([Fact(verb, row, detail=detail, case=case)], by=by, at=at or now(), reason=reason)[0]


def record_facts(facts: Sequence[Fact], *, by: Actor | None, at: datetime, reason: str = "") -> list[Event]:
    """Write many events at once, in two statements, in the caller's transaction."""
    salts = [secrets.token_hex(16) if fact.detail else "" for fact in facts]
    with transaction.atomic(savepoint=False):  # without its events a change is undone as well
        events = Event.objects.bulk_create(
            [_event(fact, salt, by, at, reason) for fact, salt in zip(facts, salts, strict=True)]
        )
        EventDetail.objects.bulk_create(
            [
                EventDetail(event=event, salt=salt, content=canonical(fact.detail))
                for event, fact, salt in zip(events, facts, salts, strict=True)
                if fact.detail
            ]
        )
    return events


def _event(fact: Fact, salt: str, by: Actor | None, at: datetime, reason: str) -> Event:
    return Event(
        at=at,
        actor_id=by.pk if by is not None else None,
        verb=fact.verb,
        object_model=fact.row._meta.label if fact.row is not None else "",
        object_pk=str(fact.row.pk) if fact.row is not None else "",
        case=fact.case or getattr(fact.row, "case", None),
        source=fact.source,
        target=fact.target,
        reason=reason,
        digest=digest(fact.detail, salt=salt) if fact.detail else "",
    )


def erase_detail(events: Iterable[Event], *, by: Actor, at: datetime, reason: str) -> None:
    """Erase what was recorded about a person in these events; that it was erased, by whom and why, stays."""
    kept = EventDetail.objects.filter(event__in=list(events))
    with transaction.atomic():
        facts = [Fact("event_detail.erase", detail, case=detail.event.case) for detail in kept.select_related("event")]
        record_facts(facts, by=by, at=at, reason=reason)
        kept.delete()


@dataclass(frozen=True)
class Entry:
    """One line of a timeline."""

    event: Event
    at: datetime
    who: str
    sentence: str
    reason: str


def timeline(case: UUID, *, verbs: Iterable[str] | None = None) -> list[Entry]:
    """A bid's whole life, oldest first, in one query."""
    events = Event.objects.filter(case=case).exclude(verb="refused").select_related("actor").order_by("at", "id")
    if verbs is not None:
        events = events.filter(verb__in=list(verbs))
    return [entry(event) for event in events]


def entry(event: Event) -> Entry:
    """An event as people read it."""
    who = str(event.actor) if event.actor is not None else "The system"
    return Entry(event, event.at, who, sentence(event.verb), event.reason)


def sentence(verb: str) -> str:
    """The sentence of a verb; a verb without one reads as its words."""
    return SENTENCES.get(verb) or verb.partition(".")[2].replace("_", " ").capitalize() or verb
