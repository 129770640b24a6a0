"""The meeting on a tablet in the hall, without a script; and the group's two pages about its decision."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.core.clock import now
from communities.core.events import Moment
from communities.core.refusals import kept_on
from grants.applications.models import Application
from grants.assessment.operations import declare_interest
from grants.assessment.queries import LISTED, scores_of, seats_of
from grants.decisions import operations, queries
from grants.decisions.forms import AttendanceForm, MinuteForm, MotionForm, NoteInterestForm, SmallerForm, VotesForm
from grants.decisions.lifecycle import is_not_closed
from grants.decisions.models import Decision, Meeting, Motion, Vote
from grants.rounds.models import Seat

# -- the meeting ---------------------------------------------------------------------------------------------------


@require_safe
def meeting(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who is here, how the bids stand, what the money allows."""
    held = _meeting(request, public_id)
    user, people = _user(request), queries.people_at(held)
    # before it is opened the page shows no bids, and nobody waits for them to be ranked
    ranked = queries.agenda(held, user, people) if held.status != Meeting.Status.PLANNED else []
    context = {
        "meeting": held,
        "items": Paginator(ranked, LISTED).get_page(request.GET.get("page")),
        "money": queries.money_of(held.panel.round),
        "seats": people,
        "runs": user.has_perm("grants.run_meeting", held),
    }
    return render(request, "grants/decisions/meeting.html", context)


