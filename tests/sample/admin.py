"""The miniature's pages in the office."""

from django import forms
from django.contrib import admin
from django.db.models import Q

from communities.core.casework import LifecycleAdmin, StepAction
from communities.core.exports import DataAdmin, Resource
from communities.core.forms import Form
from communities.core.money import MoneyFormField
from communities.core.office import (
    EvidenceTabular,
    OfficeAdmin,
    OfficeStacked,
    OfficeTabular,
    RuledFilter,
    date_column,
    money_column,
    status_column,
    two_lines,
)
from communities.core.permissions import office, permission
from tests.sample import operations
from tests.sample.models import BID, Bid, Entry, Pot, Room, Venue

OFFICERS = ("officer",)
office(Pot, view=OFFICERS, change=OFFICERS, add=OFFICERS)
office(Entry, view=OFFICERS)
office(Venue, view=(*OFFICERS, "finance"), change=OFFICERS, add=OFFICERS)
office(Room, view=(*OFFICERS, "finance"), change=OFFICERS, add=OFFICERS, delete=OFFICERS)


@permission("sample.export_venue", Venue, "Officers", roles=OFFICERS)
@permission("sample.import_venue", Venue, "Officers", roles=OFFICERS)
def may_move_rows(user):
    return Q(pk__in=[])


class FundForm(Form):
    amount = MoneyFormField(label="Amount")
    reason = forms.CharField(label="Reason")


class EntryInline(EvidenceTabular):
    model = Entry


class RoomInline(OfficeTabular):
    model = Room
    extra = 1


class RoomDetails(OfficeStacked):
    model = Room
    verbose_name_plural = "rooms in full"


class VenueResource(Resource):
    class Meta:
        model = Venue
        fields = ("id", "name", "rent", "seats", "about")


@admin.register(Pot)
class PotAdmin(OfficeAdmin[Pot]):
    list_display = ("__str__", money_column("limit"), "is_open")
    inlines = (EntryInline,)


@admin.register(Bid)
class BidAdmin(LifecycleAdmin[Bid]):
    page = "sample"
    lifecycle = BID
    list_display = ("bid", money_column("amount", "Asked"), status_column())
    list_select_related = ("owner",)
    list_filter = ("status", ("pot", RuledFilter))
    search_fields = ("title",)
    search_help_text = "Search by title"
    steps = {
        "fund": StepAction(operations.fund, form=FundForm, label="Fund it"),
        "decline": StepAction(operations.decline, reason=True, label="Decline", look="warning"),
        "send": StepAction(operations.send),
    }

    @admin.display(description="Bid", ordering="title")
    def bid(self, row):
        return two_lines(row.title, f"Bid {row.pk}", row.owner)

    def facts(self, row, request):
        return [{"label": "Asked for", "value": f"£{row.amount}"}, {"label": "Pot", "value": row.pot}]


@admin.register(Venue)
class VenueAdmin(DataAdmin[Venue]):
    resource_classes = (VenueResource,)
    list_display = ("name", "kind", money_column("rent"), date_column("opens"), "is_open")
    list_filter = ("kind", ("best", RuledFilter), "is_open")
    date_hierarchy = "opens"
    search_fields = ("name",)
    autocomplete_fields = ("best",)
    inlines = (RoomInline, RoomDetails)
    actions = ("close",)

    @admin.action(description="Close")
    def close(self, request, queryset):
        queryset.update(is_open=False)
