"""Pieces that every GOV.UK component is put together from: words, attributes, labels, hints, errors."""

from collections.abc import Mapping
from typing import Any

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

Options = Mapping[str, Any]
Context = dict[str, Any]


def words(option: Options | None, key: str = "") -> str:
    """The text of an option, escaped when printed; `html` comes from our own code only."""
    if not option:
        return ""
    html = option.get(f"{key}Html" if key else "html")
    if html:
        return mark_safe(str(html).strip())
    return plain(option.get(f"{key}Text" if key else "text"))


def plain(value: object) -> str:
    """A value as the page shows it: nothing for None, and a truth value as a script would write it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return conditional_escape(value if isinstance(value, SafeString) else str(value))


def attributes(given: Options | str | None, **optional: object) -> SafeString:
    """Attributes as printed. Those passed by name are left out when None or False, and bare when True."""
    if isinstance(given, str):
        return mark_safe(given)
    every = dict(given or {}) | {
        name.rstrip("_").replace("_", "-"): {"value": value, "optional": True} for name, value in optional.items()
    }
    pairs = [(name, *_value(item)) for name, item in every.items()]
    return format_html_join(
        "",
        "{}",
        (
            (_attribute(name, value, optional),)
            for name, value, optional in pairs
            if not (optional and (value is None or value is False))
        ),
    )


def _value(item: object) -> tuple[object, bool]:
    return (item.get("value"), bool(item.get("optional"))) if isinstance(item, Mapping) else (item, False)


def _attribute(name: str, value: object, optional: bool) -> SafeString:
    return format_html(" {}", name) if optional and value is True else format_html(' {}="{}"', name, plain(value))


def classes(*names: object) -> str:
    """Class names in one string, empty ones left out."""
    return " ".join(str(name) for name in names if name)


def part(option: Options | None, **more: Any) -> Context:
    """A piece of text with its classes and attributes."""
    option = option or {}
    return {
        "words": words(option),
        "classes": option.get("classes", ""),
        "attributes": attributes(option.get("attributes")),
        **more,
    }


def given(options: Options, key: str) -> bool:
    """Whether an option is there at all: an empty mapping counts, as it does for the macros."""
    return options.get(key) not in (None, False, "")


def label(o: Options, **more: Any) -> Context:
    """A label, and whether it is the heading of the page."""
    return part(o, **({"for": o.get("for")} | more), heading=o.get("isPageHeading"))


def hint(o: Options, **more: Any) -> Context:
    """Grey words under the label."""
    return part(o, **({"id": o.get("id")} | more))


def error_message(o: Options, **more: Any) -> Context:
    """What is wrong, for eyes and for screen readers."""
    return part(o, **({"id": o.get("id")} | more), hidden=o.get("visuallyHiddenText", "Error"))


def fieldset(o: Options, **more: Any) -> Context:
    """A group of fields with one legend."""
    legend = o.get("legend") or {}
    return part(
        {key: value for key, value in o.items() if key != "html"},
        role=o.get("role"),
        described=o.get("describedBy"),
        legend=part(legend, heading=legend.get("isPageHeading")),
        inner=mark_safe(str(o.get("html") or "")),
        **more,
    )


def group(o: Options, ident: str, described: str = "") -> Context:
    """What every form group shares: hint, error, the words around the control, and what describes it."""
    frame = o.get("formGroup") or {}
    context: Context = {
        "id": ident,
        "error": None,
        "hint": None,
        "group": part(frame),
        "before": words(frame.get("beforeInput") or frame.get("beforeInputs")),
        "after": words(frame.get("afterInput") or frame.get("afterInputs")),
    }
    if given(o, "hint"):
        context["hint"] = hint(o["hint"], id=f"{ident}-hint")
    if given(o, "errorMessage"):
        context["error"] = error_message(o["errorMessage"], id=f"{ident}-error")
    ids = [piece["id"] for piece in (context["hint"], context["error"]) if piece]
    context["described"] = classes(described, *ids)
    return context


def single(o: Options) -> Context:
    """A form group around one control with a label."""
    ident = str(o.get("id") or o.get("name"))
    context = group(o, ident, str(o.get("describedBy") or ""))
    context["label"] = label(o.get("label") or {}, **{"for": ident})
    return context


def with_error(base: str, o: Options) -> str:
    """Class names of a control, with the red border when something is wrong."""
    return classes(base, f"{base}--error" if given(o, "errorMessage") else "", o.get("classes"))


def spelling(o: Options) -> str | None:
    """`spellcheck` is printed only when somebody decided about it."""
    value = o.get("spellcheck")
    return plain(value) if isinstance(value, bool) else None
