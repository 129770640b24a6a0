"""Evidence cannot be rewritten: the database itself refuses to change or delete it, on both engines."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.apps import AppConfig, apps
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

PREFIX = "keep_"
FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append-only: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def install(sender: AppConfig, using: str = "default", **_: Any) -> None:
    """After every migrate: create the triggers that are missing, drop those that no longer fit."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    # post_migrate comes once per app: tables of later apps may not be there yet
    for model in sender.get_models():
        if model._meta.db_table in tables:
            install_for(model, connection)


def install_for(model: type[models.Model], connection: BaseDatabaseWrapper) -> None:
    """Bring one table's triggers up to date; SQLite loses them whenever a table is remade."""
    wanted, present = wanted_triggers(model, connection.vendor), present_triggers(model, connection)
    if wanted.keys() == present:
        return
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        for name in present - wanted.keys():
            cursor.execute(f'DROP TRIGGER "{name}"' + (f" ON {table}" if connection.vendor == "postgresql" else ""))
        if connection.vendor == "postgresql":
            cursor.execute(FUNCTION)
        for name in wanted.keys() - present:
            cursor.execute(wanted[name])


def missing_triggers(using: str = "default") -> list[str]:
    """The tables whose triggers are not as declared: none, after a migrate."""
    connection = connections[using]
    return [
        model._meta.label
        for model in apps.get_models()
        if wanted_triggers(model, connection.vendor).keys() != present_triggers(model, connection)
    ]


def wanted_triggers(model: type[models.Model], vendor: str) -> dict[str, str]:
    """The triggers a model declares by `append_only`, `erasable`, `frozen_when` and `frozen_except`, by name.

    Names carry a mark of the wording, so that a changed declaration or a new column is noticed.
    """
    if getattr(model, "append_only", False):
        acts = ["UPDATE"] if getattr(model, "erasable", False) else ["UPDATE", "DELETE"]
        conditions = dict.fromkeys(acts, "")
        truncate = True
    elif getattr(model, "frozen_when", None):
        frozen = _frozen(model, vendor)
        conditions = {"UPDATE": f"{frozen} AND ({_changed(model, vendor)})", "DELETE": frozen}
        truncate = False
    else:
        return {}
    make = _postgresql if vendor == "postgresql" else _sqlite
    found = [make(model._meta.db_table, act, condition) for act, condition in conditions.items()]
    if truncate and vendor == "postgresql":
        found.append(_postgresql(model._meta.db_table, "TRUNCATE", ""))
    return {_name(model, sql): sql.format(name=_name(model, sql)) for sql in found}


def _name(model: type[models.Model], sql: str) -> str:
    return f"{PREFIX}{model._meta.db_table[:40]}_{hashlib.sha256(sql.encode()).hexdigest()[:10]}"


def _postgresql(table: str, act: str, condition: str) -> str:
    each = "STATEMENT" if act == "TRUNCATE" else "ROW"
    when = f" WHEN ({condition})" if condition else ""
    return f'CREATE TRIGGER "{{name}}" BEFORE {act} ON "{table}" FOR EACH {each}{when} EXECUTE FUNCTION refuse_change()'


def _sqlite(table: str, act: str, condition: str) -> str:
    when = f" WHEN {condition}" if condition else ""
    return (
        f'CREATE TRIGGER "{{name}}" BEFORE {act} ON "{table}"{when} '
        f"BEGIN SELECT RAISE(ABORT, 'append-only: {act} on {table}'); END"
    )


def _frozen(model: type[models.Model], vendor: str) -> str:
    name, values = model.frozen_when  # type: ignore[attr-defined]
    column = model._meta.get_field(name).column  # type: ignore[union-attr]
    return f'OLD."{column}" IN ({", ".join(_literal(value, vendor) for value in values)})'


def _changed(model: type[models.Model], vendor: str) -> str:
    free: Sequence[str] = getattr(model, "frozen_except", ())
    differs = "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
    columns = [each.column for each in model._meta.concrete_fields if not {each.name, each.attname} & {*free}]
    return " OR ".join(f'OLD."{column}" {differs} NEW."{column}"' for column in columns)


def _literal(value: object, vendor: str) -> str:
    if isinstance(value, bool):
        return str(value).upper() if vendor == "postgresql" else str(int(value))
    return "'" + str(value).replace("'", "''") + "'"


def present_triggers(model: type[models.Model], connection: BaseDatabaseWrapper) -> set[str]:
    """The triggers of ours that the table has now."""
    if connection.vendor == "postgresql":
        sql = "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(%s) AND NOT tgisinternal"
        table = connection.ops.quote_name(model._meta.db_table)
    else:
        sql, table = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(sql, [table])
        return {name for (name,) in cursor.fetchall() if name.startswith(PREFIX)}


@contextmanager
def lifted(models_: Iterable[type[models.Model]], using: str = "default") -> Iterator[None]:
    """For a data migration alone: take the triggers of these tables away and put them back."""
    connection, kept = connections[using], list(models_)
    for model in kept:
        table = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor:
            for name in present_triggers(model, connection):
                cursor.execute(f'DROP TRIGGER "{name}"' + (f" ON {table}" if connection.vendor == "postgresql" else ""))
    try:
        yield
    finally:
        for model in kept:
            install_for(model, connection)
