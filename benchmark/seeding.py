"""A database with N bids: the demonstration's world, multiplied by copying its rows inside the database.

Every copy of a row gets its number plus a stride, and so do the rows it points to; that keeps each copied bid whole,
with its group, people, answers, checks, votes, payments, reports, messages and events. All constraints hold: PostgreSQL
checks the foreign keys at the end, of all rows at once. Three kinds of copies are made:

- closed: the bids of the finished round. Each round takes 38 copies (about 500 bids), then the next round begins, a
  quarter earlier. This is what grows with N.
- current: the bids of the two rounds that are going on, in every state. About 500, and never more.
- drafts: a bid that is ready to be sent, for those who measure sending.

The copied seals of events prove nothing; everything else is as the site would have written it.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction

from communities.core.models import Event, EventDetail, Link, Message
from communities.core.sealing import seal
from communities.core.triggers import lifted
from communities.correspondence.models import Contact
from communities.groups.models import Group, Vision
from communities.people.models import Household, Person, RoleGrant, User
from evaluation.insight.tasks import write_down_sums
from grants.applications.models import Application, ReferenceYear
from grants.decisions.models import Attendance, Meeting
from grants.funds.models import Budget, LedgerEntry
from grants.payments.models import BatchLine, PaymentBatch
from grants.rounds.models import Panel, Round, RoundNotice, RoundStaff, Seat

STRIDE = 10_000  # above every number of the demonstration
COPIES_IN_A_ROUND = 38
MOST_CURRENT = 14
QUARTER, QUARTERS = 91, 60  # days; how far back it goes until rounds share a quarter
AT_ONCE = 400  # copies in one transaction

Rows = dict[type[models.Model], set[Any]]
OF_ROUNDS = {Round, Panel, Seat, RoundStaff, RoundNotice, Meeting, Attendance, PaymentBatch, Budget}
BY_OBJECT, BY_CASE = {Event, Message}, {LedgerEntry, Contact}
INHERITED = {EventDetail, Link}


@dataclass
class Parts:
    """Which rows of the demonstration are copied with what."""

    rounds: Rows = field(default_factory=lambda: defaultdict(set))
    closed: Rows = field(default_factory=lambda: defaultdict(set))
    current: Rows = field(default_factory=lambda: defaultdict(set))
    drafts: Rows = field(default_factory=lambda: defaultdict(set))

    def of_bids(self, model: type[models.Model]) -> set[Any]:
        """All rows that are copied with bids."""
        return self.closed[model] | self.current[model]


@dataclass(frozen=True)
class Plan:
    """How many copies of what make about this many bids."""

    bids: int
    drafts: int
    closed: int
    current: int

    @classmethod
    def for_bids(cls, bids: int, drafts: int, in_closed: int, in_current: int) -> "Plan":
        """As many current bids as there are at most in real life, the rest closed."""
        current = min(MOST_CURRENT, max(1, bids // 70))
        closed = max(1, round((bids - drafts - current * in_current) / in_closed), current)
        return cls(bids, drafts, closed, current)


def seed(bids: int, drafts: int) -> Plan:
    """Multiply the demonstration that is in this database."""
    parts = split()
    plan = Plan.for_bids(bids, drafts, len(parts.closed[Application]), len(parts.current[Application]))
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.connection.create_function("another_uuid", 2, _another_uuid, deterministic=True)
    with _foreign_keys_at_the_end():
        for level, rows, first, last in _passes(parts, plan):
            for low in range(first, last + 1, AT_ONCE):
                with transaction.atomic():
                    _copy(parts, rows, level, low, min(last, low + AT_ONCE - 1))
    with transaction.atomic():
        _add_up(plan)
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
            cursor.execute(sql)
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")  # as autovacuum does by itself within minutes
    seal()  # as a worker does by itself within minutes
    write_down_sums()
    return plan


@contextmanager
def _foreign_keys_at_the_end() -> Iterator[None]:
    """Take the foreign keys away and put them back, which checks every row: seven times as fast as row by row."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0; SET work_mem = '256MB'")
        cursor.execute(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) "
            "FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
        )
        keys = cursor.fetchall()
        for table, name, _ in keys:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        yield
        for table, name, definition in keys:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _passes(parts: Parts, plan: Plan) -> Iterator[tuple[str, Rows, int, int]]:
    last_round = (plan.closed - 1) // COPIES_IN_A_ROUND
    yield "r", parts.rounds, 1, last_round
    yield "k", parts.closed, 1, plan.closed - 1
    yield "k", parts.current, 1, plan.current - 1
    yield "d", parts.drafts, plan.closed, plan.closed + plan.drafts - 1


