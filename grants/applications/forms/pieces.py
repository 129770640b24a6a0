"""The parts a section's page is made of, one class for each kind of question: fields, what was written, what it means.

A piece turns stored content into what the fields show, and what was typed into content. Whether an answer is
complete is not judged here but by `queries.rules`, for the page and for sending alike.
"""

from collections.abc import Mapping
from typing import Any

from django import forms

from communities.core.forms import DateField, YesNoField
from communities.core.questions import DateTyped
from communities.framework.models import Goal
from grants.applications.models import Application
from grants.applications.queries import Asked
from grants.applications.queries.asked import DECLARATIONS
from grants.rounds.models import Question


class Piece:
    """One question of a section. Field names start with the question's key."""

    template = "grants/applications/parts/_plain.html"
    has_rows = False

    def __init__(self, asked: Asked, bid: Application) -> None:
        self.asked, self.bid = asked, bid
        self.errors: list[str] = []
        self.form: forms.Form

    @property
    def key(self) -> str:
        """The question's key."""
        return self.asked.key

    def fields(self) -> dict[str, forms.Field]:
        """The fields by name; none is required as such: rules say what is missing."""
        raise NotImplementedError

    def initial(self, value: Any) -> dict[str, Any]:
        """What the fields show of a stored value."""
        return {self.key: value}

    def read(self, cleaned: Mapping[str, Any]) -> Any:
        """The value to store."""
        return cleaned.get(self.key)

    def name_of(self, field: str) -> str:
        """The form's name of the field a rule speaks of."""
        return f"{self.key}_{field}" if field else next(iter(self.fields()), self.key)

    def take_rows(self, data: Any, value: Any, typed: Mapping[str, Any]) -> None:
        """For pieces with rows that people add: make them from what was sent, typed before, or stored."""

    @property
    def counted(self) -> int | None:
        """The words that are counted while somebody types."""
        return self.asked.words if self.asked.kind == Question.Kind.LONG else None

    @property
    def bound(self) -> list[Any]:
        """The fields as the page prints them."""
        return [self.form[name] for name in self.fields()]

    def problems(self) -> list[dict[str, Any]]:
        """What is wrong here, for the summary at the top."""
        return [{"text": str(error), "href": f"#{field.auto_id}"} for field in self.bound for error in field.errors]


def optional(**options: Any) -> dict[str, Any]:
    """Options of a field that may stay empty: what is missing is for the rules to say."""
    return {"required": False, **options}


class TextPiece(Piece):
    """An answer in words; the counter shows how many are left."""

    def fields(self) -> dict[str, forms.Field]:
        """One box, small or large."""
        box = forms.Textarea(attrs={"rows": 8 if (self.asked.words or 0) > 120 else 5})
        widget = box if self.asked.kind == Question.Kind.LONG else forms.TextInput()
        return {self.key: forms.CharField(**optional(label=self.asked.text, help_text=self.asked.help, widget=widget))}

    def read(self, cleaned: Mapping[str, Any]) -> Any:
        """The words."""
        return cleaned.get(self.key) or ""


class NumberPiece(Piece):
    """A whole number."""

    def fields(self) -> dict[str, forms.Field]:
        """One small box."""
        field = forms.IntegerField(
            **optional(label=self.asked.text, help_text=self.asked.help, min_value=0, max_value=1_000_000)
        )
        field.width = 5  # type: ignore[attr-defined]
        return {self.key: field}


class YesNoPiece(Piece):
    """Yes or no."""

    def fields(self) -> dict[str, forms.Field]:
        """Two buttons."""
        return {self.key: YesNoField(**optional(label=self.asked.text, help_text=self.asked.help))}


class ChoicePiece(Piece):
    """One of a list."""

    def fields(self) -> dict[str, forms.Field]:
        """A button for each."""
        options = optional(label=self.asked.text, help_text=self.asked.help, choices=self.asked.choices)
        return {self.key: forms.ChoiceField(widget=forms.RadioSelect, **options)}


class PostcodePiece(Piece):
    """Where it happens; the page shows what we know of that postcode."""

    template = "grants/applications/parts/_postcode.html"

    def fields(self) -> dict[str, forms.Field]:
        """One small box."""
        widget = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"})
        field = forms.CharField(
            **optional(label=self.asked.text, help_text=self.asked.help, widget=widget, max_length=12)
        )
        field.width = 10  # type: ignore[attr-defined]
        return {self.key: field}

    def read(self, cleaned: Mapping[str, Any]) -> Any:
        """The postcode as typed; it is tidied where it is looked up."""
        return (cleaned.get(self.key) or "").strip().upper()


class GoalsPiece(Piece):
    """Plain sentences: the main one, and up to two more."""

    template = "grants/applications/parts/_goals.html"

    def fields(self) -> dict[str, forms.Field]:
        """Buttons for the main one, boxes for the others."""
        goals = self.bid.round.goals.all() or Goal.objects.all()
        choices = [(str(goal.number), goal.plain) for goal in goals]
        main = optional(label=self.asked.text, help_text=self.asked.help, choices=choices)
        others = optional(
            label="Does it also help with any of these?", help_text="Up to two. You can leave this empty."
        )
        return {
            f"{self.key}_main": forms.ChoiceField(widget=forms.RadioSelect, **main),
            f"{self.key}_others": forms.MultipleChoiceField(
                widget=forms.CheckboxSelectMultiple, choices=choices, **others
            ),
        }

    def initial(self, value: Any) -> dict[str, Any]:
        """The chosen ones."""
        chosen = value or {}
        return {
            f"{self.key}_main": str(chosen.get("main") or ""),
            f"{self.key}_others": [str(number) for number in chosen.get("others") or []],
        }

    def read(self, cleaned: Mapping[str, Any]) -> Any:
        """The numbers of the goals; the main one is not counted twice."""
        main = cleaned.get(f"{self.key}_main") or ""
        others = [number for number in cleaned.get(f"{self.key}_others") or [] if number != main]
        return {"main": int(main) if main else None, "others": [int(number) for number in others]}


class DatesPiece(Piece):
    """The first and the last day."""

    template = "grants/applications/parts/_dates.html"

    def fields(self) -> dict[str, forms.Field]:
        """Two dates."""
        return {
            f"{self.key}_starts_on": DateField(**optional(label="First day", noun="The first day")),
            f"{self.key}_ends_on": DateField(**optional(label="Last day", noun="The last day")),
        }

    def initial(self, value: Any) -> dict[str, Any]:
        """The two days as day, month and year."""
        return {f"{self.key}_{name}": _date_typed((value or {}).get(name)) for name in ("starts_on", "ends_on")}

    def read(self, cleaned: Mapping[str, Any]) -> Any:
        """The two days."""
        days = {name: cleaned.get(f"{self.key}_{name}") for name in ("starts_on", "ends_on")}
        return {name: day.isoformat() if day else None for name, day in days.items()}


def _date_typed(text: str | None) -> DateTyped | None:
    if not text:
        return None
    year, month, day = text.split("-")
    return DateTyped(day.lstrip("0"), month.lstrip("0"), year)


class DeclarationPiece(Piece):
    """Boxes to tick, all of them."""

    def fields(self) -> dict[str, forms.Field]:
        """A box for each sentence."""
        options = optional(label=self.asked.text, help_text=self.asked.help, choices=self.asked.choices or DECLARATIONS)
        return {self.key: forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, **options)}
