"""Bank details: the page where a group's treasurer gives them."""

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
from communities.core.refusals import kept_on
from communities.groups.models import Group
from communities.groups.queries import accountable_body
from grants.payments import operations
from grants.payments.forms import AccountForm
from grants.payments.queries import verified_account, waiting_account


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say where the group's money goes, or see what we have: the last four digits."""
    at = now()
    group = get_object_or_404(Group.objects.allowed_to(request.user, "grants.enter_group_account"), public_id=public_id)
    form = AccountForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        with kept_on(form, request):
            _enter(request, group, form.cleaned_data, at)
            return redirect("payments:account", public_id=group.public_id)
    context = {
        "group": group,
        "form": form,
        "body": accountable_body(group),
        "verified": verified_account(group),
        "waiting": waiting_account(group),
        "asked": form.is_bound or "change" in request.GET,
    }
    status = 409 if form.is_bound and form.non_field_errors() else 400 if form.errors else 200
    return render(request, "grants/payments/account.html", context, status=status)


def _enter(request: HttpRequest, group: Group, typed: dict[str, Any], at: Any) -> None:
    upload = typed["statement"]
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