# -- which rows belong together ----------------------------------------------------------------------------------------


def split() -> Parts:
    """Look through the demonstration: what belongs to rounds, to bids of the finished round, to the other bids."""
    first = Round.objects.earliest("opens_at")
    staff = set(RoleGrant.objects.values_list("user_id", flat=True))
    seated = set(Seat.objects.values_list("person_id", flat=True))
    _pointers.cache_clear()
    parts = Parts()
    parts.rounds[Round] = {first.pk}
    parts.rounds[Budget] = {first.budget_id}
    parts.rounds[PaymentBatch] = set(
        PaymentBatch.objects.filter(payments__award__application__round=first).values_list("pk", flat=True)
    )
    parts.closed[Application] = set(first.applications.values_list("pk", flat=True))
    parts.current[Application] = set(Application.objects.exclude(round=first).values_list("pk", flat=True))
    parts.closed[Group] = set(Group.objects.filter(applications__round=first).values_list("pk", flat=True))
    parts.current[Group] = set(Group.objects.values_list("pk", flat=True)) - parts.closed[Group]
    for rows in (parts.closed, parts.current):
        people = Person.objects.filter(memberships__group__in=rows[Group]).exclude(user__in=staff)
        rows[Person] = set(people.exclude(pk__in=seated).values_list("pk", flat=True)) - parts.closed[Person]
        rows[User] = set(
            Person.objects.filter(pk__in=rows[Person], user__isnull=False).values_list("user_id", flat=True)
        )
        visions = Group.objects.filter(pk__in=rows[Group], vision__isnull=False)
        rows[Vision] = set(visions.values_list("vision_id", flat=True)) - parts.closed[Vision]
    _spread(parts, {Application, Group, Person, User, Vision, Household})
    _only_drafts(parts)
    return parts


def _spread(parts: Parts, known: set[type[models.Model]]) -> None:
    """Rows that point to rows of a part are of that part; those told by object or by case are found by that."""
    left = [model for model in apps.get_models(include_auto_created=True) if model not in known]
    told_by_word = [model for model in left if model in BY_OBJECT | BY_CASE]
    inherited = [model for model in left if model in INHERITED]
    changed = True
    while changed:
        changed = any(_by_pointers(parts, model) for model in left if model not in {*told_by_word, *inherited})
    cases = _cases(parts)
    for model in told_by_word:
        _by_word(parts, model, cases)
    for model in inherited:
        _by_pointers(parts, model)


@cache
def _pointers(model: type[models.Model]) -> list[tuple[Any, list[tuple[Any, Any]]]]:
    """Every row with what it points to."""
    pointers = [each for each in model._meta.concrete_fields if each.is_relation]
    rows = model._base_manager.values_list("pk", *(each.attname for each in pointers))
    targets = [each.related_model for each in pointers]
    return [(pk, [pair for pair in zip(targets, values, strict=True) if pair[1] is not None]) for pk, *values in rows]


def _by_pointers(parts: Parts, model: type[models.Model]) -> bool:
    before = len(parts.closed[model]), len(parts.current[model]), len(parts.rounds[model])
    for pk, pointed in _pointers(model):
        at = {
            name
            for target, value in pointed
            for name in ("current", "closed", "rounds")
            if value in getattr(parts, name)[target]
        }
        if "current" in at:
            parts.closed[model].discard(pk)
            parts.current[model].add(pk)
        elif "closed" in at and pk not in parts.current[model]:
            parts.closed[model].add(pk)
        elif "rounds" in at and (model in OF_ROUNDS | INHERITED or model._meta.auto_created):
            parts.rounds[model].add(pk)
    return before != (len(parts.closed[model]), len(parts.current[model]), len(parts.rounds[model]))