@require_http_methods(["GET", "POST"])
def attendance(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Note who is in the room; on the first time this opens the way to begin."""
    at, held = now(), _run(request, public_id)
    if request.method != "POST":
        is_not_closed.insist(held, Moment(_user(request), at))
    seats = seats_of(held.panel.round)
    here = held.attendance.filter(is_present=True).values_list("seat", flat=True)
    form = AttendanceForm(
        request.POST if request.method == "POST" else None, seats=seats, initial={"present": [str(pk) for pk in here]}
    )
    if request.method == "POST" and form.is_valid():
        with kept_on(form, request):
            operations.mark_attendance(held, present=form.chosen, by=_user(request), at=at)
            return redirect("panel:meeting", held.public_id)
    context = {"meeting": held, "form": form}
    return render(request, "grants/decisions/attendance.html", context, status=400 if form.is_bound else 200)


@require_POST
def open_meeting(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Begin the meeting; scoring is over."""
    at, held = now(), _run(request, public_id)
    operations.open_meeting(held, by=_user(request), at=at)
    messages.success(request, "The meeting is open.")
    return redirect("panel:meeting", held.public_id)


@require_http_methods(["GET", "POST"])
def close_meeting(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End the meeting with its minute."""
    at, held = now(), _run(request, public_id)
    if request.method != "POST":
        is_not_closed.insist(held, Moment(_user(request), at))
    form = MinuteForm(
        request.POST if request.method == "POST" else None, initial={"minute": queries.draft_minute(held)}
    )
    if request.method == "POST" and form.is_valid():
        with kept_on(form, request):
            operations.close_meeting(held, **form.cleaned_data, by=_user(request), at=at)
            messages.success(request, "The meeting is closed. Thank you all.")
            return redirect("panel:meeting", held.public_id)
    context = {"meeting": held, "form": form}
    return render(request, "grants/decisions/close.html", context, status=400 if form.is_bound else 200)


# -- one bid at the meeting ----------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def item(request: HttpRequest, public_id: UUID, bid: UUID) -> HttpResponse:
    """One bid on the agenda: its scores, who may decide it, the motion and its votes."""
    at, held = now(), _meeting(request, public_id)
    found = _item(request, held, bid)
    form = MotionForm(
        request.POST if request.method == "POST" else None, bid=found.application, below=found.standing.below
    )
    if request.method == "POST" and form.is_valid():
        with kept_on(form, request):
            operations.put_motion(held, application=found.application, **form.cleaned_data, by=_user(request), at=at)
            return redirect("panel:item", held.public_id, bid)
    return _item_page(request, held, found, form=form)


@require_POST
def put_off(request: HttpRequest, public_id: UUID, bid: UUID) -> HttpResponse:
    """Put a bid off, since too few can vote on it."""
    at, held = now(), _run(request, public_id)
    found = _item(request, held, bid)
    operations.put_off_without_quorum(held, application=found.application, by=_user(request), at=at)
    messages.success(request, f"{found.application.title} is put off to another meeting.")
    return redirect("panel:meeting", held.public_id)


@require_POST
def note_interest(request: HttpRequest, public_id: UUID, bid: UUID) -> HttpResponse:
    """The clerk notes what a member in the room says about a tie."""
    at, held = now(), _run(request, public_id)
    found = _item(request, held, bid)
    form = NoteInterestForm(request.POST, seats=seats_of(held.panel.round))
    if form.is_valid():
        with kept_on(form, request):
            given: dict[str, Any] = form.cleaned_data
            member = form.seats[given["seat"]].person.user
            declare_interest(
                found.application, kind=given["kind"], detail=given["detail"], member=member, by=_user(request), at=at
            )
            return redirect("panel:item", held.public_id, bid)
    return _item_page(request, held, found, note=form)


@require_POST
def vote(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A member votes for themselves."""
    at, motion, user = now(), _motion(request, public_id), _user(request)
    seats = Seat.objects.filter(panel=motion.meeting.panel, left_on=None).select_related("person")
    seat = get_object_or_404(seats, person__user=user)
    choice, is_casting = request.POST.get("choice", ""), "casting" in request.POST
    if choice not in Vote.Choice.values:
        raise Http404
    operations.cast_vote(motion, seat=seat, choice=choice, is_casting=is_casting, by=user, at=at)
    messages.success(request, f"Your vote is noted: {Vote.Choice(choice).label.lower()}.")
    return _back(motion)


@require_POST
def votes(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The clerk notes the votes of the members in the room."""
    at, motion = now(), _motion(request, public_id, "grants.note_votes")
    found = _item(request, motion.meeting, motion.application.public_id)
    form = VotesForm(request.POST, seats=queries.still_to_vote(found, motion))
    if form.is_valid():
        with kept_on(form, request):
            operations.cast_votes(motion, cast=form.cast, by=_user(request), at=at)
            return _back(motion)
    return _item_page(request, motion.meeting, found, votes=form)


@require_POST
def casting(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The clerk notes the casting vote of whoever chairs the item."""
    at, motion = now(), _motion(request, public_id, "grants.note_votes")
    found = _item(request, motion.meeting, motion.application.public_id)
    chair, choice = found.circle.chair, request.POST.get("choice", "")
    if chair is None or choice not in (Vote.Choice.FOR, Vote.Choice.AGAINST):
        raise Http404
    operations.cast_vote(motion, seat=chair, choice=choice, is_casting=True, by=_user(request), at=at)
    return _back(motion)


@require_POST
def close_motion(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Close the vote and say how it went."""
    at, motion = now(), _motion(request, public_id, "grants.run_motion")
    operations.close_motion(motion, by=_user(request), at=at)
    motion.refresh_from_db()
    messages.success(request, f"{motion.application.title}: {motion.get_status_display().lower()}.")
    return redirect("panel:meeting", motion.meeting.public_id)


# -- the group's pages ---------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def smaller(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say whether less than the group's least would still work. Nothing is promised by asking."""
    at, user = now(), _user(request)
    asking = queries.asked_of(user).select_related("application")
    decision = get_object_or_404(asking, application__public_id=public_id)
    form = SmallerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with kept_on(form, request):
            operations.answer_about_less(decision, **form.cleaned_data, by=user, at=at)
            messages.success(request, "Thank you. We have your answer.")
            return redirect("home")
    context = {"form": form, "decision": decision, "bid": decision.application}
    return render(request, "grants/decisions/smaller.html", context, status=400 if form.is_bound else 200)


@require_safe
def decision(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What was decided about a bid, in the words the group was told."""
    mine = Application.objects.filter(decisions__in=Decision.objects.visible_to(_user(request))).distinct()
    bid = get_object_or_404(mine.select_related("group", "round"), public_id=public_id)
    told = queries.told(bid)
    if told is None:
        raise Http404
    return render(request, "grants/decisions/decision.html", {"decision": told, "bid": bid, "lines": told.lines.all()})


# -- what the views share ------------------------------------------------------------------------------------------


def _user(request: HttpRequest) -> Any:
    return request.user


def _meeting(request: HttpRequest, public_id: UUID) -> Meeting:
    seen = Meeting.objects.visible_to(_user(request)).select_related("panel__round__budget")
    return get_object_or_404(seen, public_id=public_id)


def _run(request: HttpRequest, public_id: UUID) -> Meeting:
    run = Meeting.objects.allowed_to(_user(request), "grants.run_meeting").select_related("panel__round__budget")
    return get_object_or_404(run, public_id=public_id)


def _motion(request: HttpRequest, public_id: UUID, may: str = "grants.view_motion") -> Motion:
    seen = Motion.objects.allowed_to(_user(request), may).select_related("meeting__panel__round", "application")
    return get_object_or_404(seen, public_id=public_id)


def _item(request: HttpRequest, held: Meeting, bid: UUID) -> queries.Item:
    if held.status == Meeting.Status.PLANNED:  # scores show once the meeting is open
        raise Http404
    for found in queries.agenda(held, _user(request)):
        if found.application.public_id == bid and not found.hidden:
            return found
    raise Http404


def _back(motion: Motion) -> HttpResponse:
    return redirect("panel:item", motion.meeting.public_id, motion.application.public_id)


def _item_page(request: HttpRequest, held: Meeting, found: queries.Item, **forms: Any) -> HttpResponse:
    user, motion = _user(request), found.open_motion
    open_seats = queries.still_to_vote(found, motion) if motion else []
    own = next((seat for seat in open_seats if seat.person.user_id == user.pk), None)
    wrong = next((form for form in forms.values() if form.is_bound), None)
    context = {
        "meeting": held,
        "item": found,
        "bid": found.application,
        "motion": motion,
        "tally": queries.tally(motion) if motion else None,
        "own_seat": own,
        "is_chair": bool(found.circle.chair and found.circle.chair.person.user_id == user.pk),
        "runs": user.has_perm("grants.run_meeting", held),
        "clerks": motion is not None and user.has_perm("grants.note_votes", motion),
        "reviews": [each for each in scores_of(found.application, user) if each.locked_at],
        "money": queries.money_of(held.panel.round),
        "form": forms.get("form") or MotionForm(bid=found.application, below=found.standing.below),
        "votes": forms.get("votes") or VotesForm(seats=open_seats),
        "note": forms.get("note") or NoteInterestForm(seats=[*found.circle.undeclared, *found.circle.eligible]),
        "wrong": wrong,
    }
    return render(request, "grants/decisions/item.html", context, status=400 if wrong else 200)
