"""Pages that many rooms share: each room shows its part without the earlier rooms knowing it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from communities.core.permissions import Actor

Load = Callable[[Sequence[Any], Actor], Mapping[Any, Any]]


@dataclass(frozen=True)
class Section:
    """One room's part of a shared page."""

    page: str
    name: str
    order: int
    template: str
    load: Load


@dataclass(frozen=True)
class Part:
    """A section as loaded for one object: what its template prints as `value`."""

    section: Section
    value: Any

    @property
    def name(self) -> str:
        """The name of the section."""
        return self.section.name

    @property
    def template(self) -> str:
        """The template of the section."""
        return self.section.template


SECTIONS: dict[str, list[Section]] = {}


def section(page: str, name: str, *, order: int, template: str) -> Callable[[Load], Load]:
    """Declare a part of a page: `load(objects, user)` answers {pk: value} in one query or few, however many objects.

    What it leaves out is not shown. The template gets `value` and `object`.
    """

    def declare(load: Load) -> Load:
        page_sections = SECTIONS.setdefault(page, [])
        for other in page_sections:
            if other.name == name or other.order == order:
                raise ValueError(f"On the page {page}, {name} ({order}) and {other.name} ({other.order}) collide.")
        page_sections.append(Section(page, name, order, template, load))
        page_sections.sort(key=lambda one: one.order)
        return load

    return declare


def assemble(page: str, objects: Sequence[Any], user: Actor) -> dict[Any, list[Part]]:
    """The parts of a page for each object, in order, by the object's key."""
    parts: dict[Any, list[Part]] = {each.pk: [] for each in objects}
    for each in SECTIONS.get(page, []):
        for pk, value in each.load(objects, user).items():
            if pk in parts:
                parts[pk].append(Part(each, value))
    return parts
