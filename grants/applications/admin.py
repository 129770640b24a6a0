"""The officers' queue of bids, and the one page of each case. Later rooms add their buttons, links and parts."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.text import smart_split

from communities.core.casework import LifecycleAdmin, StepAction
from communities.core.clock import today
from communities.core.dates import add_working_days, working_days_between
from communities.core.events import Entry, record_event, timeline
from communities.core.exports import csv_response, xlsx_response
from communities.core.office import RuledFilter, date_column, money_column, status_column, two_lines
from communities.core.refusals import Refused
from communities.people.models import User
from communities.templatetags.govuk import day, money
from grants.applications.models import APPLICATION, Application
from grants.applications.queries import with_word
from grants.applications.queries.sheet import BidSheet

S = Application.Status
UNSENT = (S.DRAFT, S.LAPSED)
ENDED = (S.DECIDED, S.INELIGIBLE, S.WITHDRAWN, S.LAPSED)
TAKEN = ("application.begin_check", "application.assign")
SOON = 5
MOST_IN_EXCEL = 2000  # a workbook is made whole before it is sent; a CSV file is sent row by row


class StatusFilter(admin.SimpleListFilter):
    """How bids stand. Those that were never sent are kept out of sight until they are asked for."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every state."""
        return [(str(value), str(label)) for value, label in S.choices]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """The first says what is shown without a choice."""
        for number, choice in enumerate(super().choices(changelist)):
            yield choice if number else {**choice, "display": "All that were sent"}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application]:
        """Bids in that state, or all that were sent."""
        return queryset.filter(status=self.value()) if self.value() else queryset.exclude(status__in=UNSENT)


class OfficerFilter(admin.SimpleListFilter):
    """Whose desk a bid is on."""

    title = "with"
    parameter_name = "officer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Me, nobody, and the others who check bids."""
        # asked of each of the staff, not gathered from all bids there ever were
        officers = User.objects.filter(Exists(Application.objects.filter(officer=OuterRef("pk"))), is_staff=True)
        others = [(str(each.pk), str(each)) for each in officers if each.pk != request.user.pk]
        return [("me", "Me"), ("nobody", "Nobody yet"), *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application]:
        """Bids on that desk."""
        chosen = self.value()
        if chosen is None:
            return queryset
        known = {"me": Q(officer=request.user.pk), "nobody": Q(officer=None)}
        return queryset.filter(known.get(chosen) or Q(officer=chosen if chosen.isdecimal() else None))


