"""Public pages of the rounds: no account is needed to see what is on offer and whether it fits."""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from communities.core.clock import now
from communities.core.sections import assemble
from communities.places.queries import lookup
from grants.rounds import queries
from grants.rounds.forms import quiz_form, verdict
from grants.rounds.models import Question, Round


def _round(request: HttpRequest, public_id: UUID) -> Round:
    return get_object_or_404(Round.objects.visible_to(request.user).select_related("terms"), public_id=public_id)


@login_not_required
def front(request: HttpRequest) -> HttpResponse:
    """The front page: what the fund is, and the rounds that are open or coming."""
    at = now()
    return render(
        request,
        "grants/rounds/front.html",
        {"open_rounds": queries.with_sizes(queries.open_rounds(at)), "coming_rounds": queries.coming_rounds(at)},
    )


@login_not_required
def rounds(request: HttpRequest) -> HttpResponse:
    """All rounds that were ever published: open, coming, closed."""
    at = now()
    return render(
        request,
        "grants/rounds/rounds.html",
        {
            "open_rounds": queries.with_sizes(queries.open_rounds(at)),
            "coming_rounds": queries.coming_rounds(at),
            "closed_rounds": queries.closed_rounds(at)[:50],
        },
    )


@login_not_required
def round_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One round: dates, money, places, and the way in."""
    round_ = _round(request, public_id)
    places, cohorts = queries.of_published(round_.terms, ("for", round_.pk), lambda: queries.meant_for(round_))
    return render(
        request,
        "grants/rounds/round.html",
        {
            "round": round_,
            "places": places,
            "cohorts": cohorts,
            "tiers": queries.of_published(round_.terms, "sizes", lambda: queries.open_tiers(round_.terms)),
            "is_open": round_.opens_at <= now() <= round_.closes_at and round_.status == Round.Status.PUBLISHED,
            "has_closed": round_.closes_at < now(),
            "parts": assemble("round", [round_], request.user)[round_.pk],
        },
    )


@login_not_required
def questions(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Every question of the bid and the report by tier, and how bids are scored: to read and print before starting."""
    round_ = _round(request, public_id)
    terms = round_.terms
    asked = queries.of_published(terms, "questions", lambda: queries.questions_by_stage(terms))
    return render(
        request,
        "grants/rounds/questions.html",
        {
            "round": round_,
            "questions": asked[Question.Stage.APPLY],
            "report_questions": asked[Question.Stage.REPORT],
            "criteria": queries.of_published(terms, "rubric", lambda: list(queries.rubric(terms))),
        },
    )


@login_not_required
def quiz(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Eight questions that save a wasted evening. Nothing is stored."""
    round_ = _round(request, public_id)
    form = quiz_form(round_)(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 400 if form.is_bound else 200
        return render(request, "grants/rounds/quiz.html", {"round": round_, "form": form}, status=status)
    postcode = form.cleaned_data.get("postcode")
    found = lookup(postcode) if postcode else None
    context = {"round": round_, "verdict": verdict(form), "found": found}
    return render(request, "grants/rounds/quiz_result.html", context)
