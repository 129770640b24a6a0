"""The treasurer's book: plan, actual, remaining; what was bought; sending it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from communities.core.clock import now
from communities.core.events import Moment
from communities.core.files import store
from communities.core.refusals import kept_on
from grants.spending import operations
from grants.spending.forms import ExpenditureForm, SendForm, TotalForm
from grants.spending.lifecycle import OPEN, is_open
from grants.spending.models import SpendingReturn
from grants.spending.queries import balance, bought, by_total


def _spending(request: HttpRequest, public_id: UUID) -> SpendingReturn:
    """The record of an award, for people who may see it."""
    rows = SpendingReturn.objects.visible_to(request.user).select_related("award__group", "award__application__tier")
    return get_object_or_404(rows, award__public_id=public_id)


def _book(request: HttpRequest, public_id: UUID) -> SpendingReturn:
    """The record of an award, for people who write in it."""
    rows = SpendingReturn.objects.allowed_to(request.user, "grants.change_spendingreturn")
    return get_object_or_404(
        rows.select_related("award__group", "award__application__tier"), award__public_id=public_id
    )


def _status(form: Form) -> int:
    return 409 if form.is_bound and form.non_field_errors() else 400 if form.errors else 200


@require_http_methods(["GET", "POST"])
def spending(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The whole record. For a micro award this page is all there is to fill in."""
    at, book = now(), _spending(request, public_id)
    initial = {"total": book.total, "as_planned": book.as_planned, "note": book.note}
    form: Form = SendForm(initial=initial)
    if by_total(book.award):
        form = TotalForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and by_total(book.award) and form.is_valid():
        with kept_on(form, request):
            operations.save_total(book, **form.cleaned_data, by=request.user, at=at)
            messages.success(request, "Saved. Look at it once more, then send it.")
            return redirect("spending:check", public_id=public_id)
    return render(
        request, "grants/spending/spending.html", _context(request, book) | {"form": form}, status=_status(form)
    )


def _context(request: HttpRequest, book: SpendingReturn) -> dict[str, Any]:
    return {
        "spending": book,
        "award": book.award,
        "balance": balance(book),
        "items": list(bought(book)),
        "by_total": by_total(book.award),
        "may_write": book.status in OPEN and request.user.has_perm("grants.change_spendingreturn", book),
    }


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down one thing that was bought."""
    at, book = now(), _book(request, public_id)
    if request.method != "POST":
        is_open.insist(book, Moment(request.user, at))
    form = ExpenditureForm(*((request.POST, request.FILES) if request.method == "POST" else ()), spending=book)
    if request.method == "POST" and form.is_valid():
        with kept_on(form, request):
            typed = dict(form.cleaned_data)
            upload = typed.pop("receipt")
            receipt = store(upload, by=request.user, at=at, kind="receipt") if upload else None
            operations.add_expenditure(book, **typed, receipt=receipt, by=request.user, at=at)
            messages.success(request, f"Written down: {typed['description']}.")
            return redirect("spending:add" if "another" in request.POST else "spending:spending", public_id=public_id)
    return render(request, "grants/spending/add.html", {"award": book.award, "form": form}, status=_status(form))


@require_POST
def remove(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """Take something out of the record again."""
    book = _book(request, public_id)
    item = get_object_or_404(bought(book), pk=number)
    operations.remove_expenditure(item, by=request.user, at=now())
    messages.success(request, f"Taken out: {item.description}.")
    return redirect("spending:spending", public_id=public_id)


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Look at it once more and send it."""
    at, book = now(), _book(request, public_id)
    form = SendForm(request.POST if request.method == "POST" else None, initial={"note": book.note})
    if request.method == "POST" and form.is_valid():
        with kept_on(form, request):
            note = None if by_total(book.award) else form.cleaned_data["note"]
            operations.submit(book, note=note, by=request.user, at=at)
            messages.success(request, "Sent. Thank you: we look at it and write to you.")
            return redirect("awards:award", public_id=public_id)
    return render(request, "grants/spending/check.html", _context(request, book) | {"form": form}, status=_status(form))
