"""What a GOV.UK component prints, worked out from the same options its own macro takes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

Options = Mapping[str, Any]
Context = dict[str, Any]


def render(name: str, options: Options) -> SafeString:
    """One component as HTML."""
    return render_to_string(f"govuk/components/{name}.html", {"c": COMPONENTS[name](options)})


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


def text_input(o: Options) -> Context:
    """One line of text."""
    context = single(o)
    prefix, suffix = (part(o.get(key)) | {"kind": key} for key in ("prefix", "suffix"))
    context["prefix"], context["suffix"] = prefix, suffix
    context["wrapped"] = any((prefix["words"], suffix["words"], context["before"], context["after"]))
    context["wrapper"] = part(o.get("inputWrapper"))
    context["control"] = attributes(
        {
            "class": with_error("govuk-input", o),
            "id": context["id"],
            "name": o.get("name"),
            "type": o.get("type") or "text",
        },
        spellcheck=spelling(o),
        value=o.get("value"),
        disabled=o.get("disabled"),
        aria_describedby=context["described"] or None,
        **{key: o.get(key) for key in ("autocomplete", "autocapitalize", "pattern", "inputmode")},
    ) + attributes(o.get("attributes"))
    return context


def textarea(o: Options) -> Context:
    """Several lines of text."""
    context = single(o)
    context["value"] = plain(o.get("value"))
    context["control"] = attributes(
        {
            "class": with_error("govuk-textarea", o),
            "id": context["id"],
            "name": o.get("name"),
            "rows": o.get("rows") or 5,
        },
        spellcheck=spelling(o),
        disabled=o.get("disabled") or None,
        aria_describedby=context["described"] or None,
        autocomplete=o.get("autocomplete") or None,
    ) + attributes(o.get("attributes"))
    return context


COUNTS = tuple(f"{unit}-{where}-limit" for unit in ("characters", "words") for where in ("under", "at", "over"))


def character_count(o: Options) -> Context:
    """Several lines of text with a count of what is left."""
    ident = str(o.get("id") or o.get("name"))
    most = o.get("maxwords") or o.get("maxlength")
    kind = o.get("countType") or ("words" if o.get("maxwords") else None)
    message = (
        o.get("textareaDescriptionText")
        or f"You can enter up to %{{count}} {'words' if kind == 'words' else 'characters'}"
    )
    frame = o.get("formGroup") or {}
    info = hint(
        {"text": message.replace("%{count}", str(most)) if most else "", "id": f"{ident}-info"},
        classes=classes("govuk-character-count__message", (o.get("countMessage") or {}).get("classes")),
    )
    counter = attributes(
        {"data-module": "govuk-character-count"},
        data_maxlength=o.get("maxlength"),
        data_maxwords=o.get("maxwords"),
        data_threshold=o.get("threshold"),
        data_count_type=kind,
    )
    if not most and o.get("textareaDescriptionText"):
        counter += translations("textarea-description", {"other": o["textareaDescriptionText"]})
    for key in COUNTS:
        counter += translations(key, o.get(_option(key)))
    after = render_to_string("govuk/components/hint.html", {"c": info}) + words(frame.get("afterInput"))
    return textarea(
        {
            **o,
            "describedBy": f"{ident}-info",
            "classes": classes("govuk-js-character-count", o.get("classes")),
            "formGroup": {
                "classes": classes("govuk-character-count", frame.get("classes")),
                "attributes": counter + attributes(frame.get("attributes")),
                "beforeInput": frame.get("beforeInput"),
                "afterInput": {"html": after},
            },
        }
    )


def _option(key: str) -> str:
    first, *rest = key.split("-")
    return first + "".join(word.capitalize() for word in rest) + "Text"


def translations(key: str, message: Mapping[str, str] | str | None) -> SafeString:
    """The sentences a script may say, as data attributes."""
    if not message:
        return SafeString("")
    if isinstance(message, str):
        return attributes({f"data-i18n.{key}": message})
    return attributes({f"data-i18n.{key}.{form}": text for form, text in message.items()})


def select(o: Options) -> Context:
    """A list to choose one from."""
    context = single(o)
    context["control"] = attributes(
        {"class": with_error("govuk-select", o), "id": context["id"], "name": o.get("name")},
        disabled=o.get("disabled") or None,
        aria_describedby=context["described"] or None,
    ) + attributes(o.get("attributes"))
    context["items"] = [_option_of(item, o) for item in o.get("items") or () if item]
    return context


def _option_of(item: Options, o: Options) -> Context:
    own = {"value": plain(item["value"])} if "value" in item else {}
    chosen = chosen_by(item, item.get("value", item.get("text")), o.get("value"), "selected")
    return {
        "attributes": attributes(own, selected=chosen or None, disabled=item.get("disabled") or None)
        + attributes(item.get("attributes")),
        "words": plain(item.get("text")),
    }


def chosen_by(item: Options, value: object, wanted: object, key: str) -> bool:
    """An item is chosen when it says so itself, or when its value is the field's and it does not say no."""
    if item.get(key):
        return True
    return bool(wanted) and str(value) == str(wanted) and item.get(key) is not False


