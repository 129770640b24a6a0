"""Locks in one declared order, rows read again under the lock, and only what changed written back."""

import threading
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.db import models, transaction
from django.db.models import F, Q, prefetch_related_objects

if TYPE_CHECKING:

    class Words(models.CharField[str, str]):
        """The stock column, typed."""

else:
    Words = models.CharField


class StatusField(Words):
    """A state: its choices are the model's own `Status`, and a new row starts in the first of them."""

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        """Take the choices from the model that gets the field."""
        states = getattr(cls, "Status", None)
        if states is not None and not cls._meta.abstract:
            self.choices, self.default = states.choices, states.values[0]
        super().contribute_to_class(cls, name, private_only)

    def deconstruct(self) -> Any:
        """Without the choices: a new state changes no table, so it needs no migration."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {key: value for key, value in kwargs.items() if key not in {"choices", "default"}}


class Stateful(models.Model):
    """A thing with states: its status and version are written by its lifecycle only."""

    lock_rank: ClassVar[int]
    event_detail: dict[str, Any] | None = None  # set in a step's body: before and after, kept erasable

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.UUIDField(default=uuid.uuid4, db_index=True, editable=False)
    status = StatusField(max_length=40, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


S = TypeVar("S", bound=Stateful)
M = TypeVar("M", bound=models.Model)
Key = tuple[int, str, Any]


class Inversion(Exception):  # noqa: N818 (names what happened)
    """Locks were taken against the declared order: on PostgreSQL two such requests could wait for each other."""


class _Held(threading.local):
    def __init__(self) -> None:
        self.depth = 0
        self.keys: set[Key] = set()


_held = _Held()


@contextmanager
def unit() -> Iterator[None]:
    """All or nothing: one transaction, in which locks are watched until the outermost unit ends."""
    _held.depth += 1
    try:
        with transaction.atomic():
            yield
    finally:
        _held.depth -= 1
        if not _held.depth:
            _held.keys.clear()


def lock(queryset: models.QuerySet[M]) -> list[M]:
    """Lock rows in key order and return them as they are now. Only inside `unit()`.

    Conditions on their own columns hold for what is returned, also where a lock was waited for.
    """
    if not _held.depth:
        raise RuntimeError("Locks are taken inside unit() or a step.")
    model = queryset.model
    rank = getattr(model, "lock_rank", None)
    if rank is None:
        raise TypeError(f"{model._meta.label} declares no lock_rank.")
    # A subquery, so that the caller's joins do not double the rows; but only for joins: PostgreSQL looks at conditions
    # again after waiting, at a subquery it does not. (A foreign key compared with a row leaves an unused alias.)
    if sum(map(bool, queryset.query.alias_refcount.values())) > 1:
        queryset = model._base_manager.filter(pk__in=queryset.order_by().values("pk"))
    # no_key: an insert that only points to the row (a foreign key check) must not wait for us
    found = list(queryset.order_by("pk").select_for_update(no_key=True, of=("self",)))
    _watch({(rank, model._meta.label, row.pk) for row in found})
    return found


def _watch(keys: set[Key]) -> None:
    # A rolled-back savepoint keeps its entries until the end of the unit: harmless, slightly strict.
    new = keys - _held.keys
    if new and _held.keys and min(new) < max(_held.keys):
        raise Inversion(f"{min(new)} is locked after {max(_held.keys)}: name it in the step's locks.")
    _held.keys |= new


def lock_all(model: type[S], rows: Sequence[S], others: Sequence[models.QuerySet[Any]]) -> list[S]:
    """Lock the rows of a step and all that the step and its effects named, in rank order; return the fresh rows."""
    wanted: dict[type[models.Model], Q] = defaultdict(Q)
    wanted[model] |= Q(pk__in=[row.pk for row in rows])
    for queryset in others:
        wanted[queryset.model] |= Q(pk__in=queryset.order_by().values("pk"))
    fresh: dict[Any, S] = {}
    for each in sorted(wanted, key=lambda one: (one.lock_rank, one._meta.label)):  # type: ignore[attr-defined]
        found = lock(each._base_manager.filter(wanted[each]))
        if each is model:
            fresh = {row.pk: row for row in found}  # type: ignore[misc]
    missing = [row.pk for row in rows if row.pk not in fresh]
    if missing:
        raise model.DoesNotExist(f"{model._meta.label} {missing} is gone.")
    return [fresh[row.pk] for row in rows]


def loaded(rows: Sequence[M], paths: Sequence[str]) -> list[M]:
    """Fetch related rows for the whole list. After the lock, on purpose: what a lock waited for is then seen."""
    if rows and paths:
        prefetch_related_objects(rows, *dict.fromkeys(path.replace(".", "__") for path in paths))
    return list(rows)


def fetched(row: models.Model, name: str) -> bool:
    """Whether a batch has fetched these related rows of it already."""
    return name in getattr(row, "_prefetched_objects_cache", {})


def values(row: models.Model) -> dict[str, Any]:
    """The stored values of a row, to see later what a body changed."""
    return {each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields}


def save_changes(rows: Sequence[S], before: dict[Any, dict[str, Any]]) -> None:
    """Write back what changed: one statement for one row, few for many."""
    changed = {name for row in rows for name, value in values(row).items() if value != before[row.pk][name]}
    if not changed:
        return
    if len(rows) == 1:
        rows[0].save(update_fields=changed)
        return
    stored: Any = type(rows[0])._base_manager.filter(pk__in=[row.pk for row in rows])
    first = values(rows[0])
    unlike = {name for name in changed if any(getattr(row, name) != first[name] for row in rows)}
    if unlike <= {"version"} and all(row.version == before[row.pk]["version"] + 1 for row in rows):
        # many rows that take one step mostly change alike: a statement that does not grow with them
        stored.update(**{name: first[name] for name in changed - {"version"}}, version=F("version") + 1)
    else:
        type(rows[0])._base_manager.bulk_update(rows, sorted(changed), batch_size=500)
