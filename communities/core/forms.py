"""Forms that speak plainly: our fields, error messages in whole sentences, and rows people can add to."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms

from communities.core.answers import DateField, WordsField, YesNoField
from communities.core.questions import Question

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

__all__ = [
    "DateField", "Form", "Layout", "Lines", "ModelForm", "Question", "WordsField", "YesNoField",
]  # fmt: skip

# Words before which "the" would be wrong: "Enter your name", "Enter how much you need".
BARE = frozenset({
    "a", "an", "the", "your", "their", "our", "his", "her", "my", "who", "whom", "what", "when", "where", "which",
    "how", "why", "any", "each", "every", "at", "one", "two", "this", "that",
})  # fmt: skip


def lower_first(words: str) -> str:
    """A label as it stands inside a sentence: "Your name" -> "your name", "GP surgery" stays."""
    return words if words[1:2].isupper() or words[:2] == "I " else words[:1].lower() + words[1:]


def missing(field: forms.Field, label: str) -> str:
    """What an empty field says when nobody wrote better words for it."""
    choosing = isinstance(field.widget, (forms.RadioSelect, forms.Select, forms.CheckboxSelectMultiple))
    if label.endswith("?"):
        return f"{'Select' if choosing else 'Enter'} an answer to “{label}”"
    if isinstance(field.widget, forms.CheckboxInput):
        return f"Tick the box: {lower_first(label)}"
    if isinstance(field, forms.FileField):
        return f"Choose a file: {lower_first(label)}"
    noun = lower_first(label)
    article = "" if noun.split(" ")[0].lower() in BARE else "the "
    return f"{'Select' if choosing else 'Enter'} {article}{noun}"


def speak_plainly(form: forms.BaseForm, messages: Mapping[str, str]) -> None:
    """Give each field its own error messages: Django's would be the same sentence eight times over."""
    for name, field in form.fields.items():
        label = str(field.label or form[name].label)
        noun = "Your answer" if label.endswith("?") else label
        required = messages.get(name) or missing(field, label)
        own = {
            "required": required,
            "invalid_choice": f"{required} from the list",
            "max_length": f"{noun} must be %(limit_value)d characters or fewer",
        }
        if isinstance(field, forms.EmailField):
            own["invalid"] = "Enter an email address in the correct format, like name@example.com"
        if isinstance(field, forms.IntegerField):
            own["invalid"] = f"{noun} must be a number, like 12"
        for code, sentence in own.items():
            if _is_stock(field, code):
                field.error_messages[code] = sentence
        if name in messages:
            field.error_messages["required"] = messages[name]
        for validator in field.validators:
            _reword_limit(validator, noun)


def _is_stock(field: forms.Field, code: str) -> bool:
    """Whether the words for this error are still those that Django ships."""
    current = field.error_messages.get(code)
    stock = [
        kind.__dict__["default_error_messages"].get(code)
        for kind in type(field).__mro__
        if "default_error_messages" in kind.__dict__ and kind.__module__.startswith("django.")
    ]
    return current is None or current in stock


def _reword_limit(validator: Any, noun: str) -> None:
    sentences = {
        "max_length": f"{noun} must be %(limit_value)d characters or fewer",
        "min_length": f"{noun} must be %(limit_value)d characters or more",
        "max_value": f"{noun} must be %(limit_value)s or fewer",
        "min_value": f"{noun} must be %(limit_value)s or more",
    }
    code = getattr(validator, "code", None)
    if type(validator).__module__ == "django.core.validators" and code in sentences:
        validator.message = sentences[code]


class Spoken:
    """What all our forms share: plain error messages, no browser pop-ups, and a layout for crispy-forms."""

    messages: ClassVar[Mapping[str, str]] = {}
    layout: ClassVar[Layout | None] = None
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"label_suffix": ""} | kwargs))
        speak_plainly(self, self.messages)  # type: ignore[arg-type]

    @property
    def helper(self) -> FormHelper:
        """How `{% crispy form %}` prints this form: its questions only, the page gives the rest."""
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.render_hidden_fields = True
        helper.layout = self.layout or Layout(*(Question(name) for name in self.fields))  # type: ignore[attr-defined]
        return helper


class Form(Spoken, forms.Form):
    """A form of ours."""

    def arguments(self) -> dict[str, Any]:
        """What the operation is called with."""
        return dict(self.cleaned_data)


class ModelForm(Spoken, forms.ModelForm):  # type: ignore[type-arg]
    """A form of ours for a model's own columns."""