def choice_items(o: Options, ident: str, kind: str) -> list[Context]:
    """Radio buttons or check boxes, the first with the plain id so that an error can link to it."""
    items = enumerate(o.get("items") or (), start=1)
    return [
        _choice(item, str(item.get("id") or (ident if n == 1 else f"{ident}-{n}")), kind) for n, item in items if item
    ]


def _choice(item: Options, ident: str, kind: str) -> Context:
    note, name = item.get("hint") or {}, item.get("label") or {}
    conditional = (item.get("conditional") or {}).get("html")
    return {
        "id": ident,
        "item": item,
        "divider": plain(item.get("divider")),
        "label": label({**name, **item}, **{"for": ident}, attributes=attributes(name.get("attributes")))
        | {"classes": classes(f"govuk-{kind}__label", name.get("classes"))},
        "hint": words(note)
        and hint(note, id=f"{ident}-item-hint") | {"classes": classes(f"govuk-{kind}__hint", note.get("classes"))},
        "conditional": conditional and {"id": f"conditional-{ident}", "html": mark_safe(str(conditional).strip())},
    }


def choices(o: Options, ident: str, kind: str, described: str) -> Context:
    """What radios and check boxes share."""
    frame = o.get("fieldset")
    context = group(o, ident, described)
    context |= {"kind": kind, "items": choice_items(o, ident, kind), "classes": o.get("classes") or ""}
    context["attributes"] = attributes(o.get("attributes")) + attributes({"data-module": f"govuk-{kind}"})
    context["fieldset"] = None if frame is None else fieldset(frame) | {"described": context["described"]}
    return context


def radios(o: Options) -> Context:
    """One of a few."""
    ident = str(o.get("idPrefix") or o.get("name"))
    context = choices(o, ident, "radios", str((o.get("fieldset") or {}).get("describedBy") or ""))
    for row in context["items"]:
        row["checked"] = chosen_by(row["item"], row["item"].get("value"), o.get("value"), "checked")
        row["control"] = _tick(row, "radio", o.get("name"), (row["hint"] or {}).get("id"))
    return context


def checkboxes(o: Options) -> Context:
    """Any number of a few."""
    ident = str(o.get("idPrefix") or o.get("name"))
    described = (o.get("fieldset") or {}).get("describedBy") or o.get("describedBy") or ""
    context = choices(o, ident, "checkboxes", str(described))
    ticked: Iterable[object] = o.get("values") or ()
    for row in context["items"]:
        item = row["item"]
        row["checked"] = bool(item.get("checked")) or (item.get("value") in ticked and item.get("checked") is not False)
        around = "" if context["fieldset"] else context["described"]
        describes = classes(around, (row["hint"] or {}).get("id"))
        row["control"] = _tick(
            row, "checkbox", item.get("name") or o.get("name"), describes, data_behaviour=item.get("behaviour") or None
        )
    return context


