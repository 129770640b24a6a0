"""A form's field as a GOV.UK component: what is asked, the hint, what was typed, what is wrong."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from crispy_forms.layout import LayoutObject
from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from communities.core import govuk


class DateTyped(NamedTuple):
    """A date as somebody typed it, right or wrong."""

    day: str = ""
    month: str = ""
    year: str = ""


class DateParts(forms.Widget):
    """Day, month and year in three fields. Only our own components print it."""

    def value_from_datadict(self, data: Mapping[str, Any], files: object, name: str) -> DateTyped | None:
        """What was typed, or None when all three are empty."""
        typed = DateTyped(*(str(data.get(f"{name}_{part}") or "").strip() for part in DateTyped._fields))
        return typed if any(typed) else None

    def value_omitted_from_data(self, data: Mapping[str, Any], files: object, name: str) -> bool:
        """Whether the form that was sent had none of the three."""
        return not any(f"{name}_{part}" in data for part in DateTyped._fields)

    def format_value(self, value: object) -> Any:
        """A stored date as its three parts."""
        if isinstance(value, date):
            return DateTyped(str(value.day), str(value.month), str(value.year))
        return value or DateTyped()


def question(field: BoundField, **given: Any) -> SafeString:
    """One question of a form as HTML."""
    widget = field.field.widget
    if widget.is_hidden:
        return SafeString(field)
    component = next(name for kind, name in COMPONENTS if isinstance(widget, kind))
    return govuk.render(*component(field, given))


Asked = tuple[str, dict[str, Any]]


def _common(field: BoundField, given: Mapping[str, Any]) -> dict[str, Any]:
    hint = given.get("hint", field.help_text)
    return {
        "id": field.auto_id,
        "name": field.html_name,
        "hint": {"text": hint} if hint else None,
        "errorMessage": {"html": error_words(field)} if field.errors else None,
        "classes": given.get("classes", ""),
        "formGroup": {"classes": given.get("group", "")},
        "attributes": {
            key: value for key, value in field.field.widget.attrs.items() if key.startswith(("data-", "aria-", "lang"))
        },
    }


def error_words(field: BoundField) -> SafeString:
    """Everything that is wrong with one field."""
    return format_html_join(SafeString("<br>"), "{}", ((error,) for error in field.errors))


def _title(field: BoundField, given: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """The label or legend: bold, or the heading of the page, with "(optional)" where nothing has to be said."""
    words = given.get("label") or field.label
    optional = given.get("optional", not field.field.required)
    heading = bool(given.get("heading"))
    size = given.get("size") or ("l" if heading else "s")
    return {
        "text": f"{words} (optional)" if optional else words,
        "classes": govuk.classes(
            f"govuk-{kind}--{size}" if size != "plain" else "", given.get("hide_label") and "govuk-visually-hidden"
        ),
        "isPageHeading": heading,
    }


def _value(field: BoundField) -> Any:
    return field.field.widget.format_value(field.value())


def _input(field: BoundField, given: Mapping[str, Any]) -> Asked:
    widget = field.field.widget
    options = _common(field, given) | {"label": _title(field, given, "label"), "value": _value(field)}
    options["type"] = {"number": "text"}.get(widget.input_type, widget.input_type)
    numeric = {"inputmode": "numeric"} if widget.input_type == "number" else {}
    attrs = numeric | widget.attrs
    options |= {key: given.get(key, attrs.get(key)) for key in ("autocomplete", "inputmode", "autocapitalize")}
    if widget.input_type == "email":
        options["spellcheck"] = False
    if widget.input_type == "password":
        options["value"] = None
    for key in ("prefix", "suffix"):
        words = given.get(key) or getattr(field.field, key, None)
        options[key] = {"text": words} if words else None
    if width := given.get("width") or getattr(field.field, "width", None):
        options["classes"] = govuk.classes(options["classes"], f"govuk-input--width-{width}")
    return "input", options


def _textarea(field: BoundField, given: Mapping[str, Any]) -> Asked:
    options = _common(field, given) | {"label": _title(field, given, "label"), "value": _value(field)}
    most_words = given.get("words") or getattr(field.field, "max_words", None)
    most = getattr(field.field, "max_length", None)
    rows = field.field.widget.attrs.get("rows")
    options["rows"] = given.get("rows") or (rows if rows != "10" else None) or 5  # "10" is Django's own guess
    if most_words:
        return "character-count", options | {"maxlength": most_words, "countType": "words"}
    return ("character-count", options | {"maxlength": most}) if most else ("textarea", options)


def _select(field: BoundField, given: Mapping[str, Any]) -> Asked:
    chosen = _chosen(field)
    items = [{"value": value, "text": text, "selected": value in chosen} for value, text in _choices(field, blank=True)]
    options = _common(field, given) | {"label": _title(field, given, "label"), "items": items}
    if getattr(field.field.widget, "allow_multiple_selected", False):
        options["attributes"] = options["attributes"] | {"multiple": ""}
    return "select", options


def _file(field: BoundField, given: Mapping[str, Any]) -> Asked:
    options = _common(field, given) | {"label": _title(field, given, "label")}
    widget = field.field.widget
    options["multiple"] = getattr(widget, "allow_multiple_selected", False)
    if accept := widget.attrs.get("accept"):
        options["attributes"] = options["attributes"] | {"accept": accept}
    return "file-upload", options


def _chosen(field: BoundField) -> list[str]:
    value = field.value()
    if value is None:
        return []
    several = isinstance(value, Iterable) and not isinstance(value, str)
    return [str(one) for one in (value if several else [value])]


def _choices(field: BoundField, *, blank: bool = False) -> list[tuple[str, Any]]:
    """The choices in one list, without groups."""
    flat: list[tuple[Any, Any]] = []
    for value, text in field.field.widget.choices:
        flat += text if isinstance(text, (list, tuple)) else [(value, text)]
    return [("" if value is None else str(value), text) for value, text in flat if blank or value not in ("", None)]


def _items(field: BoundField, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    chosen = _chosen(field)
    hints = {str(key): text for key, text in (given.get("hints") or getattr(field.field, "hints", None) or {}).items()}
    reveals = {str(key): asked for key, asked in (given.get("reveals") or {}).items()}
    alone = {str(value) for value in given.get("alone", ())}
    return [
        {
            "value": value,
            "text": text,
            "checked": value in chosen,
            "hint": {"text": hints[value]} if value in hints else None,
            "conditional": {"html": reveals[value].ask(field.form)} if value in reveals else None,
            "behaviour": "exclusive" if value in alone else None,
        }
        for value, text in _choices(field)
    ]


def _set(field: BoundField, given: Mapping[str, Any], kind: str) -> dict[str, Any]:
    small = f"govuk-{kind}--small" if given.get("small") else ""
    inline = f"govuk-{kind}--inline" if given.get("inline") else ""
    options = _common(field, given)
    return options | {
        "idPrefix": field.auto_id,
        "fieldset": {"legend": _title(field, given, "fieldset__legend")},
        "items": _items(field, given),
        "classes": govuk.classes(options["classes"], small, inline),
    }


def _radios(field: BoundField, given: Mapping[str, Any]) -> Asked:
    return "radios", _set(field, {"inline": getattr(field.field, "inline", False), **given}, "radios")


def _checkboxes(field: BoundField, given: Mapping[str, Any]) -> Asked:
    return "checkboxes", _set(field, given, "checkboxes")


def _checkbox(field: BoundField, given: Mapping[str, Any]) -> Asked:
    """One box to tick: its label is the question."""
    options = _common(field, given)
    hint = options.pop("hint")
    item = {"value": "on", "text": given.get("label") or field.label, "checked": bool(field.value()), "hint": hint}
    return "checkboxes", options | {"idPrefix": field.auto_id, "items": [item]}


def _date(field: BoundField, given: Mapping[str, Any]) -> Asked:
    value = DateTyped(*_value(field))
    errors = field.form.errors.as_data().get(field.name, []) if field.errors else []
    wrong = {part for error in errors for part in (error.params or {}).get("parts", DateTyped._fields)}
    ids = {"day": field.auto_id, "month": f"{field.auto_id}-month", "year": f"{field.auto_id}-year"}
    items = [
        {
            "name": f"{field.html_name}_{part}",
            "label": part.capitalize(),
            "id": ids[part],
            "value": getattr(value, part) or None,
            "inputmode": "text" if part == "month" else "numeric",
            "error": part in wrong,
            "classes": {"day": "govuk-input--width-2", "month": "govuk-input--width-5", "year": "govuk-input--width-4"}[
                part
            ],
        }
        for part in DateTyped._fields
    ]
    options = _common(field, given) | {"id": f"{field.auto_id}-group", "items": items}
    return "date-input", options | {"fieldset": {"legend": _title(field, given, "fieldset__legend")}}


def _date_and_time(field: BoundField, given: Mapping[str, Any]) -> Asked:
    """A date and a time in two fields, in one group."""
    widget = field.field.widget
    value = field.value()
    values = value if isinstance(value, (list, tuple)) else widget.decompress(value)
    shown = [part.format_value(one) for part, one in zip(widget.widgets, values, strict=True)]
    kinds = (("", "Date, like 31/1/2027", 10), ("-time", "Time, like 14:30", 5))
    items = [
        {
            "name": f"{field.html_name}_{number}",
            "label": label,
            "id": f"{field.auto_id}{suffix}",
            "value": shown[number],
            "inputmode": "text",
            "classes": f"govuk-input--width-{width}",
        }
        for number, (suffix, label, width) in enumerate(kinds)
    ]
    options = _common(field, given) | {"id": f"{field.auto_id}-group", "items": items}
    return "date-input", options | {"fieldset": {"legend": _title(field, given, "fieldset__legend")}}


COMPONENTS: tuple[tuple[type[forms.Widget], Any], ...] = (
    (DateParts, _date),
    (forms.SplitDateTimeWidget, _date_and_time),
    (forms.CheckboxSelectMultiple, _checkboxes),
    (forms.RadioSelect, _radios),
    (forms.CheckboxInput, _checkbox),
    (forms.Select, _select),
    (forms.FileInput, _file),
    (forms.Textarea, _textarea),
    (forms.widgets.Input, _input),
)


class Question(LayoutObject):  # type: ignore[misc]
    """One question in a form's layout: `Question("amount", prefix="£")`."""

    def __init__(self, name: str, **options: Any) -> None:
        self.fields = [name]
        self.options = options

    def ask(self, form: forms.BaseForm) -> SafeString:
        """The question as HTML."""
        return question(form[self.fields[0]], **self.options)

    def render(self, form: forms.BaseForm, context: object, **kwargs: object) -> SafeString:
        """What crispy-forms asks for."""
        rendered: set[str] = getattr(form, "rendered_fields", set())
        rendered |= {self.fields[0], *(asked.fields[0] for asked in (self.options.get("reveals") or {}).values())}
        return self.ask(form)