def problems(form: Any) -> list[dict[str, Any]]:
    """Everything wrong with a form, in the order of the page, each linked to its field."""
    if hasattr(form, "problems"):
        return list(form.problems())
    lines = [{"text": str(error)} for error in form.non_field_errors()]
    for field in form:
        lines += [{"text": str(error), "href": f"#{field.auto_id}"} for error in field.errors]
    return lines


class Lines:
    """Rows that people add and remove, with or without a script: costs, people, dates.

    The view re-renders when `pressed` is true: nothing typed is lost and nothing is judged too early.
    """

    def __init__(
        self,
        form: type[forms.Form],
        data: Any = None,
        *,
        initial: Sequence[Mapping[str, Any]] = (),
        prefix: str = "lines",
        noun: "_StrOrPromise" = "Line",
        least: int = 1,
        most: int = 20,
        start: int = 1,
        form_kwargs: Mapping[str, Any] | None = None,
    ) -> None:
        self.form, self.data, self.prefix, self.noun = form, data, prefix, str(noun)
        self.least, self.most, self.kwargs = least, most, dict(form_kwargs or {})
        self.bound = data is not None and f"{prefix}-count" in data
        self.error = ""
        if not self.bound:
            rows = list(initial) + [{}] * max(start - len(initial), 0)
            self.forms = [self._row(number, initial=row) for number, row in enumerate(rows)]
        elif self.pressed:
            self.forms = [self._row(number, initial=row) for number, row in enumerate(self._after_press())]
        else:
            self.forms = [self._row(number, data=data) for number in range(self._count())]

    @property
    def pressed(self) -> bool:
        """Whether "add another" or "remove" was pressed rather than the page's own button."""
        return self.bound and (f"{self.prefix}-add" in self.data or f"{self.prefix}-remove" in self.data)

    def is_valid(self) -> bool:
        """Whether all rows that say something are right, and there are enough of them."""
        wanted = [form for form in self.forms if said(form)]
        if len(wanted) < self.least and self.forms:
            wanted += [form for form in self.forms if not said(form)][: self.least - len(wanted)]
        enough = len(wanted) >= self.least
        if not enough:
            self.error = f"Add at least {self.least} {self.noun.lower()}{'s' if self.least > 1 else ''}"
        for form in self.forms:
            if form not in wanted:
                form.empty_permitted = True
        right = [form.is_valid() for form in wanted]
        return self.bound and not self.pressed and enough and all(right)

    @property
    def values(self) -> list[dict[str, Any]]:
        """The rows that say something, in order."""
        return [form.cleaned_data for form in self.forms if said(form)]

    def problems(self) -> list[dict[str, Any]]:
        """What is wrong, by row: "Cost 2: enter the amount"."""
        lines: list[dict[str, Any]] = [{"text": self.error, "href": f"#{self.prefix}-add"}] if self.error else []
        for number, form in enumerate(self.forms, start=1):
            if form.is_bound and not form.empty_permitted:
                lines += [
                    {**line, "text": f"{self.noun} {number}: {lower_first(line['text'])}"} for line in problems(form)
                ]
        return lines

    @property
    def next_focus(self) -> str:
        """Where the next row's first field will be."""
        first = next(iter(self.form.base_fields))
        return f"#id_{self.prefix}-{len(self.forms)}-{first}"

    @property
    def can_add(self) -> bool:
        """Whether there is room for another row."""
        return len(self.forms) < self.most

    @property
    def can_remove(self) -> bool:
        """Whether a row may go."""
        return len(self.forms) > self.least

    def _row(self, number: int, **kwargs: Any) -> forms.Form:
        form = self.form(prefix=f"{self.prefix}-{number}", **(self.kwargs | kwargs))
        form.empty_permitted = False
        return form

    def _count(self) -> int:
        text = str(self.data.get(f"{self.prefix}-count", ""))
        return min(int(text), self.most) if re.fullmatch(r"[0-9]{1,3}", text) else self.least

    def _after_press(self) -> list[dict[str, Any]]:
        rows = [typed(self._row(number, data=self.data)) for number in range(self._count())]
        if f"{self.prefix}-remove" in self.data:
            gone = str(self.data.get(f"{self.prefix}-remove"))
            return [row for number, row in enumerate(rows) if str(number) != gone] or [{}]
        return [*rows, {}][: self.most]


def typed(form: forms.Form) -> dict[str, Any]:
    """What was typed into a row, unjudged."""
    return {name: form[name].data for name in form.fields}


def said(form: forms.Form) -> bool:
    """Whether somebody filled in any part of a row."""
    return any(field.data not in (None, "", []) for field in form.visible_fields())
