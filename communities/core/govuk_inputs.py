"""GOV.UK components with one control: text, lists, files."""

from collections.abc import Mapping

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from communities.core.govuk_parts import (
    Context,
    Options,
    attributes,
    classes,
    hint,
    part,
    plain,
    single,
    spelling,
    with_error,
    words,
)


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
