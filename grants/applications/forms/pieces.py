"""The parts a section's page is made of, one class for each kind of question: fields, what was written, what it means.

A piece turns stored content into what the fields show, and what was typed into content. Whether an answer is
complete is not judged here but by `queries.rules`, for the page and for sending alike.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from communities.core.forms import DateField, Lines, YesNoField
from communities.core.money import MoneyFormField
from communities.core.questions import DateTyped
from communities.framework.models import Cohort, Goal
from communities.places.models import PriorityPlace
from grants.applications.forms.rows import CostForm, TargetForm, indicator_choices, raw_rows
from grants.applications.models import Application, BidPlace
from grants.applications.queries import Asked
from grants.applications.queries.asked import DECLARATIONS, MOST_LINES, MOST_TARGETS
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


def _optional(**options: Any) -> dict[str, Any]:
    return {"required": False, **options}


class TextPiece(Piece):
    """An answer in words; the counter shows how many are left."""

    def fields(self) -> dict[str, forms.Field]:
        """One box, small or large."""
        box = forms.Textarea(attrs={"rows": 8 if (self.asked.words or 0) > 120 else 5})
        widget = box if self.asked.kind == Question.Kind.LONG else forms.TextInput()
        return {self.key: forms.CharField(**_optional(label=self.asked.text, help_text=self.asked.help, widget=widget))}

    def read(self, cleaned: Mapping[str, Any]) -> Any:
        """The words."""
        return cleaned.get(self.key) or ""


class NumberPiece(Piece):
    """A whole number."""

    def fields(self) -> dict[str, forms.Field]:
        """One small box."""
        field = forms.IntegerField(
            **_optional(label=self.asked.text, help_text=self.asked.help, min_value=0, max_value=1_000_000)
        )
        field.width = 5  # type: ignore[attr-defined]
        return {self.key: field}


class YesNoPiece(Piece):
    """Yes or no."""

    def fields(self) -> dict[str, forms.Field]:
        """Two buttons."""
        return {self.key: YesNoField(**_optional(label=self.asked.text, help_text=self.asked.help))}


class ChoicePiece(Piece):
    """One of a list."""

    def fields(self) -> dict[str, forms.Field]:
        """A button for each."""
        options = _optional(label=self.asked.text, help_text=self.asked.help, choices=self.asked.choices)
        return {self.key: forms.ChoiceField(widget=forms.RadioSelect, **options)}


class PostcodePiece(Piece):
    """Where it happens; the page shows what we know of that postcode."""

    template = "grants/applications/parts/_postcode.html"

    def fields(self) -> dict[str, forms.Field]:
        """One small box."""
        widget = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"})
        field = forms.CharField(
            **_optional(label=self.asked.text, help_text=self.asked.help, widget=widget, max_length=12)
        )
        field.width = 10  # type: ignore[attr-defined]
        return {self.key: field}

    def read(self, cleaned: Mapping[str, Any]) -> Any:
        """The postcode as typed; it is tidied where it is looked up."""
        return (cleaned.get(self.key) or "").strip().upper()


class Shares(Piece):
    """A share for each of a list, all on one page."""

    template = "grants/applications/parts/_shares.html"
    suffix = "%"
    options: list[tuple[str, str]]

    def fields(self) -> dict[str, forms.Field]:
        """A small box for each."""
        found: dict[str, forms.Field] = {}
        for code, name in self.options:
            field = forms.IntegerField(**_optional(label=name, min_value=0, max_value=100))
            field.error_messages["invalid"] = f"The share of {name} must be a whole number, like 25"
            field.width, field.suffix = 3, self.suffix  # type: ignore[attr-defined]
            found[f"{self.key}_{code}"] = field
        return found

    @property
    def share_fields(self) -> list[Any]:
        """The small boxes as the page prints them."""
        return [self.form[f"{self.key}_{code}"] for code, _ in self.options]

    def shares(self, cleaned: Mapping[str, Any]) -> dict[str, int]:
        """The shares that were given."""
        given = {code: cleaned.get(f"{self.key}_{code}") for code, _ in self.options}
        return {code: share for code, share in given.items() if share}


class PlacesPiece(Shares):
    """Where it happens: one place, or several that share it. Together the shares make 100."""

    template = "grants/applications/parts/_places.html"

    def __init__(self, asked: Asked, bid: Application) -> None:
        super().__init__(asked, bid)
        places = PriorityPlace.objects.filter(archived_on=None)
        self.options = [(place.code, place.name) for place in places]
        self.options += [(code, str(name)) for code, name in BidPlace.Where.choices if code != BidPlace.Where.PLACE]

    def fields(self) -> dict[str, forms.Field]:
        """Boxes to tick, and a share for each where it happens in several."""
        options = _optional(label=self.asked.text, help_text=self.asked.help, choices=self.options)
        chosen = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, **options)
        return {f"{self.key}_chosen": chosen, **super().fields()}

    def initial(self, value: Any) -> dict[str, Any]:
        """The places; their shares where there are several."""
        shares = {row.get("place") or row["where"]: row["share"] for row in value or []}
        shown = {
            f"{self.key}_{code}": share for code, share in shares.items() if share and list(shares.values()) != [100]
        }
        return {f"{self.key}_chosen": list(shares), **shown}

    def read(self, cleaned: Mapping[str, Any]) -> Any:
        """Rows of place and share; a single place has all of it."""
        shares = self.shares(cleaned)
        chosen = [
            code for code, _ in self.options if code in (cleaned.get(f"{self.key}_chosen") or []) or code in shares
        ]
        if len(chosen) == 1 and not shares:
            shares = {chosen[0]: 100}
        elsewhere = set(BidPlace.Where.values) - {BidPlace.Where.PLACE}
        return [
            {
                "where": code if code in elsewhere else "place",
                "place": "" if code in elsewhere else code,
                "share": shares.get(code, 0),
            }
            for code in chosen
        ]

    @property
    def is_shared(self) -> bool:
        """Whether shares were given or are asked for, so that they are shown at once."""
        asked_for = any(field.errors for field in self.bound)
        return asked_for or any(field.value() not in (None, "") for field in self.share_fields)


class CohortsPiece(Shares):
    """How many in every hundred belong to each of the groups of people the fund puts first."""

    suffix = "in 100"

    def __init__(self, asked: Asked, bid: Application) -> None:
        super().__init__(asked, bid)
        self.options = [(cohort.code, cohort.plain) for cohort in Cohort.objects.filter(valid_to=None)]

    def initial(self, value: Any) -> dict[str, Any]:
        """Shares by cohort."""
        return {f"{self.key}_{row['cohort']}": row["share"] for row in value or []}

    def read(self, cleaned: Mapping[str, Any]) -> Any:
        """Rows of cohort and share."""
        return [{"cohort": code, "share": share} for code, share in self.shares(cleaned).items()]


class GoalsPiece(Piece):
    """Plain sentences: the main one, and up to two more."""

    template = "grants/applications/parts/_goals.html"

    def fields(self) -> dict[str, forms.Field]:
        """Buttons for the main one, boxes for the others."""
        goals = self.bid.round.goals.all() or Goal.objects.all()
        choices = [(str(goal.number), goal.plain) for goal in goals]
        main = _optional(label=self.asked.text, help_text=self.asked.help, choices=choices)
        others = _optional(
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
            f"{self.key}_starts_on": DateField(**_optional(label="First day", noun="The first day")),
            f"{self.key}_ends_on": DateField(**_optional(label="Last day", noun="The last day")),
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
        options = _optional(
            label=self.asked.text, help_text=self.asked.help, choices=self.asked.choices or DECLARATIONS
        )
        return {self.key: forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, **options)}


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
        field: Any = MoneyFormField(**_optional(label=label, help_text=hint))
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


KINDS: dict[str, type[Piece]] = {
    Question.Kind.SHORT: TextPiece,
    Question.Kind.LONG: TextPiece,
    Question.Kind.NUMBER: NumberPiece,
    Question.Kind.YES_NO: YesNoPiece,
    Question.Kind.CHOICE: ChoicePiece,
}
FIXED: dict[str, type[Piece]] = {
    "title": TextPiece,
    "places": PlacesPiece,
    "postcode": PostcodePiece,
    "people": NumberPiece,
    "cohorts": CohortsPiece,
    "goals": GoalsPiece,
    "targets": TargetsPiece,
    "budget": BudgetPiece,
    "dates": DatesPiece,
    "declaration": DeclarationPiece,
}


def piece_for(asked: Asked, bid: Application) -> Piece:
    """The piece of a question."""
    kinds = FIXED if asked.kind == Question.Kind.FIXED else KINDS
    return kinds[asked.key if asked.kind == Question.Kind.FIXED else asked.kind](asked, bid)
