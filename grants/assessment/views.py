"""Pages for panel members: what there is to do, ties, papers, scores."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from communities.core.clock import now
from communities.core.refusals import kept_on
from communities.core.sections import assemble
from communities.framework.models import Principle
from grants.applications.models import Application
from grants.assessment import operations, queries
from grants.assessment.forms import InterestForm, InterestsForm, ScoreForm
from grants.assessment.permissions import seated, sits_on
from grants.rounds.models import Panel

NOT_FOR_SCORERS = ("declaration", "monitoring")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The rounds on whose panel somebody sits, with what each bid asks of them."""
    user: Any = request.user
    chosen = request.GET.get("round", "")
    rounds = [each for each in queries.panels_for(user) if str(each.public_id) == chosen or not chosen]
    if not rounds:
        raise Http404
    work = queries.work(user, rounds)
    # each round begins with its first page; the others are pages of one round
    wanted = request.GET.get("page", "1") if chosen else "1"
    pages = {each.pk: Paginator(range(work[each.pk]["total"]), queries.LISTED).get_page(wanted) for each in rounds}
    tasks = queries.listed(user, rounds, pages[rounds[0].pk].number)
    parts = assemble("panel", rounds, user)
    shown = [
        {
            "round": each,
            "parts": parts[each.pk],
            "tasks": tasks[each.pk],
            "page": pages[each.pk],
            "query": f"round={each.public_id}&",
            **work[each.pk],
        }
        for each in rounds
    ]
    return render(request, "grants/assessment/home.html", {"rounds": shown, "chosen": chosen})


@require_http_methods(["GET", "POST"])
def interests(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say what ties one to the bids of a round; one tick does it for all the others."""
    at, user = now(), _member(request)
    panel = get_object_or_404(Panel.objects.filter(sits_on(user)).select_related("round"), round__public_id=public_id)
    bids = list(_declarable(user).filter(round=panel.round).order_by("reference"))
    waiting = [task for task in queries.tasks(user, bids) if task.interest is None]
    asked = queries.matches(user, [task.application for task in waiting])
    form = InterestsForm(request.POST if request.method == "POST" else None, waiting=waiting, asked=asked)
    if request.method == "POST" and form.is_valid():
        with kept_on(form, request):
            rest = form.cleaned_data["none_for_rest"]
            count = operations.declare_interests(panel.round, said=form.said, none_for_rest=rest, by=user, at=at)
            messages.success(request, f"Noted for {count} bid{'' if count == 1 else 's'}.")
            return redirect("panel:home")
    rows = form.rows(queries.people_of([task.application for task in waiting]))
    context = {"form": form, "rows": rows, "round": panel.round}
    return render(request, "grants/assessment/interests.html", context, status=400 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def interest(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say what ties one to one bid, or change what one said."""
    at, user = now(), _member(request)
    bid = get_object_or_404(_declarable(user), public_id=public_id)
    said = queries.interests_of(user, [bid]).get(bid.pk)
    form = InterestForm(
        request.POST if request.method == "POST" else None,
        initial={"kind": said.kind, "detail": said.detail} if said else None,
    )
    if request.method == "POST" and form.is_valid():
        with kept_on(form, request):
            new = operations.declare_interest(bid, **form.cleaned_data, by=user, at=at)
            messages.success(request, f"Noted for {bid.group.name}.")
            return redirect("panel:home") if new.is_out else redirect("panel:bid", bid.public_id)
    context = {
        "form": form,
        "bid": bid,
        "people": queries.people_of([bid])[bid.pk],
        "asked": queries.matches(user, [bid]).get(bid.pk, []),
    }
    return render(request, "grants/assessment/interest.html", context, status=400 if form.is_bound else 200)


@require_safe
def bid(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The papers of a bid, for members who have said that nothing keeps them away."""
    found = _paper(request, public_id)
    [task] = queries.tasks(_member(request), [found])
    return render(request, "grants/assessment/bid.html", {"bid": found, "task": task, **_papers(request, found)})


@require_http_methods(["GET", "POST"])
def scores(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Score all criteria of a bid on one page, save, come back, lock."""
    at, user, found = now(), _member(request), _paper(request, public_id)
    [task] = queries.tasks(user, [found])
    if not task.to_score:
        return redirect("panel:bid", found.public_id)
    final = request.POST.get("act") == "lock"
    criteria = queries.criteria_of(found)
    form = ScoreForm(
        request.POST if request.method == "POST" else None,
        criteria=criteria,
        final=final,
        initial=ScoreForm.initial_of(task.review),
    )
    if request.method == "POST" and form.is_valid():
        with kept_on(form, request):
            words = {name: form.cleaned_data[name] for name in ("overall", "recommendation")}
            operations.give_scores(found, scores=form.scores, **words, final=final, by=user, at=at)
            messages.success(request, "Your scores are locked. Thank you." if final else "Saved. Nobody else sees it.")
            return redirect("panel:bid" if final else "panel:scores", found.public_id)
    context = {"form": form, "bid": found, "principles": Principle.objects.all()}
    return render(request, "grants/assessment/scores.html", context, status=400 if form.is_bound else 200)


def _member(request: HttpRequest) -> Any:
    return request.user


def _declarable(user: Any) -> Any:
    # officers declare in the office, where they go on to decide
    return Application.objects.filter(seated(user)).select_related("group", "round", "tier").distinct()


def _paper(request: HttpRequest, public_id: UUID) -> Application:
    readable = Application.objects.allowed_to(_member(request), "grants.read_papers")
    return get_object_or_404(readable.select_related("group", "tier", "round", "place"), public_id=public_id)


def _papers(request: HttpRequest, found: Application) -> dict[str, Any]:
    sent = found.submissions.order_by("-number").first()
    parts = (sent.content.get("sections") or []) if sent else []
    reviews = queries.scores_of(found, _member(request))
    return {
        "sent": sent,
        "sections": [each for each in parts if each.get("section") not in NOT_FOR_SCORERS],
        "lines": found.lines.all(),
        "reviews": [each for each in reviews if each.locked_at],
    }