class DueFilter(admin.SimpleListFilter):
    """How near the promised answer is."""

    title = "answer"
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Late, or soon to be."""
        return [("late", "Late"), ("soon", f"Promised within {SOON} working days")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application]:
        """Bids still waiting for an answer, by its day."""
        now, waiting = today(), queryset.exclude(status__in=ENDED)
        if self.value() == "late":
            return waiting.filter(answer_due_on__lt=now)
        if self.value() == "soon":
            return waiting.filter(answer_due_on__range=(now, add_working_days(now, SOON)))
        return queryset


class Queue(ChangeList):
    """The list, whose rows lead to the case pages."""

    def url_for_result(self, result: Any) -> str:
        """The case page."""
        return reverse("admin:grants_application_case", args=[result.public_id])


@admin.register(Application)
class ApplicationAdmin(LifecycleAdmin[Application]):
    """Bids that were sent: the queue, and one page for each with everything needed to decide."""

    lifecycle = APPLICATION
    steps: ClassVar[dict[str, StepAction]] = {}  # rooms that perform steps add them here, in the order of the buttons
    acts: ClassVar[dict[str, StepAction]] = {}
    unlisted: ClassVar[set[str]] = set()  # acts that are reached from a part of the page
    actions: list[Any] = []  # what can be done with several bids of the list at once
    reads: ClassVar[list[Any]] = []  # what later rooms want fetched with the case

    change_list_template = "grants/applications/queue.html"
    list_display = (
        "bid",
        "where",
        money_column("requested", "Asked"),
        status_column(),
        date_column("submitted_at", "Sent"),
    )
    list_display_links = ("bid",)
    list_filter = (StatusFilter, OfficerFilter, DueFilter, ("place", RuledFilter), ("round", RuledFilter))
    list_select_related = ("group", "place")
    search_fields = ("reference", "title", "group__name")
    search_help_text = "Search by reference, title or group"
    ordering = ("-submitted_at", "-pk")

    @admin.display(description="Bid", ordering="title")
    def bid(self, bid: Application) -> SafeString:
        """Title; beneath it the reference and the group."""
        return two_lines(bid, bid.reference, bid.group)

    @admin.display(description="Place", ordering="place__name")
    def where(self, bid: Application) -> str:
        """The priority place, or how we stand on that."""
        return str(bid.place) if bid.place else bid.get_place_verdict_display()

    def has_work_permission(self, request: HttpRequest) -> bool:
        """Whether this person works on the queue (the actions of the list ask this)."""
        return request.user.has_perm("grants.check_application")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        """Without the long texts, which no list shows."""
        return super().get_queryset(request).defer("search_text")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Application], search_term: str
    ) -> tuple[QuerySet[Application], bool]:
        """Bids with each of the words, or phrases in quotes, in their reference, title or group's name."""
        for words in smart_split(search_term):
            queryset = with_word(queryset, words.strip("\"'"))
        return queryset, False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Rows lead to case pages."""
        return Queue

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list, and for those who may the ways to take it away."""
        may = {"has_export_permission": self.has_export_permission(request)}
        page: HttpResponse = super().changelist_view(request, may | (extra_context or {}))
        return page

    # -- the case page ----------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        """Case pages have addresses that cannot be guessed."""
        view = self.admin_site.admin_view
        return [
            path("bids.<slug:kind>", view(self.export_view), name="grants_application_export"),
            path("<uuid:public_id>/case/", view(self.case_view), name="grants_application_case"),
            path("<uuid:object_id>/case/<slug:step>/", view(self.step_view), name="grants_application_act"),
            *super().get_urls(),
        ]

    def export_view(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        """The bids of the list as it is filtered, with their answers: as CSV, as Excel, or what the columns mean."""
        if not self.has_export_permission(request) or kind not in ("csv", "xlsx", "columns"):
            raise Http404
        try:
            bids = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters as wrong:
            raise Http404 from wrong
        sheet, count = BidSheet(bids), bids.count()
        if kind == "columns":
            columns = [(each.title, each.meaning) for each in sheet.headings]
            return csv_response("bids-columns.csv", ("Column", "What it means"), columns)
        if kind == "xlsx" and count > MOST_IN_EXCEL:
            raise Refused(
                f"An Excel file holds at most {MOST_IN_EXCEL:,} bids; these are {count:,}.",
                "Choose a round or a place in the list first, or take the CSV file: Excel opens it.",
            )
        record_event(
            "application.export", by=request.user, detail={"rows": count, "list": request.GET.urlencode(), "kind": kind}
        )
        answer = csv_response if kind == "csv" else xlsx_response
        return answer(f"bids-{today():%Y-%m-%d}.{kind}", sheet.header, sheet.rows())

    def case_view(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """One page with everything needed to decide."""
        bid = self._row(request, str(public_id))
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(("GET", "HEAD"))
        prefetch_related_objects([bid], *self.reads)
        return TemplateResponse(request, self.case_template, self._context(request, bid))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The stock address leads to the case."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(("GET", "HEAD"))
        key = {"pk": object_id} if object_id.isdecimal() else {"pk": None}
        return HttpResponseRedirect(self._of("change", get_object_or_404(self.get_queryset(request), **key)))

    def _row(self, request: HttpRequest, object_id: str) -> Application:
        try:
            public_id = UUID(str(object_id))
        except ValueError:
            raise Http404 from None
        related = ("group", "round", "tier", "terms", "place", "officer", "submitted_by")
        return get_object_or_404(self.get_queryset(request).select_related(*related), public_id=public_id)

    def _of(self, kind: str, row: Application, *args: Any) -> str:
        name = {"change": "case", "step": "act"}.get(kind, kind)
        return reverse(f"admin:grants_application_{name}", args=[row.public_id, *args])

    def _acts(self, request: HttpRequest, row: Application) -> list[dict[str, Any]]:
        listed = {self._of("step", row, name) for name in self.acts if name not in self.unlisted}
        return [link for link in super()._acts(request, row) if link["href"] in listed]

    def caption(self, row: Application) -> str:
        """Reference and round."""
        return " · ".join(filter(None, (row.reference, str(row.round))))

    def standing(self, row: Application) -> str:
        """On whose desk it is, and since when."""
        if row.status in (*ENDED, S.DRAFT):
            return ""
        if row.officer is None:
            return "with nobody yet"
        since = next((one.at for one in reversed(self.happened(row)) if one.event.verb in TAKEN), None)
        return f"with {row.officer} since {day(since)}" if since else f"with {row.officer}"

    def facts(self, row: Application, request: HttpRequest) -> Sequence[dict[str, Any]]:
        """The five facts to know first."""
        return [
            {"label": "Asked for", "value": money(row.requested), "note": str(row.tier or "")},
            {"label": "Group", "value": row.group, "href": self._group(row, request)},
            {"label": "Place", "value": row.place or "–", "note": self._verdict(row)},
            {"label": "Starts", "value": day(row.starts_on)},
            {"label": "Answer promised", "value": day(row.answer_due_on), "note": self._left(row)},
        ]

    def _group(self, row: Application, request: HttpRequest) -> str:
        may = request.user.has_perm("communities.view_group", row.group)
        return reverse("admin:communities_group_change", args=[row.group_id]) if may else ""

    def _verdict(self, row: Application) -> str:
        verdict = Application.PlaceVerdict
        if row.place and row.place_verdict == verdict.UNKNOWN:
            return "as the group says"
        return "" if row.place_verdict == verdict.IN else row.get_place_verdict_display()

    def _left(self, row: Application) -> str:
        """How many working days are left, until there is an answer."""
        if row.answer_due_on is None or row.status in ENDED:
            return ""
        left = working_days_between(today(), row.answer_due_on)
        number = f"{abs(left)} working day{'' if abs(left) == 1 else 's'}"
        return "today" if not left else f"{number} left" if left > 0 else f"{number} late"

    def happened(self, row: Application) -> list[Entry]:
        """What happened on the case, oldest first, read once for a page. A question has its step: told once."""
        if "_happened" not in row.__dict__:
            told = [one for one in timeline(row.case) if not one.event.verb.startswith("informationrequest.")]
            row.__dict__["_happened"] = told
        found: list[Entry] = row.__dict__["_happened"]
        return found

    def entries(self, row: Application) -> list[dict[str, Any]]:
        """What has happened, newest first; every save of a draft would bury the rest."""
        told: Iterable[Entry] = (one for one in self.happened(row) if one.event.verb != "application.save_section")
        lines = [{"title": one.sentence, "at": one.at, "who": one.who, "note": one.reason} for one in told]
        return lines[::-1]
