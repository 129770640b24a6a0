"""The desks of finance and of those who approve: bank details, payments, batches, the year's end."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache

from communities.core.casework import LifecycleAdmin, StepAction
from communities.core.clock import now, today
from communities.core.dates import financial_year
from communities.core.money import pounds
from communities.core.office import date_column, money_column, status_column, two_lines
from communities.core.refusals import kept_on
from grants.funds.models import Budget
from grants.funds.queries import totals_by_year
from grants.payments import operations
from grants.payments.forms import BatchForm, FailedForm, PaidForm, RejectForm, RevealForm, VerifyForm
from grants.payments.models import PAYEE_ACCOUNT, PAYMENT, PAYMENT_BATCH, PayeeAccount, Payment, PaymentBatch
from grants.payments.queries import in_transit_at, total, year_end


@admin.register(PayeeAccount)
class PayeeAccountAdmin(LifecycleAdmin[PayeeAccount]):
    """Bank details, masked. Finance checks them by a call; the full numbers are shown on a page of their own."""

    lifecycle = PAYEE_ACCOUNT
    page = "payee_account"
    list_display = ("whose", "last_four", "flag", date_column("entered_at", "Entered"), status_column())
    list_filter = ("status",)
    search_fields = ("group__name", "name_on_account", "last_four")
    list_select_related = ("group",)
    steps: ClassVar[Mapping[str, StepAction]] = {
        "verify": StepAction(operations.verify_account, form=VerifyForm),
        "reject": StepAction(operations.reject_account, form=RejectForm, look="warning"),
    }

    @admin.display(description="Group", ordering="group__name")
    def whose(self, account: PayeeAccount) -> str:
        """The group, and the name on the account beneath."""
        return two_lines(account.group, account.name_on_account)

    @admin.display(description="Look at")
    def flag(self, account: PayeeAccount) -> str:
        """Why it needs more than a glance."""
        return account.trouble or "–"

    def caption(self, row: PayeeAccount) -> str:
        """Whose they are."""
        return f"Bank details of {row.group}"

    def standing(self, row: PayeeAccount) -> str:
        """Who entered them, and who checked them."""
        checked = f"; checked by {row.verified_by} on a call to {row.call_number} with {row.call_spoke_to}"
        return f"entered by {row.entered_by}" + (checked if row.verified_by else "")

    def facts(self, row: PayeeAccount, request: HttpRequest) -> Sequence[Mapping[str, Any]]:
        """What can be compared without seeing the numbers."""
        return [
            {"label": "Name on the account", "value": row.name_on_account},
            {"label": "Group", "value": row.group.name},
            {"label": "Account ends in", "value": row.last_four},
            {"label": "Supplier number", "value": row.supplier_number},
        ]

    def links(self, row: PayeeAccount, request: HttpRequest) -> Sequence[Mapping[str, Any]]:
        """Finance can see the full numbers; everybody who may look can open the statement."""
        found = []
        if request.user.has_perm("grants.reveal_payeeaccount", row):
            found.append(
                {"text": "See the full details", "href": reverse("admin:grants_payeeaccount_full", args=[row.pk])}
            )
        if row.statement is not None:
            found.append({"text": "Open the statement", "href": row.statement.get_absolute_url()})
        return found

    def get_urls(self) -> list[URLPattern]:
        """One page more: the full details."""
        view = never_cache(self.admin_site.admin_view(self.full_view))
        return [path("<path:object_id>/full/", view, name="grants_payeeaccount_full"), *super().get_urls()]

    def full_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask why, then show the full numbers once. Each time is an event."""
        row = self._row(request, object_id)
        if not request.user.has_perm("grants.reveal_payeeaccount", row):
            raise Http404
        form = RevealForm(request.POST if request.method == "POST" else None)
        details = None
        if request.method == "POST" and form.is_valid():
            with kept_on(form, request):
                details = operations.reveal(row, reason=form.cleaned_data["reason"], by=request.user, at=now())
        context = {
            **self.admin_site.each_context(request),
            "title": "Full bank details",
            "opts": self.opts,
            "object": row,
            "form": form,
            "details": details,
            "back": reverse("admin:grants_payeeaccount_change", args=[row.pk]),
        }
        return TemplateResponse(request, "grants/payments/full.html", context, status=400 if form.errors else 200)


