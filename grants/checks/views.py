"""The group's page to answer a question about its bid."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from communities.core.clock import now
from communities.core.refusals import kept_on
from communities.people.models import User
from grants.applications.models import Application
from grants.applications.queries import own_bids, task_list
from grants.checks.forms import AnswerForm
from grants.checks.operations.requests import answer_request
from grants.checks.queries.cases import open_request


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What was asked, the parts that are open, and a reply: sent together, they are the next copy of the bid."""
    user = cast("User", request.user)
    bid = get_object_or_404(own_bids(user), public_id=public_id)
    asked = open_request(bid)
    if asked is None:
        return redirect(bid)
    form = AnswerForm(request.POST or None, must_reply=not asked.sections)
    may_send = user.has_perm("grants.answer_application", bid)
    if request.method == "POST" and form.is_valid():
        with kept_on(form, request):
            answer_request(asked, reply=form.cleaned_data["reply"], by=user, at=now())
            messages.success(request, "Your answer is sent. Thank you: we go on with your bid.")
            return redirect(bid)
    context = {"bid": bid, "asked": asked, "form": form, "tasks": _tasks(bid), "may_send": may_send}
    return render(request, "grants/checks/answer.html", context, status=400 if form.is_bound else 200)


def _tasks(bid: Application) -> list[dict[str, str]]:
    """The open parts, each with its page."""
    return [
        {
            "title": task.title,
            "status": task.status,
            "colour": task.colour,
            "hint": task.hint,
            "href": reverse("applications:section", args=[bid.public_id, task.section]),
        }
        for task in (task_list(bid) if bid.open_sections else [])
    ]