def _cases(parts: Parts) -> dict[Any, str]:
    found: dict[Any, str] = {}
    for name in ("rounds", "current", "closed"):
        for model, pks in getattr(parts, name).items():
            if any(each.name == "case" for each in model._meta.concrete_fields):
                found |= dict.fromkeys(model._base_manager.filter(pk__in=pks).values_list("case", flat=True), name)
    return found


def _by_word(parts: Parts, model: type[models.Model], cases: dict[Any, str]) -> None:
    if model in BY_CASE:
        for pk, case in model._base_manager.values_list("pk", "case"):
            if case in cases:
                getattr(parts, cases[case])[model].add(pk)
        return
    for pk, label, number in model._base_manager.exclude(object_model="").values_list(
        "pk", "object_model", "object_pk"
    ):
        about = apps.get_model(label)
        for name in ("rounds", "current", "closed"):
            if number.isdecimal() and int(number) in getattr(parts, name)[about]:
                getattr(parts, name)[model].add(pk)


def _only_drafts(parts: Parts) -> None:
    """One whole bid that was never sent, with its group."""
    draft = Application.objects.filter(status="draft", answers__section="declaration").earliest("pk")
    parts.drafts[Application], parts.drafts[Group] = {draft.pk}, {draft.group_id}
    people = parts.of_bids(Person) & set(draft.group.memberships.values_list("person_id", flat=True))
    parts.drafts[Person] = people
    parts.drafts[User] = set(Person.objects.filter(pk__in=people, user__isnull=False).values_list("user_id", flat=True))
    if draft.group.vision_id:
        parts.drafts[Vision] = {draft.group.vision_id}
    for model in apps.get_models(include_auto_created=True):
        if model in parts.drafts or model in BY_OBJECT | BY_CASE | INHERITED:
            continue
        for pk, pointed in _pointers(model):
            whose = (Application, Group, Person, User)
            own = [value in parts.drafts[to] for to, value in pointed if to in whose and value in parts.of_bids(to)]
            if pk in parts.of_bids(model) and own and all(own):
                parts.drafts[model].add(pk)


# -- copying -----------------------------------------------------------------------------------------------------------


def _copy(parts: Parts, rows: Rows, level: str, low: int, high: int) -> None:
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if rows[model]:
                cursor.execute(statement(parts, model, rows[model], level, low, high))


def statement(parts: Parts, model: type[models.Model], pks: Iterable[Any], level: str, low: int, high: int) -> str:
    """The INSERT that copies these rows once for each number."""
    quoted = connection.ops.quote_name
    fields, copied = model._meta.concrete_fields, Copied(parts, model, level)
    values = ", ".join(copied.value(each) for each in fields)
    table, key = quoted(model._meta.db_table), quoted(str(model._meta.pk.column))
    numbers = f"WITH RECURSIVE n(k) AS (SELECT {low} UNION ALL SELECT k + 1 FROM n WHERE k < {high}) "
    return (
        f"{numbers}INSERT INTO {table} ({', '.join(quoted(str(each.column)) for each in fields)}) "
        f"SELECT {values} FROM n CROSS JOIN {table} b WHERE b.{key} IN ({_list(pks)}) ORDER BY n.k, b.{key}"
    )


