"""The buttons and links that checks add to a bid's page, the actions of the queue, and the questions asked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from django.contrib import admin
from django.contrib import messages as banners
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from communities.core.casework import StepAction
from communities.core.clock import now, today
from communities.core.files import store
from communities.core.office import ReadOnlyAdmin, date_column, status_column, two_lines
from communities.core.permissions import Actor
from communities.diligence.forms import ClearHoldForm, GroupCheckForm, HoldForm
from communities.diligence.operations import clear_hold, record_check, set_hold
from communities.people.models import RoleGrant, User
from communities.people.roles import OFFICER, SENIOR_OFFICER
from grants.applications.admin import ApplicationAdmin
from grants.applications.models import Application
from grants.applications.queries import parts
from grants.checks import forms
from grants.checks.models import Flag, InformationRequest
from grants.checks.operations import judging, requests, steps
from grants.checks.queries.cases import CHECKS, GROUP_CHECKS, PEOPLE, REQUIREMENTS, bid_checks, open_request

# -- what forms send, as the operations want it ------------------------------------------------------------------------


def stop_waiting(bid: Application, *, reason: str, by: Actor, at: datetime) -> None:
    """Go on without the answer to the open question."""
    if (request := open_request(bid)) is not None:
        requests.stop_waiting(request, reason=reason, by=by, at=at)


def resolve_flag(bid: Application, *, flag: Flag, resolution: str, by: Actor, at: datetime) -> None:
    """Take a flag of this bid down."""
    steps.resolve_flag(flag, resolution=resolution, by=by, at=at)


def check_group(bid: Application, *, evidence: Any, by: Actor, at: datetime, **found: Any) -> None:
    """Write down a check of the bid's group, for this bid and the next."""
    file = store(evidence, by=by, at=at, kind="group_check") if evidence else None
    record_check(bid.group, evidence=file, by=by, at=at, **found)


def hold_group(bid: Application, *, kind: str, reason: str, by: Actor, at: datetime) -> None:
    """Put the bid's group on hold."""
    set_hold(bid.group, kind=kind, reason=reason, by=by, at=at)


def free_group(bid: Application, *, hold: Any, reason: str, by: Actor, at: datetime) -> None:
    """Clear a hold of the bid's group."""
    clear_hold(hold, reason=reason, by=by, at=at)


# -- what forms start with ---------------------------------------------------------------------------------------------


def sections_of(bid: Application, request: HttpRequest) -> Mapping[str, Any]:
    """The parts of the bid that may be opened."""
    return {"sections": [(part.key, part.title) for part in parts(bid)]}


def officers(bid: Application, request: HttpRequest) -> Mapping[str, Any]:
    """Those who check bids today."""
    granted = RoleGrant.objects.in_force().filter(role__in=(OFFICER.code, SENIOR_OFFICER.code))
    return {"officers": User.objects.filter(is_active=True, pk__in=granted.values("user")).order_by("full_name")}


def this_bid(bid: Application, request: HttpRequest) -> Mapping[str, Any]:
    """The bid, for forms that choose among its own things."""
    return {"bid": bid}


def this_group(bid: Application, request: HttpRequest) -> Mapping[str, Any]:
    """The bid's group, for forms that choose among its things."""
    return {"group": bid.group}


def open_to_judge(bid: Application, request: HttpRequest) -> Mapping[str, Any]:
    """The checks on the bid itself."""
    return {"checks": bid_checks(bid)}


def group_check_rights(bid: Application, request: HttpRequest) -> Mapping[str, Any]:
    """Whether this person may waive."""
    return {"may_waive": request.user.has_perm("communities.waive_check", bid.group)}


def from_address(*names: str) -> Any:
    """What a link already chose, like ?check_type=3."""
    return lambda bid, request: {name: request.GET[name] for name in names if name in request.GET}


