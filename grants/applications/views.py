"""A group's pages about its bid. Each parses, calls one operation or query, and prints."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from communities.core.clock import arrived
from communities.core.events import Moment
from communities.core.refusals import Refused, kept_on
from communities.core.sections import assemble
from communities.groups.queries import leaders, members_of
from communities.people.operations import greet
from communities.places.queries import lookup
from grants.applications import operations, queries
from grants.applications.forms import SectionForm, StartForm, WithdrawForm
from grants.applications.lifecycle import round_is_open
from grants.applications.models import APPLICATION, Application
from grants.applications.operations import StaleAnswer
from grants.rounds.models import Round

S = Application.Status
WRITABLE = (S.DRAFT, S.MORE_INFO)


def _own(request: HttpRequest, public_id: UUID) -> Application:
    """A bid of one of the person's own groups; anybody else's does not exist."""
    return get_object_or_404(queries.own_bids(request.user), public_id=public_id)


# -- beginning ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Begin a bid: which group, or a new one's name, two people and a place; and about how much."""
    at = arrived(request)
    round_ = get_object_or_404(Round.objects.visible_to(request.user).select_related("terms"), public_id=public_id)
    if request.method != "POST":
        round_is_open.insist(Application(round=round_), Moment(request.user, at))
    groups = [membership.group for membership in members_of(request.user)]
    person = greet(request.user, at=at)  # type: ignore[arg-type]
    first = {"group": groups[0].public_id} if len(groups) == 1 else {}
    form = StartForm(request.POST or None, initial=first, round=round_, groups=groups, your_name=person.full_name)
    if request.method == "POST" and form.is_valid():
        with kept_on(form, request):
            bid = _begin(form, round_, request.user, person, at)
            return redirect("applications:tasks", bid.public_id)
    context = {"round": round_, "form": form, "is_new": not groups, "draft": _draft_in(request, round_)}
    return render(request, "grants/applications/start.html", context, status=400 if form.errors else 200)


def _begin(form: StartForm, round_: Round, user: Any, person: Any, at: datetime) -> Application:
    typed = form.cleaned_data
    if form.chosen is not None:
        return operations.start(round=round_, group=form.chosen, amount=typed["amount"], by=user, at=at)
    return operations.begin(
        round=round_,
        name=typed["name"],
        place=typed["place"],
        lead=person,
        lead_name=typed["your_name"],
        second=form.second,
        amount=typed["amount"],
        by=user,
        at=at,
    )


def _draft_in(request: HttpRequest, round_: Round) -> Application | None:
    return queries.own_bids(request.user).filter(round=round_, status=S.DRAFT).first()


# -- writing -----------------------------------------------------------------------------------------------------------


