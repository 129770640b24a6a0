"""Columns of the office's lists: what it is, how much, how it stands, when."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from communities.core.money import pounds
from communities.templatetags.govuk import short_day, status_tag


def two_lines(first: object, *second: object) -> SafeString:
    """The first column of a list: what it is, and beneath it in grey what tells it apart."""
    return format_html(
        '{}<span class="app-second">{}</span>',
        first,
        " · ".join(Truncator(str(one)).words(16) for one in second if one),
    )


def money_column(name: str, heading: str = "", *, order: str = "") -> Callable[[Any], str]:
    """A column of pounds, aligned on the right."""

    def column(row: Any) -> str:
        return pounds(_follow(row, name))

    column.__name__ = f"{name.replace('__', '_')}_pounds"
    return _named(column, heading or _last(name), order or name)


def status_column(name: str = "", heading: str = "Status") -> Callable[[Any], SafeString]:
    """A column with the state as a coloured tag; `name` leads to the row whose state is meant."""

    def column(row: Any) -> SafeString:
        return status_tag(_follow(row, name) if name else row)

    column.__name__ = "status_tag"
    return _named(column, heading, f"{name}__status" if name else "status")


def date_column(name: str, heading: str = "", *, order: str = "") -> Callable[[Any], str]:
    """A column of short dates: 5 Feb 2027."""

    def column(row: Any) -> str:
        return short_day(_follow(row, name))

    column.__name__ = f"{name.replace('__', '_')}_day"
    return _named(column, heading or _last(name), order or name)


def _last(name: str) -> str:
    return name.rpartition("__")[2].replace("_", " ")


def _follow(row: Any, path_: str) -> Any:
    for name in path_.split("__"):
        row = getattr(row, name, None)
    return row() if callable(row) else row


C = TypeVar("C", bound=Callable[..., Any])


def _named(column: C, heading: str, order: str) -> C:
    title = heading[:1].upper() + heading[1:]
    return admin.display(description=title, ordering=order, empty_value="–")(column)
