"""Only the lifecycle changes a state, and a step is always a `with` block that works on what it is given."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APPS = ("communities", "grants", "evaluation", "config")
WRITERS = {"update", "create", "get_or_create", "update_or_create", "aupdate", "acreate"}


@cache
def sources():
    paths = (path for app in APPS for path in sorted((ROOT / app).rglob("*.py")))
    return [(path.relative_to(ROOT), ast.parse(path.read_text())) for path in paths if "migrations" not in path.parts]


def is_act(node):
    """A call of step, step_many or record on a lifecycle (the constants in capitals)."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    receiver = node.func.value
    name = receiver.id if isinstance(receiver, ast.Name) else getattr(receiver, "attr", "")
    return node.func.attr in {"step", "step_many"} or (node.func.attr == "record" and name.isupper())


def acts_outside_with(tree):
    """Called without `with`, a step silently does nothing."""
    inside = {id(item.context_expr) for node in ast.walk(tree) if isinstance(node, ast.With) for item in node.items}
    return [node.lineno for node in ast.walk(tree) if is_act(node) and id(node) not in inside]


def writes_to_the_callers_row(tree):
    """The body must write to the locked row; what it writes to the row passed in is lost."""
    found = []
    for node in ast.walk(tree):
        for item in node.items if isinstance(node, ast.With) else ():
            call, given = item.context_expr, getattr(item.optional_vars, "id", None)
            if not is_act(call) or len(call.args) < 2 or not isinstance(call.args[1], ast.Name):
                continue
            passed = call.args[1].id
            if passed != given:
                found += [
                    target.lineno
                    for statement in node.body
                    for target in ast.walk(statement)
                    if isinstance(target, ast.Attribute)
                    and isinstance(target.ctx, ast.Store)
                    and isinstance(target.value, ast.Name)
                    and target.value.id == passed
                ]
    return found


def states_written(tree, stateful):
    """Assignments to `.status`, and writes of it by keyword."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "status" and isinstance(node.ctx, ast.Store):
            found.append(node.lineno)
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            keywords = {keyword.arg for keyword in node.keywords}
            if "status" in keywords and (name in WRITERS or name in stateful):
                found.append(node.lineno)
            if name == "setattr" and len(node.args) > 1 and getattr(node.args[1], "value", "") == "status":
                found.append(node.lineno)
    return found


@pytest.fixture(scope="module")
def stateful():
    from django.apps import apps

    from communities.core.lifecycle import Stateful

    return {model.__name__ for model in apps.get_models() if issubclass(model, Stateful)}


def test_every_step_stands_in_a_with():
    assert [f"{path}:{line}" for path, tree in sources() for line in acts_outside_with(tree)] == []


def test_no_body_writes_to_the_row_that_was_passed_in():
    assert [f"{path}:{line}" for path, tree in sources() for line in writes_to_the_callers_row(tree)] == []


def test_only_the_lifecycle_writes_states(stateful):
    core = Path("communities/core")
    rooms = [(path, tree) for path, tree in sources() if core not in path.parents]
    assert [f"{path}:{line}" for path, tree in rooms for line in states_written(tree, stateful)] == []


@pytest.mark.parametrize(
    "broken",
    [
        'APPLICATION.step("submit", bid, by=by, at=at)',
        'x = BID.step_many("decline", bids, by=by, at=at)',
        'models.APPLICATION.record("rename", bid, by=by, at=at, who="x")',
        'for _ in BID.step("submit", bid, by=by, at=at): pass',
    ],
)
def test_a_step_without_with_is_seen(broken):
    assert acts_outside_with(ast.parse(broken)) == [1]


def test_a_step_in_a_with_is_fine():
    assert acts_outside_with(ast.parse('with unit(), BID.step("a", b, by=c, at=d) as e:\n    log.record(1)')) == []


def test_a_body_that_writes_to_the_wrong_row_is_seen():
    broken = (
        'with BID.step("submit", application, by=by, at=at) as bid:\n    application.title = "lost"\n    bid.title = ""'
    )
    assert writes_to_the_callers_row(ast.parse(broken)) == [2]
    fine = 'with BID.step("submit", bid, by=by, at=at) as bid:\n    bid.title = "kept"'
    assert writes_to_the_callers_row(ast.parse(fine)) == []


@pytest.mark.parametrize(
    "broken",
    [
        'bid.status = "funded"',
        "self.status += 1",
        'Application.objects.filter(pk=1).update(status="funded")',
        'Application.objects.create(status="funded")',
        'Application(status="funded")',
        'setattr(bid, "status", "funded")',
    ],
)
def test_a_state_written_elsewhere_is_seen(broken):
    assert states_written(ast.parse(broken), {"Application"}) == [1]


def test_reading_a_state_and_answering_a_request_are_fine():
    fine = 'x = bid.status\nrender(r, "a.html", status=400)\nBid.objects.filter(status="sent")\nQ(status="sent")'
    assert states_written(ast.parse(fine), {"Bid"}) == []
