"""Three roles of a PostgreSQL database: its owner migrates, the site works, a reader copies and looks.

The triggers on evidence bind whoever uses the tables; their owner could drop them. So the site does not own its tables:
it has no right to change evidence, triggers or not, and none to change tables.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import connections, models

# only the owner moves the schema on; the site reads how far it is
OWNERS = {"django_migrations"}


def statements(*, app: str, reader: str, using: str = "default") -> Iterator[str]:
    """The whole of both roles' rights, as models declare them now. To be said again after each migrate."""
    quote = connections[using].ops.quote_name
    both = f"{quote(app)}, {quote(reader)}"
    yield "REVOKE ALL ON SCHEMA public FROM PUBLIC"
    yield f"REVOKE ALL ON SCHEMA public FROM {both}"
    yield f"GRANT USAGE ON SCHEMA public TO {both}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {both}"
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {both}"
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {both}"
    yield f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {quote(reader)}"
    for table, rights in sorted(rights_of_the_site(using).items()):
        yield f"GRANT {', '.join(rights)} ON {quote(table)} TO {quote(app)}"


def rights_of_the_site(using: str = "default") -> dict[str, tuple[str, ...]]:
    """What the site may do to each table besides reading it. Nothing at all empties or alters tables."""
    declared = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    tables = set(connections[using].introspection.table_names()) - OWNERS
    return {table: _rights(declared.get(table)) for table in tables}


def _rights(model: type[models.Model] | None) -> tuple[str, ...]:
    if not getattr(model, "append_only", False):
        return ("INSERT", "UPDATE", "DELETE")  # what freezes in some states is held by triggers, which the owner keeps
    return ("INSERT", "DELETE") if getattr(model, "erasable", False) else ("INSERT",)
