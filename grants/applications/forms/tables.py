"""Parts with rows that people add and remove: the costs, and what will be different."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from communities.core.forms import Lines
from communities.core.money import MoneyFormField
from grants.applications.forms.pieces import Piece, optional
from grants.applications.forms.rows import CostForm, TargetForm, indicator_choices, raw_rows
from grants.applications.queries.asked import MOST_LINES, MOST_TARGETS


class RowsPiece(Piece):
    """A part with rows that people add and remove, with or without a script."""

    has_rows = True
    row_form: ClassVar[type[forms.Form]]
    noun: ClassVar[str]
    most: ClassVar[int]
    start = 1
    lines: Lines

    def fields(self) -> dict[str, forms.Field]:
        """The rows are forms of their own."""
        return {}

    def stored(self, value: Any) -> list[dict[str, Any]]:
        """The stored rows."""
        return list(value or [])

    def row_options(self) -> dict[str, Any]:
        """What each row's form is told."""
        return {}

    def take_rows(self, data: Any, value: Any, typed: Mapping[str, Any]) -> None:
        """Rows from what was sent, from what was typed unfinished, or from what is stored."""
        self.lines = Lines(
            self.row_form,
            data,
            initial=typed.get("rows") or self.stored(value),
            prefix=self.key,
            noun=self.noun,
            least=0,
            most=self.most,
            start=self.start,
            form_kwargs=self.row_options(),
        )

    def raw(self) -> list[dict[str, Any]]:
        """The rows as typed, unjudged."""
        return raw_rows(self.lines)

    def problems(self) -> list[dict[str, Any]]:
        """What is wrong with the rows, then with the part as a whole."""
        first = next(iter(self.row_form.base_fields))
        href = f"#id_{self.key}-0-{first}" if self.lines.forms else f"#{self.key}-add"
        whole = [{"text": text, "href": href} for text in self.errors]
        return [*self.lines.problems(), *whole, *super().problems()]


class TargetsPiece(RowsPiece):
    """What will be different: in the group's own words, from the catalogue, or both."""

    template = "grants/applications/parts/_targets.html"
    row_form, noun, most = TargetForm, "Target", MOST_TARGETS

    def row_options(self) -> dict[str, Any]:
        """The catalogue, the bid's own goals first."""
        return {"indicators": indicator_choices(self.bid), "words": self.asked.words}

    def read(self, cleaned: Mapping[str, Any]) -> Any:
        """The rows that say something."""
        return [
            {
                "own_words": row["own_words"] or "",
                "indicator": row["indicator"] or "",
                "baseline": _plain(row["baseline"]),
                "value": _plain(row["value"]),
            }
            for row in self.lines.values
        ]


class BudgetPiece(RowsPiece):
    """Costs that add up, and the least that would still work."""

    template = "grants/applications/parts/_budget.html"
    row_form, noun, most = CostForm, "Cost", MOST_LINES

    def fields(self) -> dict[str, forms.Field]:
        """Beside the rows: the least."""
        label = "What is the least that would still work?"
        hint = "If there is not enough for everybody, we may offer you part. We ask you before we offer less than this."
        field: Any = MoneyFormField(**optional(label=label, help_text=hint))
        field.prefix, field.width = "£", 10
        return {f"{self.key}_minimum": field}

    def stored(self, value: Any) -> list[dict[str, Any]]:
        """The stored costs."""
        return [{**row, "amount": _money(row["amount"])} for row in (value or {}).get("lines") or []]

    def initial(self, value: Any) -> dict[str, Any]:
        """The stored least."""
        return {f"{self.key}_minimum": _money((value or {}).get("minimum"))}

    def name_of(self, field: str) -> str:
        """The rows answer for themselves."""
        return f"{self.key}_minimum" if field == "minimum" else ""

    def read(self, cleaned: Mapping[str, Any]) -> Any:
        """The costs and the least."""
        least = cleaned.get(f"{self.key}_minimum")
        return {
            "lines": [{**row, "amount": f"{row['amount']:.2f}"} for row in self.lines.values],
            "minimum": f"{least:.2f}" if least is not None else None,
        }


def _money(text: str | None) -> str | None:
    return text.removesuffix(".00") if text else None


def _plain(value: Decimal | None) -> str | None:
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
