"""Answers that Django has no field for: dates in three parts, yes or no, a number of words."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from communities.core.questions import DateParts, DateTyped

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class DateField(forms.Field):
    """A date typed as day, month and year; the month may be a number or a name."""

    widget = DateParts

    def __init__(
        self, *, noun: str = "", earliest: date | None = None, latest: date | None = None, **kwargs: Any
    ) -> None:
        self.noun, self.earliest, self.latest = noun, earliest, latest
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        """The date that was meant, or a sentence saying which part is missing or wrong."""
        if value in self.empty_values or isinstance(value, date):
            return value or None
        typed = DateTyped(*value)
        if absent := [part for part in DateTyped._fields if not getattr(typed, part)]:
            raise ValidationError(f"{self._noun} must include a {' and '.join(absent)}", params={"parts": absent})
        try:
            return date(_number(typed.year, 4), _month(typed.month), _number(typed.day, 2))
        except ValueError:
            raise ValidationError(f"{self._noun} must be a real date", params={"parts": _wrong_parts(typed)}) from None

    def validate(self, value: date | None) -> None:
        """Refuse dates outside the limits, in words."""
        super().validate(value)
        if value and self.earliest and value < self.earliest:
            raise ValidationError(f"{self._noun} must be {_words(self.earliest)} or later")
        if value and self.latest and value > self.latest:
            raise ValidationError(f"{self._noun} must be {_words(self.latest)} or earlier")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the date differs from the one shown."""
        return bool(DateParts().format_value(initial) != (data or DateTyped()))

    @property
    def _noun(self) -> str:
        label = str(self.label or "")
        return self.noun or ("The date" if not label or label.endswith("?") else label)


def _words(value: date) -> str:
    return f"{value.day} {value:%B %Y}"


def _number(text: str, digits: int) -> int:
    """ASCII digits only: other scripts' digits would pass `int` and surprise everybody later."""
    if not re.fullmatch(rf"[0-9]{{1,{digits}}}", text) or (digits == 4 and len(text) != 4):
        raise ValueError
    return int(text)


def _month(text: str) -> int:
    name = text.lower()[:3]
    return MONTHS.index(name) + 1 if name in MONTHS else _number(text, 2)


def _wrong_parts(typed: DateTyped) -> list[str]:
    """The parts that cannot be right on their own, or all three when only the whole is impossible."""
    checks = {"day": (typed.day, 31), "month": (typed.month, 12), "year": (typed.year, 9999)}
    wrong = [part for part, (text, most) in checks.items() if not _fits(part, text, most)]
    return wrong or list(DateTyped._fields)


def _fits(part: str, text: str, most: int) -> bool:
    try:
        value = _month(text) if part == "month" else _number(text, 4 if part == "year" else 2)
    except ValueError:
        return False
    return 1 <= value <= most


class YesNoField(forms.TypedChoiceField):
    """A question answered by yes or no; the answer is True, False, or None where it may stay open."""

    widget = forms.RadioSelect
    inline = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=(("yes", "Yes"), ("no", "No")), coerce=lambda value: value == "yes", empty_value=None, **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        """A stored answer as the button that is chosen."""
        return {True: "yes", False: "no"}.get(value, value)


class WordsField(forms.CharField):
    """A longer answer with a limit in words, counted as the page counts them."""

    widget = forms.Textarea

    def __init__(self, *, max_words: int | None = None, **kwargs: Any) -> None:
        self.max_words = max_words
        super().__init__(**kwargs)

    def validate(self, value: str) -> None:
        """Refuse an answer that is too long, saying by how much."""
        super().validate(value)
        over = len(value.split()) - self.max_words if self.max_words else 0
        if over > 0:
            raise ValidationError(f"Your answer must be {self.max_words} words or fewer. It is {over} too long")
