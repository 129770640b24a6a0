"""Finding rows by a few letters: PostgreSQL keeps every three letters of a column in an index; SQLite reads on."""

from typing import Any

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def by_letters(table: str, *columns: str) -> list[Any]:
    """Operations of a migration: indexes that serve `icontains` on these columns of a table, on PostgreSQL.

    The extension is one that the owner of a database may install by himself. No model names these indexes, because
    SQLite has nothing of the kind.
    """

    def make(_: Any, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            for column in columns:
                as_icontains = f'UPPER("{column}"::text) gin_trgm_ops'
                editor.execute(f'CREATE INDEX "{table}_{column}_letters" ON "{table}" USING gin ({as_icontains})')

    def drop(_: Any, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            for column in columns:
                editor.execute(f'DROP INDEX "{table}_{column}_letters"')

    return [TrigramExtension(), migrations.RunPython(make, drop, elidable=False)]
