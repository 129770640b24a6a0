"""The office's pages about scoring: sharing the bids out; ties and scores are read, never changed."""

from typing import Any, cast
from uuid import UUID

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from communities.core.clock import now
from communities.core.office import EvidenceTabular, ReadOnlyAdmin, RuledFilter, date_column, status_column, two_lines
from communities.core.refusals import kept_on
from grants.assessment import operations, queries
from grants.assessment.forms import InterestForm, SharesForm
from grants.assessment.models import Allocation, Interest, Review, Score
from grants.rounds.models import Round


@admin.register(Interest)
class InterestAdmin(ReadOnlyAdmin[Interest]):
    """What panel members and officers said about their ties. A mistake is put right by an officer."""

    list_display = ("bid", "user", "kind", "detail", date_column("declared_at", "Said on"), "correct")
    list_filter = ("kind",)
    list_select_related = ("application", "user")

    @admin.display(description="Bid", ordering="application__reference")
    def bid(self, interest: Interest) -> str:
        """Title, and reference beneath."""
        return two_lines(interest.application, interest.application.reference)

    @admin.display(description="Mistake?")
    def correct(self, interest: Interest) -> str:
        """The way to put it right."""
        href = reverse("admin:grants_interest_correct", args=[interest.pk])
        return format_html('<a href="{}">Correct<span class="govuk-visually-hidden"> {}</span></a>', href, interest)

    def get_urls(self) -> list[URLPattern]:
        """With the page that puts a mistake right."""
        view = self.admin_site.admin_view(self.correct_view)
        return [path("<int:pk>/correct/", view, name="grants_interest_correct"), *super().get_urls()]

    def correct_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note what somebody says now, when they had said something else by mistake."""
        at, user = now(), cast("Any", request.user)
        seen = Interest.objects.visible_to(user).select_related("application", "user")
        said = get_object_or_404(seen, pk=pk)
        if not user.has_perm("grants.correct_interest", said.application) or said.user_id == user.pk:
            raise Http404
        given = request.POST if request.method == "POST" else None
        form = InterestForm(given, initial={"kind": said.kind, "detail": said.detail})
        if request.method == "POST" and form.is_valid():
            with kept_on(form, request):
                operations.declare_interest(said.application, **form.cleaned_data, member=said.user, by=user, at=at)
                messages.success(request, f"Noted for {said.user}.")
                return HttpResponseRedirect(reverse("admin:grants_interest_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": f"What ties {said.user} to this group",
            "opts": self.opts,
            "object": said.application,
            "form": form,
            "back": reverse("admin:grants_interest_changelist"),
        }
        return TemplateResponse(request, "admin/step.html", context, status=400 if form.is_bound else 200)


class ScoreInline(EvidenceTabular):
    """The scores of a review, with their words."""

    model = Score
    fields = ("criterion", "value", "words")
    related = ("criterion",)


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin[Review]):
    """Locked scores. Those that are not locked are nobody's to read."""

    list_display = ("bid", "reviewer", "recommendation", date_column("locked_at", "Locked"), status_column())
    list_filter = ("recommendation",)
    list_select_related = ("application", "reviewer")
    fields = ("application", "reviewer", "recommendation", "overall", "locked_at")
    inlines = (ScoreInline,)

    @admin.display(description="Bid", ordering="application__reference")
    def bid(self, review: Review) -> str:
        """Title, and reference beneath."""
        return two_lines(review.application, review.application.reference)


@admin.register(Allocation)
class AllocationAdmin(ReadOnlyAdmin[Allocation]):
    """Who was asked to score what; and the page where the bids of a round are shared out."""

    list_display = ("bid", "user", date_column("allocated_at", "Asked on"), date_column("closed_at", "Scoring ended"))
    list_filter = (("application__round", RuledFilter),)
    list_select_related = ("application", "user")

    @admin.display(description="Bid", ordering="application__reference")
    def bid(self, allocation: Allocation) -> str:
        """Title, and reference beneath."""
        return two_lines(allocation.application, allocation.application.reference)

    def get_urls(self) -> list[URLPattern]:
        """With the page of a round."""
        view = self.admin_site.admin_view(self.share_view)
        return [path("round/<uuid:public_id>/", view, name="grants_allocation_share"), *super().get_urls()]

    def share_view(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """Choose who scores which bid of a round; the suggestion keeps the load even."""
        at, user = now(), cast("Any", request.user)
        rounds = (
            Round.objects.filter(panel__isnull=False)
            if user.has_perm("grants.allocate_scorers")
            else Round.objects.none()
        )
        round_ = get_object_or_404(rounds, public_id=public_id)
        seats = queries.seats_of(round_)
        given = queries.shares(round_, seats)
        plan = queries.suggestion(given, seats) if "suggest" in request.GET else None
        form = SharesForm(request.POST if request.method == "POST" else None, shares=given, seats=seats, plan=plan)
        if request.method == "POST" and form.is_valid():
            with kept_on(form, request):
                operations.allocate_all(form.plan, by=user, at=at)
                messages.success(request, "Scorers chosen. Those who are new have a message.")
                return HttpResponseRedirect(reverse("admin:grants_allocation_share", args=[public_id]))
        context = {
            **self.admin_site.each_context(request),
            "title": "Choose scorers",
            "subtitle": round_.title,
            "opts": self.opts,
            "round": round_,
            "form": form,
            "load": form.load(),
            "suggested": plan is not None,
        }
        return TemplateResponse(request, "grants/assessment/share.html", context, status=400 if form.is_bound else 200)
