"""The miniature's pages in the office."""

from django import forms
from django.contrib import admin

from communities.core.casework import LifecycleAdmin, StepAction
from communities.core.forms import Form
from communities.core.office import EvidenceTabular, OfficeAdmin, RuledFilter, money_column, status_column, two_lines
from communities.core.permissions import office
from tests.sample import operations
from tests.sample.models import BID, Bid, Entry, Pot

OFFICERS = ("officer",)
office(Pot, view=OFFICERS, change=OFFICERS, add=OFFICERS)
office(Entry, view=OFFICERS)


class FundForm(Form):
    amount = forms.DecimalField(label="How much?")
    reason = forms.CharField(label="Why?")


class EntryInline(EvidenceTabular):
    model = Entry


@admin.register(Pot)
class PotAdmin(OfficeAdmin[Pot]):
    list_display = ("__str__", money_column("limit"), "is_open")
    list_filter = ("is_open",)
    search_fields = ("pk",)
    inlines = (EntryInline,)


@admin.register(Bid)
class BidAdmin(LifecycleAdmin[Bid]):
    lifecycle = BID
    list_display = ("bid", money_column("amount", "Asked"), status_column())
    list_filter = ("status", ("pot", RuledFilter))
    search_fields = ("title",)
    search_help_text = "Search by title"
    autocomplete_fields = ("pot",)
    steps = {
        "fund": StepAction(operations.fund, form=FundForm, label="Fund it"),
        "decline": StepAction(operations.decline, reason=True, label="Decline", look="warning"),
    }

    @admin.display(description="Bid", ordering="title")
    def bid(self, row):
        return two_lines(row.title, f"Bid {row.pk}", row.owner)

    def facts(self, row, request):
        return [{"label": "Asked for", "value": f"£{row.amount}"}]