class Copied:
    """The columns of a copy, in SQL. `n.k` is its number; a copy of a round has the number of the round there."""

    def __init__(self, parts: Parts, model: type[models.Model], level: str) -> None:
        self.parts, self.model, self.level = parts, model, level
        self.round = {"k": f"(n.k / {COPIES_IN_A_ROUND})", "r": "n.k", "d": "0"}[level]

    def value(self, each: Any) -> str:
        """One column."""
        column = f"b.{connection.ops.quote_name(each.column)}"
        if each.is_relation:
            return self._pointer(column, each.related_model)
        if each.primary_key:
            return f"{column} + n.k * {STRIDE}"
        if special := getattr(self, f"_{each.name}", None):
            return str(special(column))
        return self._by_type(column, each)

    def _by_type(self, column: str, each: Any) -> str:
        if isinstance(each, models.UUIDField):
            return _uuid(column)
        if isinstance(each, models.EmailField):
            return f"REPLACE({column}, '@', '.' || n.k || '@')"
        if isinstance(each, models.DateField):
            return self._earlier(column, isinstance(each, models.DateTimeField))
        return column

    def _pointer(self, column: str, target: Any) -> str:
        moved = self.parts.drafts[target] if self.level == "d" else self.parts.of_bids(target)
        found = f"CASE WHEN {column} IN ({_list(moved)}) THEN {column} + n.k * {STRIDE} " if moved else "CASE "
        if self.parts.rounds[target]:
            found += f"WHEN {column} IN ({_list(self.parts.rounds[target])}) THEN {column} + {self.round} * {STRIDE} "
        return column if found == "CASE " else f"{found}ELSE {column} END"

    def _object_pk(self, column: str) -> str:
        return f"CAST(CAST({column} AS bigint) + n.k * {STRIDE} AS text)"

    def _reference(self, column: str) -> str:
        number = f"CAST(SUBSTR({column}, 10) AS integer) + n.k * 100"  # CCF-2026-0045
        return f"CASE WHEN {column} = '' THEN '' ELSE SUBSTR({column}, 1, 9) || CAST({number} AS text) END"

    def _key(self, column: str) -> str:
        return f"{column} || '#' || n.k"

    def _name(self, column: str) -> str:
        return f"{column} || ' ' || n.k" if self.model in (Group, Budget) else column

    def _title(self, column: str) -> str:
        return f"{column} || ' ' || n.k" if self.model is Round else column

    def _limit(self, column: str) -> str:
        return f"{column} * {COPIES_IN_A_ROUND}"

    def _earlier(self, column: str, has_time: bool) -> str:
        if self.level == "d":
            return column
        days = f"(({self.round} % {QUARTERS}) * {QUARTER})"
        if connection.vendor == "postgresql":
            return f"{column} - {days} * INTERVAL '1 day'" if has_time else f"{column} - {days}"
        return f"{'datetime' if has_time else 'date'}({column}, '-' || {days} || ' days')"


def _list(pks: Iterable[Any]) -> str:
    return ", ".join(str(int(pk)) for pk in sorted(pks))


def _uuid(column: str) -> str:
    if connection.vendor == "postgresql":
        return f"CAST(MD5(CAST({column} AS text) || ':' || n.k) AS uuid)"
    return f"another_uuid({column}, n.k)"


def _another_uuid(value: str | None, number: int) -> str | None:
    return value and hashlib.md5(f"{value}:{number}".encode(), usedforsecurity=False).hexdigest()


# -- sums that are kept ------------------------------------------------------------------------------------------------


def _add_up(plan: Plan) -> None:
    """Budgets and batches say again what is in them."""
    budgets, batches = Budget._meta.db_table, PaymentBatch._meta.db_table
    lines = f"FROM {BatchLine._meta.db_table} l WHERE l.batch_id = {batches}.id"
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE {budgets} SET "limit" = "limit" * {COPIES_IN_A_ROUND} WHERE id < {STRIDE}')
        cursor.execute(
            f"UPDATE {budgets} SET committed = {_booked('commit')} - {_booked('release')}, "
            f"paid = {_booked('pay')} - {_booked('refund')}"
        )
        with lifted([PaymentBatch]):
            cursor.execute(
                f"UPDATE {batches} SET total = (SELECT SUM(l.amount) {lines}), count = (SELECT COUNT(*) {lines})"
            )
    ReferenceYear.objects.update(last=(plan.closed + plan.drafts + 1) * 100)


def _booked(kind: str) -> str:
    entries, budgets = LedgerEntry._meta.db_table, Budget._meta.db_table
    booked = f"{entries} e WHERE e.budget_id = {budgets}.id AND e.kind = '{kind}'"
    return f"(SELECT COALESCE(SUM(e.amount), 0) FROM {booked})"
