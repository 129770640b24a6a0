"""What a GOV.UK component prints, worked out from the same options its own macro takes."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from communities.core.govuk_inputs import character_count, file_upload, select, text_input, textarea
from communities.core.govuk_parts import (
    Context,
    Options,
    attributes,
    classes,
    error_message,
    fieldset,
    hint,
    label,
    plain,
    words,
)
from communities.core.govuk_sets import checkboxes, date_input, radios

__all__ = ["COMPONENTS", "Options", "classes", "render"]


def render(name: str, options: Options) -> SafeString:
    """One component as HTML."""
    return render_to_string(f"govuk/components/{name}.html", {"c": COMPONENTS[name](options)})


def error_summary(o: Options) -> Context:
    """Everything that is wrong, each line a link to its field."""
    focus = {} if o.get("disableAutoFocus") is None else {"data-disable-auto-focus": o["disableAutoFocus"]}
    lines = [
        {
            "words": words(line),
            "href": attributes({"href": line["href"]} if line.get("href") else {}) + attributes(line.get("attributes")),
            "link": line.get("href"),
        }
        for line in o.get("errorList") or ()
    ]
    return {
        "classes": o.get("classes") or "",
        "attributes": attributes(focus)
        + attributes(o.get("attributes"))
        + attributes({"data-module": "govuk-error-summary"}),
        "title": words(o, "title"),
        "description": words(o, "description"),
        "lines": lines,
    }


def button(o: Options) -> Context:
    """A button, or a link that looks like one."""
    start = bool(o.get("isStartButton"))
    inner = words(o)
    common = attributes(
        {
            "class": classes("govuk-button", o.get("classes"), start and "govuk-button--start"),
            "data-module": "govuk-button",
        }
    ) + attributes(o.get("attributes"), id=o.get("id") or None)
    href = o.get("href")
    own = (
        attributes({"href": href, "role": "button", "draggable": "false"})
        if href
        else attributes(
            {"type": o.get("type") or "submit"},
            value=o.get("value") or None,
            name=o.get("name") or None,
            disabled=o.get("disabled") or None,
            aria_disabled="true" if o.get("disabled") else None,
            data_prevent_double_click=plain(o["preventDoubleClick"]) if "preventDoubleClick" in o else None,
        )
    )
    return {
        "tag": "a" if href else "button",
        "control": own + common,
        "words": inner,
        "start": start,
        "span": start and o.get("html"),
    }


COMPONENTS = {
    "button": button,
    "character-count": character_count,
    "checkboxes": checkboxes,
    "date-input": date_input,
    "error-message": error_message,
    "error-summary": error_summary,
    "fieldset": fieldset,
    "file-upload": file_upload,
    "hint": hint,
    "input": text_input,
    "label": label,
    "radios": radios,
    "select": select,
    "textarea": textarea,
}
