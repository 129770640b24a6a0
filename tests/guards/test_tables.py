"""Every step has its permission, message and operation, and the printed tables are current."""

import ast
import importlib
import pkgutil
from functools import cache
from importlib.util import find_spec

import pytest

from communities.core.checks import declarations, lifecycle_errors, message_errors, rank_errors
from communities.core.lifecycle import LIFECYCLES, Lifecycle, Step
from communities.core.outbox import MESSAGES, Template
from communities.core.rules import lifecycles, lifecycles_text, permissions_text
from tests.guards.test_steps import ROOT
from tests.sample.models import BID, Bid


def operations_of(room):
    """The names of a room's operations (core keeps those of an import beside the steps)."""
    name = "communities.core.jobs" if room == "communities.core" else f"{room}.operations"
    if not find_spec(name):
        return set()
    module = importlib.import_module(name)
    parts = [f"{name}.{each.name}" for each in pkgutil.iter_modules(getattr(module, "__path__", []))]
    return {known for each in (name, *parts) for known in vars(importlib.import_module(each))}


def without_operation(lifecycle, operations):
    """Steps that people take (with a label) without an operation named after them: `end` or `end_role`."""
    return [
        lifecycle.verb(step.name)
        for step in lifecycle.steps.values()
        if step.label
        and not any(
            name == step.name or name.startswith(f"{step.name}_") for name in operations(lifecycle.rooms[step.name])
        )
    ]


def performed(trees):
    """The steps that some code performs, by name."""
    return {
        node.args[0].value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") in {"step", "step_many", "create", "create_many"}
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


@cache
def trees_of(room):
    folder = ROOT / room.replace(".", "/")
    return [ast.parse(path.read_text()) for path in sorted(folder.rglob("*.py"))]


def test_every_step_has_its_permission_message_and_states():
    assert [str(each) for each in declarations()] == []


def test_every_step_that_people_take_has_an_operation_of_its_name():
    assert [verb for lifecycle in lifecycles() for verb in without_operation(lifecycle, operations_of)] == []


def test_every_step_is_performed_by_the_room_that_declares_it():
    idle = [
        lifecycle.verb(step.name)
        for lifecycle in lifecycles()
        for step in lifecycle.steps.values()
        if step.name not in performed(trees_of(lifecycle.rooms[step.name]))
    ]
    assert idle == []


@pytest.fixture
def broken(monkeypatch):
    """A lifecycle in which everything is wrong."""
    monkeypatch.setitem(LIFECYCLES, "sample.Bid", BID)
    lifecycle = Lifecycle(Bid)
    lifecycle.add(
        Step("a", ("nowhere",), "sent", "sample.unknown", message="unknown", label="A"),
        Step("b", ("draft",), "sent", "communities.register_person"),
    )
    lifecycle.then("c", lambda rows, moment: None)
    return lifecycle


def test_what_a_step_names_but_nobody_declared_is_seen(broken):
    assert list(lifecycle_errors(broken)) == [
        "bid.a asks for the permission sample.unknown, which is not declared.",
        "bid.a sends unknown, which is not declared.",
        "bid.a names the state 'nowhere', which sample.Bid does not have.",
        "bid.b asks for communities.register_person, a permission about communities.Person.",
        "An effect follows bid.c, which is not declared.",
    ]


def test_a_step_without_its_operation_is_seen(broken):
    assert without_operation(broken, lambda room: {"b"}) == ["bid.a"]
    assert without_operation(broken, lambda room: {"a_bid"}) == []


def test_a_step_that_nobody_performs_is_seen():
    assert performed([ast.parse('with BID.step("send", b, by=c, at=d): pass')]) == {"send"}


def test_a_message_without_words_is_seen(monkeypatch):
    monkeypatch.setitem(MESSAGES, "wordless", Template("wordless", "", lambda row, moment: []))
    assert list(message_errors()) == ["The message wordless has no words: templates/messages/wordless.txt is missing."]


def test_a_lifecycle_without_a_lock_rank_is_seen(monkeypatch):
    monkeypatch.delattr(Bid, "lock_rank")
    assert list(rank_errors()) == ["sample.Bid has steps but no lock_rank."]


def test_the_printed_table_of_steps_is_current():
    """Put right by `manage.py print_lifecycles --write`."""
    assert (ROOT / "docs" / "lifecycles.md").read_text() == lifecycles_text()


def test_the_printed_table_of_permissions_is_current():
    """Put right by `manage.py print_permissions --write`."""
    from communities.people.roles import ROLES

    assert (ROOT / "docs" / "permissions.md").read_text() == permissions_text(ROLES.values())


def test_a_new_step_changes_the_printed_table(monkeypatch):
    from communities.people.models import PERSON

    before = lifecycles_text()
    monkeypatch.setattr(PERSON, "steps", {**PERSON.steps, "x": Step("x", (), "known", "communities.register_person")})
    monkeypatch.setattr(PERSON, "rooms", {**PERSON.rooms, "x": "communities.people"})
    assert lifecycles_text() != before
