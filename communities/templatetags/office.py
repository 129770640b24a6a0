"""What the office's own templates ask about a stock form."""

from collections.abc import Iterable
from typing import Any

from django import forms, template
from django.contrib.admin.helpers import AdminReadonlyField
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

from communities.core import govuk
from communities.core.fields import DateAndTime, Ticks
from communities.core.money import MoneyField
from communities.templatetags.govuk import money

register = template.Library()


@register.filter
def is_group(field: BoundField) -> bool:
    """Whether a field has several controls, and so a legend instead of a label."""
    return isinstance(field.field.widget, (Ticks, DateAndTime, forms.RadioSelect, forms.CheckboxSelectMultiple))


@register.filter
def wrapper(field: BoundField) -> str:
    """The element around a field."""
    return "fieldset" if is_group(field) else "div"


@register.filter
def asked(field: BoundField) -> str:
    """The label, with a word where nothing has to be said."""
    label = str(field.label)
    return label[:1].upper() + label[1:] + ("" if field.field.required else " (optional)")


@register.filter
def contents(field: AdminReadonlyField) -> Any:
    """What is shown of a field that is only read: money as money, all else as the admin shows it."""
    row, name = field.form.instance, str(field.field["field"])
    is_money = any(isinstance(each, MoneyField) for each in row._meta.concrete_fields if each.name == name)
    return money(getattr(row, name)) if is_money else field.contents()


@register.simple_tag
def office_errors(adminform: Any, inlines: Iterable[Any] = ()) -> SafeString:
    """Everything wrong with a change page and its rows, each line a link."""
    lines = _lines(adminform.form)
    for inline in inlines or ():
        name = str(inline.opts.verbose_name).capitalize()
        lines += [{"text": f"{name}: {error}"} for error in inline.formset.non_form_errors()]
        for number, form in enumerate(inline.formset.forms, start=1):
            lines += [{**line, "text": f"{name} {number}: {line['text']}"} for line in _lines(form)]
    return (
        govuk.render("error-summary", {"titleText": "There is a problem", "errorList": lines})
        if lines
        else SafeString("")
    )


def sentence(field: BoundField, error: str) -> str:
    """Django's own sentences (they end with a full stop) do not say which field they mean; ours do."""
    return f"{field.label}: {error[:1].lower()}{error[1:].rstrip('.')}" if error.endswith(".") else error


def _lines(form: Any) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = [{"text": str(error)} for error in form.non_field_errors()]
    for field in form:
        # a date and a time have no control with the plain id
        href = f"#{field.auto_id}_0" if is_group(field) else f"#{field.id_for_label or field.auto_id}"
        lines += [{"text": sentence(field, str(error)), "href": href} for error in field.errors]
    return lines
