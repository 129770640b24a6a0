"""Public pages: the priority places, a postcode check that needs no account, and where the figures come from."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from communities.core.sections import assemble
from communities.places import queries
from communities.places.forms import PostcodeForm
from communities.places.models import Dataset, PriorityPlace, Publication


@login_not_required
@require_safe
def place_list(request: HttpRequest) -> HttpResponse:
    """The priority places in the paper's own order. No figures here: this is no league table."""
    return render(request, "communities/places/list.html", {"places": queries.current_places()})


@login_not_required
@require_safe
def place(request: HttpRequest, code: str) -> HttpResponse:
    """One place: what people do there, where it is, and what official figures say, each with its release."""
    found = get_object_or_404(PriorityPlace.objects.visible_to(request.user), code=code.upper(), archived_on=None)
    current = next(each for each in queries.current_places() if each.pk == found.pk)
    context = {
        "place": current,
        "definition": queries.boundary(current),
        "facts": queries.place_facts(current),
        "parts": assemble("place", [current], request.user)[current.pk],
    }
    return render(request, "communities/places/place.html", context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Say whether a postcode is in a priority place, as far as we can. Nothing typed here is kept."""
    form = PostcodeForm(request.POST or None)
    found = queries.lookup(form.cleaned_data["postcode"]) if request.method == "POST" and form.is_valid() else None
    status = 400 if form.is_bound and not form.is_valid() else 200
    return render(request, "communities/places/check.html", {"form": form, "found": found}, status=status)


@login_not_required
@require_safe
def about_data(request: HttpRequest) -> HttpResponse:
    """Where every figure comes from, under which licence, and which ones have not been loaded."""
    releases = Dataset.objects.visible_to(request.user).filter(withdrawn_at=None)
    there = {(each.kind, each.release) for each in releases}
    context = {
        "loaded": [each for each in releases if not each.is_demo],
        "made_up": [each for each in releases if each.is_demo],
        "absent": [each for each in Publication.objects.all() if (each.kind, each.release) not in there],
    }
    return render(request, "communities/places/data.html", context)
