"""What templates may print: questions, error summaries, buttons, amounts, dates, states."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.forms.boundfield import BoundField
from django.template.context import RequestContext
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from communities.core import govuk
from communities.core.clock import london
from communities.core.forms import problems
from communities.core.money import pounds as pounds_of
from communities.core.questions import question as ask

register = template.Library()


@register.simple_tag
def question(field: BoundField, **options: Any) -> SafeString:
    """One question of a form."""
    return ask(field, **options)


@register.simple_tag
def error_summary(*forms: Any, title: str = "There is a problem") -> SafeString:
    """Everything that is wrong, at the top of the page; nothing where nothing is."""
    lines = [line for form in forms if form and _bound(form) for line in problems(form)]
    return govuk.render("error-summary", {"titleText": title, "errorList": lines}) if lines else SafeString("")


def _bound(form: Any) -> bool:
    return bool(getattr(form, "is_bound", getattr(form, "bound", False)))


@register.simple_tag(takes_context=True)
def error_prefix(context: RequestContext) -> str:
    """The word "Error:" for the title of a page whose form was not right."""
    forms = [context.get("form"), context.get("lines"), *(context.get("forms") or ())]
    wrong = context.get("problem") or any(form and _bound(form) and problems(form) for form in forms)
    return "Error: " if wrong else ""


@register.simple_tag
def button(text: str, **options: Any) -> SafeString:
    """A button (`secondary`, `warning`, `start`, `name`, `value`, `formaction`); with `href` a link like one."""
    look = "secondary" if options.get("secondary") else "warning" if options.get("warning") else ""
    given: dict[str, Any] = {
        "text": text,
        "classes": govuk.classes(f"govuk-button--{look}" if look else "", options.get("classes")),
        "isStartButton": options.get("start"),
    }
    if options.get("href"):
        return govuk.render("button", given | {"href": options["href"]})
    given["attributes"] = {key: options[key] for key in ("formaction", "form") if options.get(key)}
    given |= {key: options.get(key) for key in ("name", "value", "id", "disabled")}
    return govuk.render("button", given | {"preventDoubleClick": True})


@register.simple_tag(takes_context=True)
def came_from(context: RequestContext) -> str:
    """The page of ours that somebody came from, or nothing."""
    request = context["request"]
    address = request.headers.get("referer", "")
    return address if url_has_allowed_host_and_scheme(address, {request.get_host()}) else ""


@register.inclusion_tag("components/lines.html")
def lines(lines: Any, **options: Any) -> dict[str, Any]:
    """Rows that people can add and remove."""
    return {"lines": lines, **options}


@register.filter
def money(amount: Decimal | None) -> str:
    """£1,180, with pence only where there are any."""
    return "–" if amount in (None, "") else pounds_of(amount)


@register.filter
def pounds(amount: Decimal | None) -> str:
    """£1,180.00: always with pence, for columns that are added up."""
    return "–" if amount is None or amount == "" else f"{'−' if amount < 0 else ''}£{abs(amount):,.2f}"


@register.filter
def day(value: date | datetime | None) -> str:
    """5 February 2027."""
    return f"{_local(value).day} {_local(value):%B %Y}" if value else ""


@register.filter
def short_day(value: date | datetime | None) -> str:
    """5 Feb 2027."""
    return f"{_local(value).day} {_local(value):%b %Y}" if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """5 Feb 2027, 10:13, as the clock in Britain showed it."""
    return f"{short_day(value)}, {_local(value):%H:%M}" if value else ""


@register.filter
def deadline(value: datetime | None) -> str:
    """12 noon on Friday 16 October 2026 (BST): a moment that people must not miss, with the name of the time."""
    if value is None:
        return ""
    local = london(value)
    hour = {(0, 0): "midnight at the start of", (12, 0): "12 noon on"}.get(
        (local.hour, local.minute), f"{local:%H:%M} on"
    )
    return f"{hour} {local:%A} {local.day} {local:%B %Y} ({local.tzname()})"


def _local(value: date | datetime) -> date | datetime:
    return localtime(value) if isinstance(value, datetime) and value.tzinfo else value


# The words in a state's name that say how it stands, strongest first.
COLOURS = (
    ("red", "declin refus fail overdue ineligible withdraw cancel reject expired lapsed terminat stopped hold queried"),
    ("grey", "draft closed archiv retired not_started planned superseded ended"),
    ("green", "approv fund accept paid verified complet passed ratified released active open met eligible current"),
    ("yellow", "check wait info pending due review assess part partial proposed prepared"),
)


def colour_of(status: str) -> str:
    """The colour of a state's tag. The word beside it says the same, so nobody depends on the colour."""
    return next((colour for colour, stems in COLOURS if any(stem in status for stem in stems.split())), "")


@register.inclusion_tag("components/tag.html")
def tag(text: str, colour: str = "") -> dict[str, str]:
    """A state in a small coloured box."""
    return {"text": str(text), "colour": colour}


@register.simple_tag(name="status")
def status_tag(row: Any) -> SafeString:
    """Where a bid, an award or a payment stands. A model may name `status_colours` of its own."""
    if row is None:
        return SafeString("")
    own: dict[str, str] = getattr(row, "status_colours", {})
    context = {"text": row.get_status_display(), "colour": own.get(row.status, colour_of(row.status))}
    return SafeString(render_to_string("components/tag.html", context).strip())


@register.simple_tag
def bars(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Rows of (label, value) with the width of each bar out of 100."""
    pairs = [(row[0], row[1]) for row in rows]
    most = max((value or 0 for _, value in pairs), default=0) or 1
    return [
        {"label": label, "value": value, "width": round(float(value or 0) / float(most) * 100, 1)}
        for label, value in pairs
    ]
