"""The house keeps its order: rooms, tables, triggers, migrations, locks, one clock."""

import ast
import importlib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.test import override_settings

from communities.core.lifecycle import LIFECYCLES
from communities.core.triggers import missing_triggers
from tests.guards.test_steps import ROOT, sources

HOUSES = ("communities", "grants", "evaluation")
EVIDENCE = {
    "communities.Event",
    "communities.EventDetail",
    "communities.Link",
    "grants.LedgerEntry",
    "grants.Submission",
    "grants.Vote",
}


def rooms_in_order():
    return [f"{house}.{room}" for house in HOUSES for room in apps.get_app_config(house).rooms]


def house_models():
    return [model for house in HOUSES for model in apps.get_app_config(house).get_models()]


def room_of(model):
    return ".".join(model.__module__.split(".")[:2])


def keys_to_later_rooms(keys, order):
    """Foreign keys by string, which no import contract can see. keys: (name, room of the key, room it points to)."""
    return [name for name, here, there in keys if order.index(there) > order.index(here)]


def foreign_keys():
    for model in house_models():
        for field in model._meta.get_fields():
            target = getattr(field, "remote_field", None) and field.concrete and field.related_model
            if target and target._meta.label != settings.AUTH_USER_MODEL and target._meta.app_label in HOUSES:
                yield f"{model._meta.label}.{field.name}", room_of(model), room_of(target)


def rooms_missing_from(index, rooms):
    """A room missing from its app's models.py would be dropped by the next migration."""
    named = {
        f"{node.module}.{alias.name}".removesuffix(".models")
        for node in ast.walk(ast.parse(index))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return [room for room in rooms if room not in named]


def pending_changes(state):
    """What the next migration would do to the house."""
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader

    with override_settings(MIGRATION_MODULES={}):  # the tests' database is made without them
        loader = MigrationLoader(None)
    changes = MigrationAutodetector(loader.project_state(), state).changes(graph=loader.graph)
    return {
        app: [str(step) for each in found for step in each.operations]
        for app, found in changes.items()
        if app in HOUSES
    }


def unranked(tree, ranked):
    """Models that are locked but do not say when."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "lock" and node.args:
            names = [each.id for each in ast.walk(node.args[0]) if isinstance(each, ast.Name) and each.id[:1].isupper()]
            found += [f"{name}, line {node.lineno}" for name in names[:1] if name not in ranked]
    return found


def other_clocks(tree):
    """Anything but the one clock that tells the time."""
    forbidden = {
        ("timezone", "now"),
        ("date", "today"),
        ("datetime", "now"),
        ("datetime", "today"),
        ("time", "time"),
        ("datetime", "utcnow"),
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and (getattr(node.value, "id", getattr(node.value, "attr", "")), node.attr) in forbidden
    ]


def test_no_foreign_key_points_to_a_later_room():
    assert keys_to_later_rooms(foreign_keys(), rooms_in_order()) == []


def test_a_key_to_a_later_room_is_seen():
    keys = [("Round.award", "grants.rounds", "grants.awards"), ("Award.round", "grants.awards", "grants.rounds")]
    assert keys_to_later_rooms(keys, rooms_in_order()) == ["Round.award"]


@pytest.mark.parametrize("house", HOUSES)
def test_every_room_with_tables_is_in_its_apps_index(house):
    rooms = [f"{house}.{path.parent.name}" for path in sorted((ROOT / house).glob("*/models.py"))]
    assert rooms_missing_from((ROOT / house / "models.py").read_text(), rooms) == []


def test_a_room_missing_from_the_index_is_seen():
    index = "from grants.funds import models as funds\n"
    assert rooms_missing_from(index, ["grants.funds", "grants.payments"]) == ["grants.payments"]


@pytest.mark.parametrize("house", HOUSES)
def test_every_room_of_an_app_is_listed_in_its_config(house):
    rooms = {path.parent.name for path in (ROOT / house).glob("*/__init__.py")} - {
        "demonstration",  # no room: it plays all of them
        "management",
        "migrations",
        "templatetags",
    }
    assert rooms == set(apps.get_app_config(house).rooms)


@pytest.fixture
def _with_migrations(settings):
    settings.MIGRATION_MODULES = {}  # the other tests make tables without them


@pytest.mark.usefixtures("_with_migrations")
def test_no_migration_is_missing():
    from django.db.migrations.state import ProjectState

    assert pending_changes(ProjectState.from_apps(apps)) == {}


@pytest.mark.usefixtures("_with_migrations")
def test_a_missing_migration_is_seen():
    from django.db import models
    from django.db.migrations.state import ProjectState

    state = ProjectState.from_apps(apps)
    state.add_field("grants", "fund", "forgotten", models.CharField(max_length=5, default=""), preserve_default=True)
    assert "grants" in pending_changes(state)


def test_every_declared_trigger_is_there_after_a_migrate(db):
    assert missing_triggers() == []


def test_evidence_is_append_only():
    found = {model._meta.label for model in house_models() if getattr(model, "append_only", False)}
    assert found >= EVIDENCE


def test_every_model_that_is_locked_has_its_rank():
    ranked = {model.__name__ for model in apps.get_models() if getattr(model, "lock_rank", None) is not None}
    assert [f"{path}: {name}" for path, tree in sources() for name in unranked(tree, ranked)] == []
    assert [each for each in LIFECYCLES if not hasattr(LIFECYCLES[each].model, "lock_rank")] == []


def test_a_lock_without_a_rank_is_seen():
    assert unranked(ast.parse("lock(Fund.objects.all())"), {"Budget"}) == ["Fund, line 1"]
    assert unranked(ast.parse("lock(Budget.objects.all())"), {"Budget"}) == []


def test_one_clock_tells_the_time():
    clock = Path("communities/core/clock.py")
    assert [f"{path}:{line}" for path, tree in sources() if path != clock for line in other_clocks(tree)] == []


@pytest.mark.parametrize(
    "broken", ["timezone.now()", "date.today()", "datetime.datetime.now()", "default=timezone.now"]
)
def test_another_clock_is_seen(broken):
    assert other_clocks(ast.parse(broken)) == [1]


def test_the_declarations_of_all_rooms_can_be_loaded():
    from communities.core.rooms import DECLARATIONS

    for room in rooms_in_order():
        for name in DECLARATIONS:
            if (ROOT / room.replace(".", "/") / f"{name}.py").exists():
                importlib.import_module(f"{room}.{name}")
