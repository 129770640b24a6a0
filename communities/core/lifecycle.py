"""How a thing moves from state to state: one table per thing, one way to take a step."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import models

from communities.core.events import SENTENCES, Fact, Moment, record_facts
from communities.core.locking import Stateful, loaded, lock, lock_all, save_changes, unit, values
from communities.core.outbox import queue
from communities.core.permissions import NONE, Actor, allowed_pks, rule
from communities.core.refusals import Refused

__all__ = ["Lifecycle", "Moment", "Need", "Offer", "Stateful", "Step", "lock", "need", "unit"]

M = TypeVar("M", bound=Stateful)


@dataclass(frozen=True)
class Need(Generic[M]):
    """A condition of a step, with two sentences: how the table states it, and what the refused person reads."""

    rule: str
    refusal: str
    check: Callable[[M, Moment], bool | str]
    loads: tuple[str, ...] = ()
    next_step: str = ""

    def refused(self, row: M, moment: Moment) -> Refused | None:
        """The refusal, or None when the condition holds."""
        answer = self.check(row, moment)
        if answer is True:
            return None
        return Refused(answer or self.refusal, self.next_step)

    def insist(self, row: M, moment: Moment) -> None:
        """Raise the refusal, unless the condition holds."""
        if refused := self.refused(row, moment):
            raise refused


def need(
    rule: str, refusal: str, *, loads: tuple[str, ...] = (), next_step: str = ""
) -> Callable[[Callable[[M, Moment], bool | str]], Need[M]]:
    """Declare a condition: the function answers True, False, or the sentence of a particular refusal.

    `loads` names the related rows it reads; they are fetched with the rows, so that a batch costs no more queries.
    """

    def declare(check: Callable[[M, Moment], bool | str]) -> Need[M]:
        return Need(rule, refusal, check, loads, next_step)

    return declare


@dataclass(frozen=True)
class Step(Generic[M]):
    """One row of the table. `source` may be empty: then the step is how the thing begins, used with `create`."""

    name: str
    source: tuple[str, ...]
    target: str
    who: str
    needs: tuple[Need[M], ...] = ()
    message: str = ""
    label: str = ""
    done: str = ""
    locks: "Locks[M] | None" = None


@dataclass(frozen=True)
class Effect(Generic[M]):
    """What a later room does when a step has happened."""

    run: Callable[[Sequence[M], Moment], None]
    locks: "Locks[M] | None" = None

    @property
    def name(self) -> str:
        """How the table prints it: room and function."""
        return f"{self.run.__module__.rpartition('.')[0].rpartition('.')[2]}.{self.run.__name__}"


Locks = Callable[[Sequence[M]], Sequence[models.QuerySet[Any]]]


@dataclass
class Batch(Generic[M]):
    """The rows that take the step, and those refused with their reasons."""

    done: list[M] = field(default_factory=list)
    refused: list[tuple[M, Refused]] = field(default_factory=list)


@dataclass(frozen=True)
class Offer(Generic[M]):
    """A step a person could take from here: a button, or the sentence why not yet."""

    step: Step[M]
    refused: str | None = None
    next_step: str = ""


LIFECYCLES: dict[str, "Lifecycle[Any]"] = {}


class Lifecycle(Generic[M]):
    """The table of one model's steps. The only writer of `status`."""

    def __init__(self, model: type[M]) -> None:
        self.model = model
        self.steps: dict[str, Step[M]] = {}
        self.rooms: dict[str, str] = {}
        self.effects: dict[str, list[Effect[M]]] = {}
        LIFECYCLES[model._meta.label] = self

    def add(self, *steps: Step[M]) -> None:
        """Declare steps; the room that declares a step performs it."""
        room = sys._getframe(1).f_globals["__name__"].rpartition(".")[0]  # noqa: SLF001 (who calls is what matters)
        for step in steps:
            if step.name in self.steps:
                raise ValueError(f"{self.verb(step.name)} is declared twice.")
            self.steps[step.name] = step
            self.rooms[step.name] = room
            SENTENCES[self.verb(step.name)] = step.done or step.label

    def require(self, name: str, *needs: Need[M]) -> None:
        """Let a later room add conditions to a step of an earlier one; the table prints them with the others."""
        self.steps[name] = replace(self.steps[name], needs=(*self.steps[name].needs, *needs))

    def then(self, name: str, run: Callable[[Sequence[M], Moment], None], locks: Locks[M] | None = None) -> None:
        """Let a later room act in the same transaction, after the rows are saved. `locks` names what it will lock."""
        self.effects.setdefault(name, []).append(Effect(run, locks))

    def verb(self, name: str) -> str:
        """The verb of the event that a step or edit leaves."""
        return f"{self.model._meta.model_name}.{name}"

    # -- acting ---------------------------------------------------------------------------------------------------

    @contextmanager
    def step(
        self, name: str, row: M, *, by: Actor, at: datetime, reason: str = "", version: int | None = None
    ) -> Iterator[M]:
        """Take one step; the body works on the locked row that is yielded, and everything is saved or nothing."""
        if version is not None:
            row.version = version
        with self.step_many(
            name, [row], by=by, at=at, reason=reason, all_or_nothing=True, stale=version is not None
        ) as batch:
            yield batch.done[0]

    @contextmanager
    def step_many(
        self,
        name: str,
        rows: Sequence[M],
        *,
        by: Actor,
        at: datetime,
        reason: str = "",
        all_or_nothing: bool = False,
        stale: bool = False,
    ) -> Iterator[Batch[M]]:
        """Take one step with many rows; the refused ones are listed with their reasons.

        With `all_or_nothing` the first refusal stops all. `stale` refuses rows that changed since they were read.
        """
        step, moment = self.steps[name], Moment(by, at, reason)
        effects = self.effects.get(name, [])
        with unit():
            lockers = [each for each in (step.locks, *(effect.locks for effect in effects)) if each]
            locked = lock_all(self.model, rows, [queryset for each in lockers for queryset in each(rows)])
            locked = loaded(locked, [path for each in step.needs for path in each.loads])
            batch = self._sorted(step, rows, locked, moment, stale)
            if all_or_nothing and batch.refused:
                raise batch.refused[0][1]
            before = {row.pk: values(row) for row in batch.done}
            sources = {row.pk: row.status for row in batch.done}
            for row in batch.done:
                row.status = str(step.target)
            yield batch
            self._settle(step, batch.done, before, sources, moment)

    def create(
        self, name: str, row: M, *, by: Actor, at: datetime, who: str = "", reason: str = "", message: str = ""
    ) -> M:
        """Save a new row and write its first event. A rule that follows the row's links is asked once it is saved."""
        return self.create_many(name, [row], by=by, at=at, who=who, reason=reason, message=message)[0]

    def create_many(
        self,
        name: str,
        rows: Sequence[M],
        *,
        by: Actor,
        at: datetime,
        who: str = "",
        reason: str = "",
        message: str = "",
    ) -> list[M]:
        """Save new rows with their first events, all or none, in as many statements as one row costs."""
        step, moment = self.steps.get(name), Moment(by, at, reason)
        needs = step.needs if step is not None else ()
        if step is not None:
            who, message = who or step.who, message or step.message
        for row in rows:
            row.status = str(step.target) if step is not None else row.status
            if not row.status:
                raise ValueError(f"{self.model._meta.label} has no first state: give it a class Status.")
        with self._named(name, None), unit():
            if rule(by, who) == NONE:
                raise not_permitted()
            for row in rows:
                self._meet(needs, row, moment)
            self.model._base_manager.bulk_create(list(rows))
            self._permit(rows, who, by)
            for effect in self.effects.get(name, []):
                effect.run(rows, moment)
            self._write(name, rows, {row.pk: "" for row in rows}, moment, message)
        return list(rows)

    @contextmanager
    def record(
        self,
        verb: str,
        row: M,
        *,
        by: Actor,
        at: datetime,
        who: str,
        reason: str = "",
        detail: dict[str, Any] | None = None,
        needs: tuple[Need[M], ...] = (),
        message: str = "",
        version: int | None = None,
    ) -> Iterator[M]:
        """Edit a row without a change of status: locked, permission asked, saved, and an event left."""
        moment = Moment(by, at, reason)
        with self._named(verb, row), unit():
            [locked] = loaded(lock_all(self.model, [row], []), [path for each in needs for path in each.loads])
            self._permit([locked], who, by)
            if version is not None and version != locked.version:
                raise stale_refusal()
            self._meet(needs, locked, moment)
            before, status = {locked.pk: values(locked)}, locked.status
            yield locked
            if locked.status != status:
                raise ValueError("An edit changes no status: declare a step.")
            locked.version += 1
            save_changes([locked], before)
            if detail is not None:
                locked.event_detail = {**(locked.event_detail or {}), **detail}
            self._write(verb, [locked], {locked.pk: status}, moment, message)

    # -- asking ---------------------------------------------------------------------------------------------------

    def available(self, rows: Sequence[M], user: Actor, at: datetime) -> dict[Any, list[Offer[M]]]:
        """The steps this person could take with each row, by the row's key.

        Give it the whole list of a page: it costs one query for each permission and relation, never one for each row.
        """
        steps = [step for step in self.steps.values() if {row.status for row in rows} & {str(s) for s in step.source}]
        loaded(rows, [path for step in steps for each in step.needs for path in each.loads])
        permitted = {who: allowed_pks(user, who, rows) for who in {step.who for step in steps}}
        moment = Moment(user, at)
        return {
            row.pk: [
                self._offer(step, row, moment)
                for step in steps
                if row.status in {str(source) for source in step.source} and row.pk in permitted[step.who]
            ]
            for row in rows
        }

    def ready(self, name: str, row: M) -> None:
        """Refuse a page that would only let somebody write what cannot be done from this state any more."""
        if refused := self._elsewhere(self.steps[name], row):
            raise refused.about(self.verb(name), row)

    def as_table(self) -> list[dict[str, Any]]:
        """The sum of all rooms' rows, as the officers' help page and docs/lifecycles.md show it."""
        return [
            {
                "step": step.name,
                "label": step.label,
                "source": [self.state(source) for source in step.source],
                "target": self.state(step.target),
                "who": step.who,
                "needs": [each.rule for each in step.needs],
                "message": step.message,
                "effects": [effect.name for effect in self.effects.get(step.name, [])],
                "room": self.rooms[step.name],
            }
            for step in self.steps.values()
        ]

    def state(self, value: str) -> str:
        """A state in words."""
        status: Any = self.model._meta.get_field("status")
        return str(dict(status.flatchoices).get(str(value), value))

    # -- inside ---------------------------------------------------------------------------------------------------

    @contextmanager
    def _named(self, name: str, row: M | None) -> Iterator[None]:
        """A refusal from inside tells which act on which row it was about."""
        try:
            yield
        except Refused as refused:
            refused.about(self.verb(name), row)
            raise

    def _sorted(self, step: Step[M], asked: Sequence[M], locked: Sequence[M], moment: Moment, stale: bool) -> Batch[M]:
        permitted = allowed_pks(moment.by, step.who, locked)
        known = {row.pk: row.version for row in asked} if stale else {}
        batch = Batch[M]()
        for row in locked:
            refused = self._refusal(step, row, moment, row.pk in permitted, known.get(row.pk, row.version))
            if refused is None:
                batch.done.append(row)
            else:
                batch.refused.append((row, refused.about(self.verb(step.name), row)))
        return batch

    def _refusal(self, step: Step[M], row: M, moment: Moment, permitted: bool, version: int) -> Refused | None:
        if not permitted:
            return not_permitted()
        if elsewhere := self._elsewhere(step, row):
            return elsewhere
        if version != row.version:
            return stale_refusal()
        return next(filter(None, (each.refused(row, moment) for each in step.needs)), None)

    def _elsewhere(self, step: Step[M], row: M) -> Refused | None:
        if row.status in {str(source) for source in step.source}:
            return None
        return Refused(
            f"This cannot be done now: it is already “{self.state(row.status)}”.",
            "Somebody may have done it before you. Look at it again to see where it stands.",
        )

    def _permit(self, rows: Sequence[M], who: str, by: Actor) -> None:
        if len(allowed_pks(by, who, rows)) < len(rows):
            raise not_permitted()

    def _meet(self, needs: tuple[Need[M], ...], row: M, moment: Moment) -> None:
        for each in needs:
            each.insist(row, moment)

    def _offer(self, step: Step[M], row: M, moment: Moment) -> Offer[M]:
        refused = next(filter(None, (each.refused(row, moment) for each in step.needs)), None)
        return Offer(step, refused.sentence if refused else None, refused.next_step if refused else "")

    def _settle(
        self, step: Step[M], rows: list[M], before: dict[Any, dict[str, Any]], sources: dict[Any, str], moment: Moment
    ) -> None:
        if not rows:
            return
        for row in rows:
            row.version += 1
        save_changes(rows, before)
        for effect in self.effects.get(step.name, []):
            effect.run(rows, moment)
        self._write(step.name, rows, sources, moment, step.message)

    def _write(self, name: str, rows: Sequence[M], sources: dict[Any, str], moment: Moment, message: str) -> None:
        facts = [Fact(self.verb(name), row, sources[row.pk], row.status, row.event_detail) for row in rows]
        record_facts(facts, by=moment.by, at=moment.at, reason=moment.reason)
        for row in rows:
            row.event_detail = None
        if message:
            queue(message, rows, moment)


def not_permitted() -> Refused:
    """What a person reads who may not do this."""
    return Refused(
        "You do not have the right to do this.", "Ask the council's grants team if you think you should.", status=403
    )


def stale_refusal() -> Refused:
    """What a person reads whose page is older than somebody else's change."""
    return Refused(
        "Somebody else changed this after you opened the page.", "Open it again, look at what changed, and try again."
    )
