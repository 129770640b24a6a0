"""Officers' pages of funds, budgets and the ledger."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from communities.core.clock import now
from communities.core.forms import Form
from communities.core.money import MoneyFormField
from communities.core.office import EvidenceTabular, OfficeAdmin, ReadOnlyAdmin, date_column, money_column, two_lines
from communities.core.refusals import kept_on
from grants.funds import operations
from grants.funds.models import Budget, Fund, LedgerEntry
from grants.funds.queries import totals_by_year


class AllocationForm(Form):
    """Money to add to a budget."""

    amount = MoneyFormField(label="How much to add", min_value=1)
    note = forms.CharField(label="Why, and on whose authority", max_length=200)


class BudgetForm(Form):
    """A new budget of a fund."""

    fund = forms.ModelChoiceField(Fund.objects.all(), label="Fund", empty_label="Choose a fund")
    name = forms.CharField(label="Name", max_length=120)
    limit = MoneyFormField(label="How much it holds", min_value=1)


class LedgerInline(EvidenceTabular):
    """What happened to this budget."""

    model = LedgerEntry
    fields = ("at", "kind", "amount", "financial_year", "note", "by")
    related = ("by",)
    readonly_fields = fields


@admin.register(Fund)
class FundAdmin(OfficeAdmin[Fund]):
    """Pots of public money."""

    list_display = ("name", "owner", "cost_code")


@admin.register(Budget)
class BudgetAdmin(ReadOnlyAdmin[Budget]):
    """What can be promised, what is promised, what is paid. Money is added by an operation, never typed over."""

    list_display = (
        "title",
        money_column("limit", "Holds"),
        money_column("committed", "Promised"),
        money_column("paid"),
    )
    list_select_related = ("fund",)
    fields = ("fund", "name", "limit", "committed", "paid")
    inlines = (LedgerInline,)
    change_form_template = "admin/grants/budget/change_form.html"

    @admin.display(description="Budget", ordering="name")
    def title(self, budget: Budget) -> str:
        """Name, and the fund beneath it."""
        return two_lines(budget.name, budget.fund)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Budgets begin here."""
        return self.may(request, "add")

    def get_urls(self) -> list[URLPattern]:
        """The page that adds money."""
        view = self.admin_site.admin_view(self.allocate_view)
        return [path("<int:pk>/allocate/", view, name="grants_budget_allocate"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The budget with its year-end table."""
        budget = self.get_object(request, object_id)
        more = (
            {"years": totals_by_year([budget])[budget.pk], "may_allocate": self.may(request, "change")}
            if budget
            else {}
        )
        return super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Give a fund a budget."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = BudgetForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            with kept_on(form, request):
                operations.open_budget(**form.cleaned_data, by=request.user, at=now())
                return HttpResponseRedirect(reverse("admin:grants_budget_changelist"))
        return self._page(request, "Open a budget", form, reverse("admin:grants_budget_changelist"))

    def allocate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Add money to a budget."""
        budget = self.get_object(request, str(pk))
        if budget is None or not self.may(request, "change"):
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        back, form = reverse("admin:grants_budget_change", args=[pk]), AllocationForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            with kept_on(form, request):
                operations.allocate(budget, **form.cleaned_data, by=request.user, at=now())
                messages.success(request, "Money added.")
                return HttpResponseRedirect(back)
        return self._page(request, "Add money", form, back, budget)

    def _page(
        self, request: HttpRequest, title: str, form: Form, back: str, budget: Budget | None = None
    ) -> HttpResponse:
        context: Mapping[str, Any] = {
            **self.admin_site.each_context(request), "title": title, "opts": self.opts, "form": form, "back": back,
            "object": budget,
        }  # fmt: skip
        return TemplateResponse(request, "admin/step.html", dict(context), status=400 if form.is_bound else 200)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin[LedgerEntry]):
    """The ledger: only ever added to."""

    list_display = ("budget", "kind", money_column("amount"), "financial_year", "note", date_column("at", "When"))
    list_filter = ("kind", "financial_year")
    list_select_related = ("budget",)
