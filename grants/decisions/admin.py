"""The office's pages about meetings and decisions. Votes, motions and confirmed decisions are read, never changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, cast
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from communities.core.casework import LifecycleAdmin, StepAction
from communities.core.clock import now
from communities.core.money import pounds
from communities.core.office import (
    EvidenceTabular,
    ReadOnlyAdmin,
    RuledFilter,
    date_column,
    money_column,
    status_column,
    two_lines,
)
from communities.core.permissions import Actor
from communities.core.refusals import Refused, kept_on
from grants.applications.models import Application, BidLine
from grants.assessment.operations import declare_interest
from grants.assessment.queries import has_declared
from grants.decisions import forms, operations, queries
from grants.decisions.models import DECISION, MEETING, Decision, Meeting, Motion, Vote
from grants.rounds.models import Panel, Round


@admin.register(Meeting)
class MeetingAdmin(LifecycleAdmin[Meeting]):
    """Panel meetings. They are held on the panel's pages; here they are planned."""

    lifecycle = MEETING
    page = "meeting_office"
    acts: ClassVar[Mapping[str, StepAction]] = {
        "move": StepAction(
            operations.move_meeting,
            form=forms.PlanForm,
            values=lambda meeting, request: {"held_at": meeting.held_at, "venue": meeting.venue},
            label="Change day or place",
            who="grants.plan_this_meeting",
            done="The panel is told of the change",
        ),
    }
    list_display = ("what", date_column("held_at", "Day"), "venue", status_column())
    list_filter = ("status", ("panel", RuledFilter))
    list_select_related = ("panel__round",)

    @admin.display(description="Meeting", ordering="held_at")
    def what(self, meeting: Meeting) -> str:
        """Round, and panel beneath."""
        return two_lines(meeting.panel.round, meeting.panel)

    def caption(self, row: Meeting) -> str:
        """The round."""
        return str(row.panel.round)

    def links(self, row: Meeting, request: HttpRequest) -> Sequence[Mapping[str, Any]]:
        """To the page where it is held, and to what it decided."""
        round_ = row.panel.round.public_id
        return [
            {"text": "Go to the meeting", "href": reverse("panel:meeting", args=[row.public_id])},
            {"text": "Decisions of the round", "href": reverse("admin:grants_decision_round", args=[round_])},
        ]

    def get_urls(self) -> list[URLPattern]:
        """With the page that plans a meeting of a round's panel."""
        view = self.admin_site.admin_view(self.plan_view)
        return [path("plan/<uuid:public_id>/", view, name="grants_meeting_plan"), *super().get_urls()]

    def plan_view(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """Call the panel of a round together."""
        at, user = now(), cast("Any", request.user)
        panels = Panel.objects.allowed_to(user, "grants.plan_meeting").select_related("round")
        panel = get_object_or_404(panels, round__public_id=public_id)
        form = forms.PlanForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            with kept_on(form, request):
                meeting = operations.plan_meeting(panel, **form.cleaned_data, by=user, at=at)
                messages.success(request, "Meeting planned. The panel has a message.")
                return HttpResponseRedirect(reverse("admin:grants_meeting_change", args=[meeting.pk]))
        return page(self, request, "admin/step.html", form, title="Plan a panel meeting", object=panel.round)


class VoteInline(EvidenceTabular):
    """The votes on a motion."""

    model = Vote
    fields = ("seat", "choice", "is_casting", "cast_at", "recorded_by")
    related = ("seat__person", "recorded_by")


@admin.register(Motion)
class MotionAdmin(ReadOnlyAdmin[Motion]):
    """What was proposed to panels, and how the votes fell."""

    list_display = ("bid", "kind", money_column("amount", "Sum"), date_column("put_at", "Put on"), status_column())
    list_filter = ("status", "kind")
    list_select_related = ("application",)
    inlines = (VoteInline,)

    @admin.display(description="Bid", ordering="application__reference")
    def bid(self, motion: Motion) -> str:
        """Title, and reference beneath."""
        return two_lines(motion.application, motion.application.reference)


@admin.register(Vote)
class VoteAdmin(ReadOnlyAdmin[Vote]):
    """Each vote as it was cast."""

    list_display = ("what", "seat", "choice", "is_casting", date_column("cast_at", "Cast on"), "recorded_by")
    list_filter = ("choice",)
    list_select_related = ("motion__application", "seat__person", "recorded_by")

    @admin.display(description="Motion")
    def what(self, vote: Vote) -> str:
        """Bid, and motion beneath."""
        return two_lines(vote.motion.application, vote.motion.get_kind_display())


# -- decisions -----------------------------------------------------------------------------------------------------


def confirm(decision: Decision, *, kind: str = "", by: Actor, at: datetime) -> Decision:
    """Say what ties one to the group of a small grant, then confirm."""
    if kind:
        declare_interest(decision.application, kind=kind, by=by, at=at)
    return operations.ratify(decision, by=by, at=at)


def answer(decision: Decision, *, agrees: bool, note: str, by: Actor, at: datetime) -> Decision:
    """Note what the group said."""
    return operations.answer_about_less(decision, agrees=agrees, note=note, by=by, at=at)


def tell(decision: Decision, *, reason: str, by: Actor, at: datetime) -> list[Decision]:
    """Tell one group alone."""
    return operations.release([decision], reason=reason, by=by, at=at)


def tie_question(decision: Decision, request: HttpRequest) -> Mapping[str, Any]:
    """A second officer who has not said what ties them is asked."""
    delegated = decision.route == Decision.Route.DELEGATED
    return {"asks": delegated and not has_declared(cast("Any", request.user), decision.application)}


@admin.register(Decision)
class DecisionAdmin(LifecycleAdmin[Decision]):
    """Decisions: prepared by an officer, confirmed by another person, told to the groups together."""

    lifecycle = DECISION
    page = "decision_office"
    steps: ClassVar[Mapping[str, StepAction]] = {
        "ratify": StepAction(
            confirm,
            form=forms.ConfirmTieForm,
            form_kwargs=tie_question,
            confirm="The money is promised from the budget, and the decision cannot change any more.",
        ),
        "ask_about_less": StepAction(
            operations.ask_about_less, confirm="Its leaders are asked by e-mail. Nothing is promised.", look="secondary"
        ),
        "answer_about_less": StepAction(
            answer, form=forms.AnswerForm, label="Note the group’s answer", look="secondary"
        ),
        "release": StepAction(tell, reason=True, label="Tell this group alone", look="secondary"),
        "reconsider": StepAction(operations.reconsider_reserve, form=forms.ReplaceForm, look="secondary"),
        "set_aside": StepAction(operations.set_aside, reason=True, look="warning"),
    }
    acts: ClassVar[Mapping[str, StepAction]] = {
        "words": StepAction(
            operations.prepare,
            form=forms.WordsForm,
            values=lambda row, request: {"reasons": row.reasons, "conditions": "\n".join(row.conditions)},
            label="Word the letter",
            who="grants.word_decision",
            done="Saved",
        ),
        "lines": StepAction(
            operations.rebase_lines,
            form=forms.LinesForm,
            form_kwargs=lambda row, request: {"decision": row},
            label="Agree the lines",
            who="grants.agree_lines",
            done="Lines agreed",
        ),
        "rank": StepAction(
            operations.rank_reserve,
            form=forms.RankForm,
            values=lambda row, request: {"rank": row.reserve_rank},
            label="Change its place",
            who="grants.rank_reserve",
            done="Saved",
        ),
    }
    list_display = (
        "bid",
        "outcome",
        money_column("amount", "Sum"),
        "route",
        status_column(),
        date_column("proposed_at", "Proposed"),
    )
    list_filter = ("status", "route", "outcome", ("application__round", RuledFilter))
    list_select_related = ("application__group",)
    search_fields = ("application__reference", "application__title", "application__group__name")
    actions = ("confirm_chosen",)

    @admin.display(description="Bid", ordering="application__reference")
    def bid(self, decision: Decision) -> str:
        """Title, reference and group beneath."""
        bid = decision.application
        return two_lines(bid, bid.reference, bid.group)

    def caption(self, row: Decision) -> str:
        """Reference and round."""
        return f"{row.application.reference} · {row.application.round}"

    def facts(self, row: Decision, request: HttpRequest) -> Sequence[Mapping[str, Any]]:
        """The sum beside what was asked, and who proposed it."""
        bid, money = row.application, queries.money_of(row.application.round)
        least = f"least {pounds(bid.minimum_viable)}" if bid.minimum_viable else ""
        return [
            {
                "label": "Outcome",
                "value": row.get_outcome_display(),
                "note": row.reserve_rank and f"place {row.reserve_rank}",
            },
            {"label": "Sum", "value": pounds(row.amount)},
            {"label": "Asked for", "value": pounds(bid.requested), "note": least},
            {"label": "Left in the budget", "value": pounds(money.left)},
            {"label": "Proposed by", "value": str(row.proposed_by), "note": row.get_route_display().lower()},
        ]

    def has_confirm_permission(self, request: HttpRequest) -> bool:
        """Who sees the action of the list."""
        return bool(request.user.has_perm("grants.ratify_decision"))

    @admin.action(description="Confirm the chosen decisions", permissions=["confirm"])
    def confirm_chosen(self, request: HttpRequest, chosen: QuerySet[Decision]) -> None:
        """Confirm several at once, all or none."""
        decisions = list(chosen)
        try:
            operations.ratify_many(decisions, by=cast("Any", request.user), at=now())
        except Refused as refused:
            messages.error(request, f"{refused.row or ''}: {refused.sentence} {refused.next_step}".removeprefix(": "))
        else:
            messages.success(request, f"{len(decisions)} confirmed. Nobody is told before you tell all groups.")

    def get_urls(self) -> list[URLPattern]:
        """With the pages of a round and of the small grants."""
        wrap = self.admin_site.admin_view
        return [
            path("round/<uuid:public_id>/", wrap(self.round_view), name="grants_decision_round"),
            path("small/", wrap(self.delegated_view), name="grants_decision_delegated"),
            path("small/<uuid:public_id>/", wrap(self.propose_view), name="grants_decision_propose"),
            *super().get_urls(),
        ]

    def round_view(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """All decisions of a round: what is missing, what it costs, and telling everybody together."""
        at, user = now(), cast("Any", request.user)
        rounds = Round.objects.all() if self.has_view_permission(request) else Round.objects.none()
        round_ = get_object_or_404(rounds.select_related("budget"), public_id=public_id)
        form = forms.TellForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            with kept_on(form, request):
                told = operations.release(round_, not_before=form.cleaned_data["not_before"], by=user, at=at)
                messages.success(request, sentence_of(told))
                return HttpResponseRedirect(reverse("admin:grants_decision_round", args=[public_id]))
        more = {
            "round": round_,
            "decisions": queries.decisions_of(round_),
            "money": queries.money_of(round_),
            "waiting": queries.unsettled(round_),
            "ready": queries.ready_to_tell(round_).exists() and user.has_perm("grants.release_decision"),
        }
        return page(
            self, request, "grants/decisions/round.html", form, title="Decisions", subtitle=round_.title, **more
        )

    def delegated_view(self, request: HttpRequest) -> HttpResponse:
        """Small grants that two officers decide."""
        user = cast("Any", request.user)
        if not user.has_perm("grants.prepare_decision"):
            raise Http404
        bids = queries.delegated_bids()
        waiting = queries.to_ratify(user).filter(route=Decision.Route.DELEGATED)
        more = {"bids": bids.order_by("answer_due_on", "submitted_at"), "waiting": waiting}
        return page(self, request, "grants/decisions/small.html", None, title="Small grants", **more)

    def propose_view(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """Propose what happens with a small grant, saying first what ties one to the group."""
        at, user = now(), cast("Any", request.user)
        bids = Application.objects.allowed_to(user, "grants.propose_delegated").select_related("group", "round", "tier")
        bid = get_object_or_404(bids, public_id=public_id)
        form = forms.ProposeForm(
            request.POST if request.method == "POST" else None,
            lines=list(bid.lines.filter(funded_by=BidLine.FundedBy.GRANT)),
        )
        if request.method == "POST" and form.is_valid():
            with kept_on(form, request):
                return self._propose(request, bid, form, user, at)
        return page(self, request, "grants/decisions/propose.html", form, title="Propose a decision", object=bid)

    def _propose(self, request: HttpRequest, bid: Application, form: Any, user: Any, at: datetime) -> HttpResponse:
        if declare_interest(bid, kind=form.cleaned_data["kind"], by=user, at=at).is_out:
            messages.warning(request, "Noted. With this tie a colleague decides the bid.")
            return HttpResponseRedirect(reverse("admin:grants_decision_delegated"))
        decision = operations.propose_delegated(bid, **form.proposal, by=user, at=at)
        messages.success(request, "Proposed. Another officer confirms it, and the group is told at once.")
        return HttpResponseRedirect(reverse("admin:grants_decision_change", args=[decision.pk]))


def sentence_of(told: Sequence[Decision]) -> str:
    """What was done, for the page."""
    later = next((each.release_due_at for each in told if each.status != Decision.Status.RELEASED), None)
    count = f"{len(told)} group{'' if len(told) == 1 else 's'}"
    return f"{count} will be told on the day you set." if later or told[0].released_at is None else f"{count} told."


def page(office: Any, request: HttpRequest, template: str, form: Any, **more: Any) -> HttpResponse:
    """One of the office's own pages."""
    context = {
        **office.admin_site.each_context(request),
        "opts": office.opts,
        "form": form,
        "back": reverse("admin:index"),
        **more,
    }
    return TemplateResponse(request, template, context, status=400 if form is not None and form.is_bound else 200)