def _tick(row: Context, kind: str, name: object, described: str | None, **more: object) -> SafeString:
    item, plural = row["item"], {"radio": "radios", "checkbox": "checkboxes"}[kind]
    given = {"class": f"govuk-{plural}__input", "id": row["id"], "name": name, "type": kind, "value": item.get("value")}
    conditional = row["conditional"]
    return attributes(
        given,
        checked=row["checked"] or None,
        disabled=item.get("disabled") or None,
        data_aria_controls=conditional["id"] if conditional else None,
        aria_describedby=described or None,
        **more,
    ) + attributes(item.get("attributes"))


PARTS = ("day", "month", "year")


def date_input(o: Options) -> Context:
    """A date typed in three fields."""
    ident = str(o.get("id") or "")
    frame = o.get("fieldset")
    context = group(o, ident, str((frame or {}).get("describedBy") or ""))
    named = {name: o.get(name) or {} for name in PARTS}
    items: Sequence[Options] = o.get("items") or [
        {"name": name} | named[name] for name in PARTS if o.get(name) is not False
    ]
    marked = any(_has_error(item) for item in items if item)
    context["dates"] = [_date_part(item, o, named, marked) for item in items if item]
    context["classes"] = o.get("classes") or ""
    context["attributes"] = attributes(o.get("attributes"), id=ident or None)
    context["fieldset"] = (
        None if frame is None else fieldset(frame) | {"described": context["described"], "role": "group"}
    )
    return context


def _has_error(item: Options) -> bool:
    return bool(item.get("error")) or "govuk-input--error" in (item.get("classes") or "")


def _date_part(item: Options, o: Options, named: Mapping[str, Options], marked: bool) -> Context:
    own = item.get("classes") or ""
    kind = next((name for name in PARTS if item.get("name") in (name, named[name].get("name", name))), "")
    values = o.get("values") or {}
    wrong = _has_error(item) or (item.get("error") is not False and given(o, "errorMessage") and not marked)
    prefix = f"{o['namePrefix']}-" if o.get("namePrefix") else ""
    name = f"{prefix}{item.get('name')}"
    fallback = named[kind].get("value") if kind and named[kind] else values.get(kind) if kind else None
    value = next((v for v in (item.get("value"), fallback, values.get(name)) if v is not None), None)
    return text_input(
        {
            "label": {
                "text": item.get("label") or str(item.get("name")).capitalize(),
                "classes": "govuk-date-input__label",
            },
            "id": item.get("id") or f"{o.get('id')}-{item.get('name')}",
            "name": name,
            "value": value,
            "inputmode": item.get("inputmode") or "numeric",
            "classes": classes(
                "govuk-date-input__input",
                "govuk-input--error" if wrong and "govuk-input--error" not in own else "",
                "" if "govuk-input--width-" in own else f"govuk-input--width-{4 if kind == 'year' else 2}",
                own,
            ),
            **{key: item.get(key) for key in ("autocomplete", "pattern", "attributes")},
        }
    )


FILE_WORDS = {
    "choose-files-button": "chooseFilesButtonText",
    "no-file-chosen": "noFileChosenText",
    "multiple-files-chosen": "multipleFilesChosenText",
    "drop-instruction": "dropInstructionText",
    "entered-drop-zone": "enteredDropZoneText",
    "left-drop-zone": "leftDropZoneText",
}


def file_upload(o: Options) -> Context:
    """A file from the person's own device."""
    context = single(o)
    context["javascript"] = o.get("javascript")
    wrapper = attributes(
        {"class": classes("govuk-file-upload-wrapper", o.get("wrapperClasses")), "data-module": "govuk-file-upload"}
    )
    for key, name in FILE_WORDS.items():
        wrapper += translations(key, o.get(name))
    context["wrapper"] = wrapper + attributes(o.get("wrapperAttributes"))
    context["control"] = attributes(
        {"class": with_error("govuk-file-upload", o), "id": context["id"], "name": o.get("name"), "type": "file"},
        disabled=o.get("disabled") or None,
        multiple=o.get("multiple") or None,
        aria_describedby=context["described"] or None,
    ) + attributes(o.get("attributes"))
    return context


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
