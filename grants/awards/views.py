"""The pages of an award for the group: the offer, yes and no, and one page to print."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from communities.core.clock import now
from communities.core.refusals import Refused, kept_on
from communities.core.sections import assemble
from communities.groups.permissions import member_of
from grants.awards import operations
from grants.awards.forms import AcceptForm, TurnDownForm
from grants.awards.models import AWARD, Award
from grants.awards.queries import clauses, current_version, person_of, signers, standing, why_not_say_yes


def _award(request: HttpRequest, public_id: UUID) -> Award:
    """The award, for people who may see it; nobody else learns that it exists."""
    found = Award.objects.visible_to(request.user)
    rows = found.select_related("group", "application__tier", "application__round", "held_by", "place")
    return get_object_or_404(rows, public_id=public_id)


def _own(request: HttpRequest, public_id: UUID) -> Award:
    """An award of one's own group: the council's staff answer for nobody here, but write down answers in the office."""
    rows = Award.objects.filter(pk__in=Award.objects.filter(member_of(request.user, "group__")).values("pk"))
    return get_object_or_404(
        rows.select_related("group", "application__tier", "application__round", "held_by", "place"), public_id=public_id
    )


@require_GET
def awards(request: HttpRequest) -> HttpResponse:
    """Everything the person's groups were ever offered."""
    found = Award.objects.visible_to(request.user).select_related("group").order_by("-offered_at", "-pk")
    return render(request, "grants/awards/awards.html", {"awards": found})


@require_GET
def award(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One award: where it stands and what comes next, from every room."""
    found = _award(request, public_id)
    parts = assemble("award", [found], request.user)[found.pk]
    return render(request, "grants/awards/award.html", {"award": found, "parts": parts})


@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Read the agreement and say yes."""
    at, found = now(), _own(request, public_id)
    form = AcceptForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with kept_on(form, request):
            return _say_yes(request, found, at)
    context = _agreement(found) | {"form": form, "why_not": "" if form.is_bound else _why_not(request, found)}
    status = 409 if form.is_bound and form.non_field_errors() else 400 if form.errors else 200
    return render(request, "grants/awards/accept.html", context, status=status)


def _say_yes(request: HttpRequest, found: Award, at: object) -> HttpResponse:
    person = person_of(request.user)
    if person is None:
        raise Refused("We do not know who you are yet.", "Tell us your name first, on your own page.", status=403)
    agreed = operations.accept(found, person=person, by=request.user, at=at)  # type: ignore[arg-type]
    if agreed.status == Award.Status.ACCEPTED:
        messages.success(request, "Agreed: two of you have said yes. We have sent everybody a copy.")
    else:
        messages.success(request, "Thank you. One more person has to say yes, and we have written to those who can.")
    return redirect("awards:award", public_id=found.public_id)


def _why_not(request: HttpRequest, found: Award) -> str:
    """The sentence instead of the box to tick, where this person cannot say yes."""
    person = person_of(request.user)
    if found.status != Award.Status.OFFERED:
        return f"This offer is already “{found.get_status_display()}”."
    return why_not_say_yes(found, person, standing(found)) if person else "Only people of the group can say yes."


def _agreement(found: Award) -> dict[str, object]:
    version = current_version(found)
    return {"award": found, "version": version, "clauses": clauses(version.agreement)}


@require_http_methods(["GET", "POST"])
def turn_down(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say no to an offer, after a moment's thought."""
    at, found = now(), _own(request, public_id)
    if request.method != "POST":
        AWARD.ready("turn_down", found)
    form = TurnDownForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with kept_on(form, request):
            operations.turn_down(found, reason=form.cleaned_data["reason"], by=request.user, at=at)
            messages.success(request, "The offer is turned down. Thank you for telling us.")
            return redirect("awards:award", public_id=found.public_id)
    status = 409 if form.is_bound and form.non_field_errors() else 400 if form.errors else 200
    return render(request, "grants/awards/turn_down.html", {"award": found, "form": form}, status=status)


@require_GET
def agreement(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The agreement to read, to print, and to sign on paper."""
    found = _award(request, public_id)
    return render(request, "grants/awards/agreement.html", _agreement(found) | {"signers": signers(found)})


@require_GET
def summary(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One page for the committee: asked, given, spent, still to do, by when, whom to ring."""
    found = _award(request, public_id)
    parts = assemble("award_summary", [found], request.user)[found.pk]
    rows = [row for part in parts for row in part.value.get("facts", ())]
    to_do = [row for part in parts for row in part.value.get("to_do", ())]
    return render(request, "grants/awards/summary.html", {"award": found, "facts": rows, "to_do": to_do})
