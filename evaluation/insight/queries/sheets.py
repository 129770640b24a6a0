"""A table of results: the same rows make the page, the file and its dictionary."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from communities.core.money import pounds

NOT_REPORTED = "Not reported"


@dataclass(frozen=True)
class Column:
    """One column: its key in files, its heading, what it means, and what kind of figure it holds."""

    key: str
    title: str
    meaning: str
    kind: str = "number"  # number, money, text


@dataclass(frozen=True)
class Cell:
    """One figure. No value means that nothing is known, which is never nought."""

    value: Any
    kind: str = "number"
    href: str = ""
    missing: str = ""

    @property
    def text(self) -> str:
        """As people read it."""
        if self.value is None:
            return self.missing or "–"
        if self.kind == "money":
            return pounds(self.value)
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return f"{self.value:,}"
        return f"{self.value.normalize():,f}" if isinstance(self.value, Decimal) else str(self.value)

    @property
    def number(self) -> bool:
        """Whether it is set to the right."""
        return self.kind != "text"


def _as_cell(cell: Cell) -> dict[str, Any]:
    return {"text": cell.text, "number": cell.number, "link": cell.href}


@dataclass
class Sheet:
    """A table with what stands beside it: sources, cautions, and whether some of it is made up."""

    key: str
    title: str
    columns: Sequence[Column]
    rows: list[list[Cell]] = field(default_factory=list)
    foot: list[Cell] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_demo: bool = False

    @property
    def head(self) -> list[dict[str, Any]]:
        """The headings as the table component takes them."""
        return [{"text": column.title, "number": column.kind != "text"} for column in self.columns]

    @property
    def cells(self) -> list[list[dict[str, Any]]]:
        """The rows as the table component takes them."""
        return [[_as_cell(cell) for cell in row] for row in self.rows]

    @property
    def foot_cells(self) -> list[dict[str, Any]]:
        """The last row as the table component takes it."""
        return [_as_cell(cell) for cell in self.foot]

    @property
    def goals(self) -> list[Column]:
        """The columns that stand for goals, whose headings are only numbers."""
        return [column for column in self.columns if column.key.startswith("goal_")]

    def lines(self) -> list[list[Any]]:
        """The rows as a file keeps them: a heading, then bare values; what is not known stays empty."""
        body = [[cell.value for cell in row] for row in self.rows]
        return [[column.key for column in self.columns], *body]
