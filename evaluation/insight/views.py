"""Results for analysts: each page is a few tables, each table can be taken away with its dictionary."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from communities.core.clock import today
from communities.core.events import record_event
from communities.core.exports import csv_response
from evaluation.insight.queries import heads, money, outcomes, quality
from evaluation.insight.queries.known import Known
from evaluation.insight.queries.sheets import Sheet
from grants.rounds.models import Round

Make = Callable[[Round | None, Known], Sheet]

SHEETS: dict[str, Make] = {
    "money-by-place-and-goal": money.by_place_and_goal,
    "money-by-cohort-and-goal": money.by_cohort_and_goal,
    "reports-by-place-and-goal": outcomes.by_place_and_goal,
    "targets": outcomes.against_targets,
    "people-reached": outcomes.people_reached,
    "per-head-by-place": heads.per_head_by_place,
    "per-head-by-band": heads.per_head_by_band,
    "completeness": lambda round_, known: quality.completeness(round_, today(), known),
}
PAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "money": ("Where the money went", ("money-by-place-and-goal", "money-by-cohort-and-goal")),
    "outcomes": ("What changed", ("targets", "people-reached", "reports-by-place-and-goal")),
    "people": ("Pounds per head", ("per-head-by-place", "per-head-by-band")),
}


def _round(request: HttpRequest) -> Round | None:
    """Results of one round, or of all."""
    if not request.user.has_perm("evaluation.view_results"):
        raise Http404
    chosen = request.GET.get("round", "")
    try:
        return get_object_or_404(Round, public_id=chosen) if chosen else None
    except (ValueError, ValidationError) as wrong:
        raise Http404 from wrong


def _context(request: HttpRequest, round_: Round | None, **more: Any) -> dict[str, Any]:
    pages = [{"name": name, "title": title} for name, (title, _) in PAGES.items()]
    rounds = Round.objects.exclude(status=Round.Status.DRAFT).order_by("-opens_at")
    return {"round": round_, "rounds": rounds, "pages": pages, "as_at": today(), **more}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the results are about, how complete they are, and the one headline."""
    round_ = _round(request)
    context = _context(request, round_, headline=heads.headline(), sheet=SHEETS["completeness"](round_, Known()))
    return render(request, "evaluation/insight/home.html", context)


@require_safe
def page(request: HttpRequest, name: str) -> HttpResponse:
    """One page of tables."""
    round_ = _round(request)
    if name not in PAGES:
        raise Http404
    title, keys = PAGES[name]
    known = Known()
    sheets = [SHEETS[key](round_, known) for key in keys]
    context = _context(
        request, round_, here=name, title=title, sheets=sheets, is_demo=any(one.is_demo for one in sheets)
    )
    return render(request, "evaluation/insight/page.html", context)


@require_safe
def download(request: HttpRequest, key: str) -> StreamingHttpResponse:
    """A table as a CSV file. Taking figures away leaves an event."""
    round_ = _round(request)
    if key not in SHEETS or not request.user.has_perm("evaluation.export_results"):
        raise Http404
    head, *rows = SHEETS[key](round_, Known()).lines()
    record_event("results.export", by=request.user, detail={"table": key, "round": str(round_ or "all")})
    return csv_response(f"{key}.csv", head, rows)


@require_safe
def dictionary(request: HttpRequest, key: str) -> StreamingHttpResponse:
    """What each column of a table means, as a CSV file."""
    round_ = _round(request)
    if key not in SHEETS:
        raise Http404
    rows = [(one.key, one.title, one.meaning, one.kind) for one in SHEETS[key](round_, Known()).columns]
    return csv_response(f"{key}-dictionary.csv", ("column", "heading", "meaning", "kind"), rows)


@require_safe
def awards(request: HttpRequest) -> HttpResponse:
    """The awards behind a figure."""
    round_ = _round(request)
    chosen = {name: request.GET.get(name, "") for name in ("place", "cohort", "goal")}
    found = money.behind(round_=round_, **chosen)
    shown = Paginator(found, 50).get_page(request.GET.get("page"))
    context = _context(
        request, round_, page=shown, count=shown.paginator.count, chosen=[one for one in chosen.values() if one]
    )
    return render(request, "evaluation/insight/awards.html", context)