class DeskFilter(admin.SimpleListFilter):
    """Whose turn it is."""

    title = "whose turn"
    parameter_name = "desk"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The desks."""
        return [("officer", "An officer approves"), ("finance", "Finance"), ("late", "Past the day it is due")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """The payments that lie there."""
        status, delegated = Payment.Status, models.Q(award__application__tier__route="delegated")
        open_ = models.Q(status__in=(status.SCHEDULED, status.FAILED))
        if self.value() == "officer":
            return queryset.filter(open_).exclude(delegated)
        if self.value() == "finance":
            return queryset.filter(models.Q(status=status.APPROVED) | (open_ & delegated))
        if self.value() == "late":
            return queryset.filter(due_on__lt=today()).exclude(status__in=(status.PAID, status.CANCELLED))
        return queryset


@admin.register(Payment)
class PaymentAdmin(LifecycleAdmin[Payment]):
    """Every payment: planned, approved, on its way, paid or sent back."""

    lifecycle = PAYMENT
    page = "payment"
    change_list_template = "grants/payments/payment_list.html"
    list_display = (
        "whom",
        money_column("amount"),
        date_column("due_on", "Due"),
        date_column("paid_on", "Paid"),
        status_column(),
    )
    list_filter = (DeskFilter, "status")
    search_fields = ("award__reference", "award__group__name", "bank_reference")
    list_select_related = ("award__group",)
    steps: ClassVar[Mapping[str, StepAction]] = {
        "approve": StepAction(operations.approve),
        "mark_paid": StepAction(operations.mark_paid, form=PaidForm),
        "mark_failed": StepAction(operations.mark_failed, form=FailedForm, look="secondary"),
        "cancel": StepAction(operations.cancel, reason=True, look="warning"),
    }

    @admin.display(description="Payment", ordering="award__group__name")
    def whom(self, payment: Payment) -> str:
        """The group; reference and number beneath."""
        return two_lines(payment.award.group, f"{payment.award.reference}/{payment.number}")

    def caption(self, row: Payment) -> str:
        """Its reference."""
        return f"{row.award.reference}/{row.number} · {row.award.group}"

    def standing(self, row: Payment) -> str:
        """Why the bank sent it back, where it did."""
        return row.failure

    def facts(self, row: Payment, request: HttpRequest) -> Sequence[Mapping[str, Any]]:
        """What matters before the button is pressed."""
        award = reverse("admin:grants_award_change", args=[row.award_id])
        return [
            {"label": "Amount", "value": pounds(row.amount)},
            {"label": "Award", "value": row.award.title, "href": award},
            {"label": "Due", "value": f"{row.due_on:%-d %B %Y}", "note": row.get_trigger_display().lower()},
            {"label": "Paid", "value": f"{row.paid_on:%-d %B %Y}" if row.paid_on else "", "note": row.bank_reference},
        ]

    def get_urls(self) -> list[URLPattern]:
        """One page more: the year's end."""
        view = self.admin_site.admin_view(self.year_view)
        return [path("year-end/", view, name="grants_payment_year"), *super().get_urls()]

    def year_view(self, request: HttpRequest) -> HttpResponse:
        """By budget and year: allocated, promised, paid, on its way at 31 March, carried forward."""
        if not request.user.has_perm("grants.view_budget"):
            raise Http404
        last = financial_year(today()) - 1
        typed = request.GET.get("year", "")
        year = int(typed) if typed.isdecimal() and len(typed) == 4 else last + 1
        transit = in_transit_at(min(year_end(year), now()))
        budgets = Budget.objects.visible_to(request.user).select_related("fund")
        years = totals_by_year(budgets)
        context = {
            **self.admin_site.each_context(request),
            "title": f"The year {year}-{(year + 1) % 100:02d}",
            "opts": self.opts,
            "budgets": [(budget, years[budget.pk]) for budget in budgets],
            "transit": transit,
            "transit_total": total(transit),
            "ends": year_end(year) < now(),
            "years": [last - 1, last, last + 1],
            "year": year,
        }
        return TemplateResponse(request, "grants/payments/year.html", context)