@require_GET
def tasks(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What is left to do before the bid can be sent."""
    bid = _own(request, public_id)
    if bid.status not in WRITABLE:
        return redirect("applications:bid", bid.public_id)
    items = [
        {"title": task.title, "href": _section_address(bid, task.section), "status": task.state, "colour": task.colour,
         "hint": task.hint}
        for task in queries.task_list(bid)
    ]  # fmt: skip
    done = sum(item["status"] == "Completed" for item in items)
    context = {
        "bid": bid, "items": items, "done": done, "ready": done == len(items), "tier": queries.tier_of(bid),
        "answering": bid.status == S.MORE_INFO, "told": bid.lines.exists(),
    }  # fmt: skip
    return render(request, "grants/applications/tasks.html", context)


@require_http_methods(["GET", "POST"])
def section(request: HttpRequest, public_id: UUID, section: str) -> HttpResponse:
    """One section of the bid: save and go on, or save and come back."""
    bid = _own(request, public_id)
    if request.method == "GET" and not _can_write(bid, section):
        return redirect("applications:bid", bid.public_id)
    part = next((part for part in queries.parts(bid) if part.key == section), None)
    if part is None:
        raise Http404
    if request.method == "GET":
        stored = queries.answers(bid).get(section)
        form = SectionForm(part, bid, content=stored.content if stored else {})
        return _section_page(request, bid, form, version=stored.version if stored else 0)
    return _saved(request, bid, SectionForm(part, bid, data=request.POST, judged="later" not in request.POST))


def _can_write(bid: Application, section: str) -> bool:
    return bid.status == S.DRAFT or (bid.status == S.MORE_INFO and section in bid.open_sections)


def _saved(request: HttpRequest, bid: Application, form: SectionForm) -> HttpResponse:
    version = int(text) if (text := request.POST.get("version", "")).isdecimal() else 0
    if form.pressed or "find" in request.POST:
        again = SectionForm(form.part, bid, rows=request.POST if form.pressed else None, content=_found(request, form))
        return _section_page(request, bid, again, version=version)
    if not form.is_valid() and form.judged:
        return _section_page(request, bid, form, version=version, status=400)
    try:
        saved = operations.save_section(
            bid, section=form.part.key, content=form.content, version=version, by=request.user, at=arrived(request)
        )
    except StaleAnswer as stale:
        return _section_page(request, bid, form, version=stale.answer.version, status=409, stale=stale)
    return _onwards(request, saved.application, form)


def _found(request: HttpRequest, form: SectionForm) -> dict[str, Any]:
    """What was typed; after a look-up, with the whole of it in the place that was found, unless shares were given."""
    content = form.content
    if "find" in request.POST and "places" in content and not content["places"] and content.get("postcode"):
        place = lookup(content["postcode"]).place
        content["places"] = [{"where": "place", "place": place.code, "share": 100}] if place else []
    return content


def _onwards(request: HttpRequest, bid: Application, form: SectionForm) -> HttpResponse:
    if not form.judged:
        messages.success(request, f"“{form.part.title}” is saved. You can come back at any time before the deadline.")
        return redirect("applications:tasks", bid.public_id)
    keys = [part.key for part in queries.to_write(bid)]  # as saved: the amount decides what else is asked
    after = keys[keys.index(form.part.key) + 1 :] if form.part.key in keys else []
    if "back" in request.GET or not after:
        return redirect("applications:check", bid.public_id)
    return redirect("applications:section", bid.public_id, after[0])


def _section_page(
    request: HttpRequest,
    bid: Application,
    form: SectionForm,
    *,
    version: int,
    status: int = 200,
    stale: StaleAnswer | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {"bid": bid, "part": form.part, "form": form, "version": version, "stale": stale}
    if form.part.question("postcode"):
        typed = request.POST.get("postcode", bid.postcode).strip()
        context["found"] = lookup(typed) if typed else None
    if form.part.key == "need" and bid.postcode:
        context["facts"] = lookup(bid.postcode)
    if form.part.question("budget"):
        context["round_limits"] = queries.frame(bid)
    if stale is not None:
        fresh = _own(request, bid.public_id)
        context["problem"] = True
        context["theirs"] = _rows(queries.shown_answers(form.part, stale.answer.content, queries.Names(fresh)))
    if form.part.key == "vision":
        context["vision"] = bid.group.vision.versions.first() if bid.group.vision else None
    return render(request, "grants/applications/section.html", context, status=status)


def _rows(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"key": row["question"], "value": row["answer"], "empty": "Not answered yet"} for row in shown]


def _section_address(bid: Application, section: str) -> str:
    return reverse("applications:section", args=[bid.public_id, section])


# -- sending -----------------------------------------------------------------------------------------------------------


@require_GET
def check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everything that will be sent, to read once more."""
    bid = _own(request, public_id)
    if bid.status not in WRITABLE:
        return redirect("applications:bid", bid.public_id)
    return _check_page(request, bid, [])


def _check_page(request: HttpRequest, bid: Application, problems: list[queries.Problem]) -> HttpResponse:
    written, names = queries.answers(bid), queries.Names(bid)
    parts = [
        {"title": part.title, "rows": _with_links(bid, part, written, names)}
        for part in queries.parts(bid)
        if bid.status == S.DRAFT or part.key in bid.open_sections
    ]
    may_send = request.user.has_perm("grants.submit_application", bid)
    context = {
        "bid": bid,
        "parts": parts,
        "problem": bool(problems),
        "ready": bid.status == S.DRAFT and not (problems or queries.all_problems(bid, written)),
        "problems": [{"text": each.sentence, "href": _section_address(bid, each.section)} for each in problems],
        "may_send": may_send,
        "leaders": [] if may_send else [membership.person for membership in leaders(bid.group)],
        "answering": bid.status == S.MORE_INFO,
    }
    return render(request, "grants/applications/check.html", context, status=400 if problems else 200)


def _with_links(bid: Application, part: queries.Part, written: Any, names: queries.Names) -> list[dict[str, Any]]:
    content = written[part.key].content if part.key in written else {}
    address = f"{_section_address(bid, part.key)}?back=check"
    rows = _rows(queries.shown_answers(part, content, names))
    return [{**row, "href": address, "action": "Change" if row["value"] else "Answer"} for row in rows]


@require_POST
def send(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send the bid, or say what is missing."""
    at = arrived(request)
    bid = _own(request, public_id)
    try:
        operations.submit(bid, by=request.user, at=at)
    except Refused:
        fresh = _own(request, public_id)
        if fresh.status == S.DRAFT and (missing := queries.all_problems(fresh)):
            return _check_page(request, fresh, missing)
        if fresh.status != S.SUBMITTED:
            raise
    return redirect("applications:receipt", bid.public_id)  # of a second click or a second browser as well


# -- following ---------------------------------------------------------------------------------------------------------


@require_GET
def receipt(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The receipt: the reference, who sent it, what happens next. It stays where it is."""
    bid = _own(request, public_id)
    sent = queries.first_submission(bid)
    if sent is None:
        return redirect("applications:tasks", bid.public_id)
    return render(request, "grants/applications/receipt.html", {"bid": bid, "sent": sent})


@require_GET
def copy(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """A bid exactly as it was sent."""
    bid = _own(request, public_id)
    sent = get_object_or_404(bid.submissions.select_related("sent_by"), number=number)
    sections = [{"title": part["title"], "rows": _rows(part["answers"])} for part in sent.content["sections"]]
    return render(request, "grants/applications/copy.html", {"bid": bid, "sent": sent, "sections": sections})


@require_GET
def bid_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How the bid stands, what is asked of the group, what happened so far."""
    bid = _own(request, public_id)
    if bid.status == S.DRAFT:
        return redirect("applications:tasks", bid.public_id)
    context = {
        "bid": bid,
        "shown": queries.shown_status(bid),
        "sent": list(bid.submissions.order_by("number")),
        "written": [] if bid.submitted_at else _written(bid),
        "parts": assemble("bid", [bid], request.user)[bid.pk],
        "entries": queries.group_timeline(bid),
        "may_withdraw": bid.status in queries.OPEN and request.user.has_perm("grants.withdraw_application", bid),
    }
    return render(request, "grants/applications/bid.html", context)


def _written(bid: Application) -> list[dict[str, Any]]:
    written, names = queries.answers(bid), queries.Names(bid)
    return [
        {"title": part.title, "rows": _rows(queries.shown_answers(part, written[part.key].content, names))}
        for part in queries.parts(bid)
        if part.key in written
    ]


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take the bid back, after a page that says what that means."""
    bid = _own(request, public_id)
    if request.method != "POST":
        APPLICATION.ready("withdraw", bid)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.withdraw(bid, reason=form.cleaned_data["reason"], by=request.user, at=arrived(request))
        messages.success(request, "The bid is withdrawn.")
        return redirect("applications:bid", bid.public_id)
    return render(
        request, "grants/applications/withdraw.html", {"bid": bid, "form": form}, status=400 if form.errors else 200
    )
