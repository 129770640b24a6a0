"""Bank details: the page where a group's treasurer gives them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from communities.core.clock import now
from communities.core.files import store
from communities.core.lifecycle import unit
from communities.core.refusals import kept_on
from communities.groups.models import Group
from communities.groups.queries import accountable_body
from grants.payments import operations
from grants.payments.forms import AccountForm, StatementForm
from grants.payments.queries import verified_account, waiting_account


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say where the group's money goes, look at it once more, save it; or see what we have: the last four digits.

    Between the two pages the numbers travel in the form alone: they are kept nowhere before they are encrypted.
    """
    at = now()
    group = get_object_or_404(Group.objects.allowed_to(request.user, "grants.enter_group_account"), public_id=public_id)
    posted = request.method == "POST"
    form = AccountForm(request.POST if posted else None)
    if not posted or "change" in request.POST or not form.is_valid():
        return _ask(request, group, form)
    statement = StatementForm(*((request.POST, request.FILES) if "save" in request.POST else ()))
    if statement.is_bound and statement.is_valid():
        with kept_on(statement, request):
            _enter(request, group, form.cleaned_data | statement.cleaned_data, at)
            return redirect("payments:account", public_id=group.public_id)
    context = {"group": group, "typed": form, "form": statement}
    status = 409 if statement.is_bound and statement.non_field_errors() else 400 if statement.errors else 200
    return render(request, "grants/payments/check.html", context, status=status)


def _ask(request: HttpRequest, group: Group, form: AccountForm) -> HttpResponse:
    wrong = form.is_bound and not form.is_valid()
    context = {
        "group": group,
        "form": form,
        "body": accountable_body(group),
        "verified": verified_account(group),
        "waiting": waiting_account(group),
        "asked": form.is_bound or "change" in request.GET,
    }
    return render(request, "grants/payments/account.html", context, status=400 if wrong else 200)


def _enter(request: HttpRequest, group: Group, typed: dict[str, Any], at: datetime) -> None:
    upload = typed["statement"]
    with unit():
        statement = store(upload, by=request.user, at=at, kind="bank_statement") if upload else None
        operations.enter_account(
            group,
            name_on_account=typed["name_on_account"],
            sort_code=typed["sort_code"],
            account_number=typed["account_number"],
            roll_number=typed["account_roll_number"],
            statement=statement,
            by=request.user,
            at=at,
        )
    messages.success(request, "Thank you. We check these details by a call before we use them.")
