"""GOV.UK components with several controls: radio buttons, check boxes, dates."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.safestring import SafeString, mark_safe

from communities.core.govuk_inputs import chosen_by, text_input
from communities.core.govuk_parts import (
    Context,
    Options,
    attributes,
    classes,
    fieldset,
    given,
    group,
    hint,
    label,
    plain,
    words,
)


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
