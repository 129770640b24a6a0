"""A public page that says what the fund is for, in the paper's own words and in plain ones."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from communities.framework import queries
from communities.framework.models import NeedWard, Principle


@login_not_required
@require_safe
def purpose(request: HttpRequest) -> HttpResponse:
    """What the fund is for: what may change, for whom, and which figures stand behind it."""
    context = {
        "areas": queries.areas_with_goals(),
        "cohorts": queries.current_cohorts(),
        "principles": Principle.objects.all(),
        "wards": NeedWard.objects.all(),
        "quoted": queries.quoted(),
    }
    return render(request, "communities/framework/purpose.html", context)
