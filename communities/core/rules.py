"""The rules as people read them: every step and every permission, written out from the declarations themselves."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from django.apps import apps
from django.db import models

from communities.core.lifecycle import LIFECYCLES, Lifecycle
from communities.core.permissions import REGISTRY, Permission

HEADS = ("Step", "From", "To", "Who may", "What must hold", "Message", "What follows")


class RoleLike(Protocol):
    """What is told about a role."""

    @property
    def code(self) -> str:
        """The code that permissions name."""

    @property
    def name(self) -> str:
        """The name people read."""

    @property
    def description(self) -> str:
        """What somebody in it does."""


def place(model: type[models.Model]) -> tuple[int, int, str] | None:
    """Where a model stands in house order: app, room, name. None for models that are not of the house."""
    houses = [config for config in apps.get_app_configs() if hasattr(config, "rooms")]
    for number, config in enumerate(houses):
        if config.label == model._meta.app_label:
            return number, list(config.rooms).index(model.__module__.split(".")[1]), model._meta.label
    return None


def lifecycles() -> list[Lifecycle[Any]]:
    """All tables of steps in house order."""
    placed = [(place(each.model), each) for each in LIFECYCLES.values()]
    return [each for _, each in sorted(((at, each) for at, each in placed if at), key=lambda one: one[0])]


def permissions() -> list[Permission]:
    """All permissions in house order."""
    placed = [(place(each.model), each) for each in REGISTRY.values()]
    return [
        each for _, each in sorted(((at, each) for at, each in placed if at), key=lambda one: (one[0], one[1].name))
    ]


def lifecycles_text() -> str:
    """docs/lifecycles.md: from which state to which, who may, and what must hold."""
    parts = [
        "# What can happen to what",
        "",
        "Written by `manage.py print_lifecycles --write`. Do not edit by hand.",
        "",
    ]
    for lifecycle in filter(lambda each: each.steps, lifecycles()):
        parts += [f"## {str(lifecycle.model._meta.verbose_name).capitalize()}", "", *_steps(lifecycle), ""]
    return "\n".join(parts)


def _steps(lifecycle: Lifecycle[Any]) -> list[str]:
    return table(HEADS, [tuple(row.values()) for row in steps(lifecycle)])


def steps(lifecycle: Lifecycle[Any]) -> list[dict[str, str]]:
    """Every step of one table in words, by the heading of its column."""
    return [
        dict(
            zip(
                HEADS,
                (
                    row["label"] or row["step"].replace("_", " ").capitalize(),
                    ", ".join(row["source"]) or "(new)",
                    row["target"],
                    REGISTRY[row["who"]].sentence if row["who"] in REGISTRY else row["who"],
                    "; ".join(row["needs"]),
                    row["message"].replace("_", " "),
                    ", ".join(row["effects"]),
                ),
                strict=True,
            )
        )
        for row in lifecycle.as_table()
    ]


def permissions_text(roles: Iterable[RoleLike]) -> str:
    """docs/permissions.md: what each role may, and what others may by their part in a group or panel."""
    roles = list(roles)
    parts = ["# Who may do what", "", "Written by `manage.py print_permissions --write`. Do not edit by hand.", ""]
    parts += ["A superuser holds no permission by that. What is not listed is allowed to nobody.", "", "## Roles", ""]
    parts += table(("Role", "What somebody in it does"), [(role.name, role.description) for role in roles])
    names = {role.code: role.name for role in roles} | {"everyone": "Everyone"}
    parts += ["", "## Permissions", ""]
    rows = [
        (
            f"`{each.name}`",
            each.sentence,
            ", ".join(names.get(code, code) for code in each.roles) or "by the rule alone",
        )
        for each in permissions()
    ]
    return "\n".join([*parts, *table(("Permission", "For whom", "Roles that hold it for every row"), rows), ""])


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines]