ApplicationAdmin.reads += [CHECKS, REQUIREMENTS, GROUP_CHECKS, *PEOPLE]
ApplicationAdmin.steps |= {
    "begin_check": StepAction(steps.begin_check),
    "assess": StepAction(steps.assess),
    "confirm_ineligible": StepAction(
        steps.confirm_ineligible,
        confirm="The group is told the reason and where else it could turn. This cannot be taken back.",
    ),
    "ask": StepAction(requests.ask, form=forms.AskForm, form_kwargs=sections_of, look="secondary"),
    "stop_waiting": StepAction(stop_waiting, reason=True, look="secondary"),
    "send_back": StepAction(steps.send_back, reason=True, look="secondary"),
    "propose_ineligible": StepAction(
        steps.propose_ineligible, form=forms.ProposeIneligibleForm, form_kwargs=this_bid, look="warning"
    ),
}
ApplicationAdmin.acts |= {
    "judge": StepAction(
        judging.judge_many,
        form=forms.JudgeForm,
        form_kwargs=open_to_judge,
        label="Judge the checks",
        who="grants.check_application",
        done="Your judgement is kept",
    ),
    "accept_findings": StepAction(
        judging.accept_findings,
        label="Agree with what looks right",
        who="grants.check_application",
        done="Agreed with what looks right",
    ),
    "check_group": StepAction(
        check_group,
        form=GroupCheckForm,
        form_kwargs=group_check_rights,
        values=from_address("check_type"),
        label="Check the group",
        who="grants.check_application",
        done="The check is written down",
    ),
    "assign": StepAction(
        steps.assign_officer,
        form=forms.AssignForm,
        form_kwargs=officers,
        values=lambda bid, request: {"officer": bid.officer_id},
        label="Change officer",
        who="grants.assign_application",
        done="The officer is changed",
    ),
    "set_place": StepAction(
        judging.set_place,
        form=forms.PlaceForm,
        values=lambda bid, request: {"verdict": bid.place_verdict, "place": bid.place_id},
        label="Change place",
        who="grants.check_application",
        done="The place is changed",
    ),
    "flag": StepAction(
        steps.raise_flag, form=forms.FlagForm, label="Raise a flag", who="grants.check_application", done="Flag raised"
    ),
    "resolve_flag": StepAction(
        resolve_flag,
        form=forms.ResolveFlagForm,
        form_kwargs=this_bid,
        values=from_address("flag"),
        label="Resolve a flag",
        who="grants.check_application",
        done="Flag resolved",
    ),
    "hold_group": StepAction(
        hold_group, form=HoldForm, label="Put the group on hold", who="grants.hold_bidder", done="Hold set"
    ),
    "free_group": StepAction(
        free_group,
        form=ClearHoldForm,
        form_kwargs=this_group,
        values=from_address("hold"),
        label="Clear a hold",
        who="grants.hold_bidder",
        done="Hold cleared",
    ),
}
ApplicationAdmin.unlisted |= {"judge", "accept_findings", "check_group", "resolve_flag", "hold_group", "free_group"}


@admin.action(description="Start checks", permissions=["work"])
def start_checks(office: ApplicationAdmin, request: HttpRequest, chosen: QuerySet[Application]) -> None:
    """Start checks of all bids that were ticked."""
    batch = steps.begin_checks(list(chosen), by=cast("Any", request.user), at=now())
    if batch.done:
        count = len(batch.done)
        banners.success(request, f"Checks started for {count} bid{'' if count == 1 else 's'}.")
    for bid, refused in batch.refused:
        banners.warning(request, f"{bid.reference or bid}: {refused.sentence}")


@admin.action(description="Give to me", permissions=["work"])
def take(office: ApplicationAdmin, request: HttpRequest, chosen: QuerySet[Application]) -> None:
    """Take all bids that were ticked."""
    done = steps.take(list(chosen), by=cast("Any", request.user), at=now())
    banners.success(request, f"{done} bid{'' if done == 1 else 's'} now with you.")


ApplicationAdmin.actions += [start_checks, take]


class OverdueFilter(admin.SimpleListFilter):
    """Whether the day for the answer has passed."""

    title = "day"
    parameter_name = "day"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Only the late ones."""
        return [("late", "Passed without an answer")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Open questions whose day has passed."""
        late = {"status": InformationRequest.Status.OPEN, "due_on__lt": today()}
        return queryset.filter(**late) if self.value() == "late" else queryset


@admin.register(InformationRequest)
class InformationRequestAdmin(ReadOnlyAdmin[InformationRequest]):
    """Questions to groups, and what came back."""

    list_display = ("question", date_column("due_on", "Answer by"), status_column(), "asked_by")
    list_display_links = ("question",)
    list_filter = ("status", OverdueFilter)
    list_select_related = ("application__group", "asked_by")
    search_fields = ("application__reference", "application__group__name", "message")
    search_help_text = "Search by reference, group or words"
    ordering = ("due_on", "pk")
    fields = ("bid", "message", "due_on", "asked_by", "asked_at", "status", "reply", "answered_by", "answered_at")
    readonly_fields = fields

    @admin.display(description="Question", ordering="application__reference")
    def question(self, request: InformationRequest) -> SafeString:
        """Whose bid, and what was asked."""
        bid = request.application
        return two_lines(f"{bid.reference} {bid.group}", request.message)

    @admin.display(description="Bid")
    def bid(self, request: InformationRequest) -> SafeString:
        """A way to the case."""
        bid = request.application
        address = reverse("admin:grants_application_case", args=[bid.public_id])
        return format_html('<a class="govuk-link" href="{}">{} {}</a>', address, bid.reference, bid)