@admin.register(PaymentBatch)
class PaymentBatchAdmin(LifecycleAdmin[PaymentBatch]):
    """Payments that go to the council's finance system in one file."""

    lifecycle = PAYMENT_BATCH
    page = "payment_batch"
    change_list_template = "grants/payments/batch_list.html"
    list_display = ("name", money_column("total"), "count", date_column("prepared_at", "Prepared"), status_column())
    list_filter = ("status",)
    search_fields = ("reference",)
    list_select_related = ("prepared_by",)
    steps: ClassVar[Mapping[str, StepAction]] = {
        "approve": StepAction(operations.approve_batch),
        "export": StepAction(
            operations.export_batch,
            confirm="The file is made once. Treasurers and leads are told by e-mail that their money is on its way.",
        ),
        "cancel": StepAction(operations.cancel_batch, reason=True, look="warning"),
    }
    acts: ClassVar[Mapping[str, StepAction]] = {
        "paid": StepAction(
            operations.mark_batch_paid,
            form=PaidForm,
            label="Mark all that are on their way as paid",
            who="grants.export_paymentbatch",
            done="Marked as paid",
        )
    }

    @admin.display(description="Batch", ordering="reference")
    def name(self, batch: PaymentBatch) -> str:
        """Its number; who prepared it beneath."""
        return two_lines(batch.reference, f"prepared by {batch.prepared_by}")

    def caption(self, row: PaymentBatch) -> str:
        """Who prepared and who approved it."""
        approved = f" · approved by {row.approved_by}" if row.approved_by else ""
        return f"Prepared by {row.prepared_by}{approved}"

    def facts(self, row: PaymentBatch, request: HttpRequest) -> Sequence[Mapping[str, Any]]:
        """What is compared with the finance system."""
        found: list[Mapping[str, Any]] = [
            {"label": "Control total", "value": f"£{row.total:,.2f}"},
            {"label": "Payments", "value": str(row.count)},
        ]
        if row.digest:
            marks = format_html(
                '<span class="app-mark">{}</span>', " ".join(row.digest[n : n + 8] for n in range(0, 64, 8))
            )
            found.append({"label": "Mark of the file (SHA-256)", "value": marks})
        return found

    def links(self, row: PaymentBatch, request: HttpRequest) -> Sequence[Mapping[str, Any]]:
        """The file, again and again the same."""
        if not row.digest or not request.user.has_perm("grants.export_paymentbatch", row):
            return []
        return [{"text": "Download the payment file", "href": reverse("admin:grants_paymentbatch_file", args=[row.pk])}]

    def _acts(self, request: HttpRequest, row: PaymentBatch) -> list[dict[str, Any]]:
        under_way = row.payments.filter(status=Payment.Status.IN_TRANSIT).exists()
        return super()._acts(request, row) if under_way else []

    def get_urls(self) -> list[URLPattern]:
        """Two pages more: preparing a batch, and its file."""
        wrap = self.admin_site.admin_view
        return [
            path("prepare/", wrap(self.prepare_view), name="grants_paymentbatch_prepare"),
            path("<path:object_id>/file/", never_cache(wrap(self.file_view)), name="grants_paymentbatch_file"),
            *super().get_urls(),
        ]

    def prepare_view(self, request: HttpRequest) -> HttpResponse:
        """Choose what goes together."""
        if not request.user.has_perm("grants.prepare_paymentbatch"):
            raise Http404
        form = BatchForm(request.POST if request.method == "POST" else None)
        form.initial = {"payments": [each.pk for each in form.ready]}
        if request.method == "POST" and form.is_valid():
            with kept_on(form, request):
                chosen = list(form.cleaned_data["payments"])
                batch = operations.prepare_batch(payments=chosen, by=request.user, at=now())
                messages.success(request, "Batch prepared. A senior officer approves it next.")
                return HttpResponseRedirect(self._address("change", batch.pk))
        context = {
            **self.admin_site.each_context(request),
            "title": "Prepare a batch",
            "opts": self.opts,
            "form": form,
            "ready": form.ready,
            "total": total(form.ready),
        }
        status = 409 if form.is_bound and form.non_field_errors() else 400 if form.errors else 200
        return TemplateResponse(request, "grants/payments/prepare.html", context, status=status)

    def file_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give the file to finance."""
        row = self._row(request, object_id)
        content = operations.batch_file(row, by=request.user, at=now())
        response = HttpResponse(content, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{row.reference}.csv"'
        response["X-Content-Type-Options"] = "nosniff"
        return response
