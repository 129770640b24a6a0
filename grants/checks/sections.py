"""What this room shows on the officers' case page, on the applicant's page and on the office's front page."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse

from communities.core.clock import today
from communities.core.navigation import place
from communities.core.permissions import Actor
from communities.core.sections import section
from grants.applications.models import Application, BidLine, Category, Submission
from grants.applications.queries import bids_of
from grants.checks.models import Flag, IneligibleFinding, InformationRequest
from grants.checks.queries.cases import bid_checks, group_checks
from grants.checks.queries.comparison import copies
from grants.checks.queries.work import Work, work

Bids = Sequence[Application]
QUEUE = "admin:grants_application_changelist"
OTHERS = 5  # earlier bids that are named

place("office", "Bids", QUEUE, order=20, shown=lambda user: user.has_perm("grants.view_application"))


@section("case", "attention", order=5, template="grants/checks/_attention.html")
def attention(bids: Bids, user: Actor) -> Mapping[Any, Any]:
    """What stands out: flags, a proposal to confirm, a question the group has not answered, a hold."""
    if not user.has_perm("grants.view_flag"):
        return {}
    found: dict[Any, dict[str, Any]] = {bid.pk: {"holds": _holds(bid)} for bid in bids}
    for flag in Flag.objects.filter(application__in=bids, resolved_at=None).select_related("raised_by"):
        found[flag.application_id].setdefault("flags", []).append(flag)
    proposals = IneligibleFinding.objects.filter(application__in=bids, settled_at=None)
    for proposal in proposals.select_related("proposed_by", "rule"):
        found[proposal.application_id]["proposal"] = proposal
    can = {"work": user.has_perm("grants.check_application"), "hold": user.has_perm("grants.hold_bidder")}
    return {pk: {**value, "can": can} for pk, value in found.items() if any(value.values())}


def _holds(bid: Application) -> list[Any]:
    return [hold for hold in bid.group.holds.all() if hold.cleared_at is None]


@section("case", "content", order=10, template="grants/checks/_content.html")
def content(bids: Bids, user: Actor) -> Mapping[Any, Any]:
    """The bid as it was sent last, its budget, and what changed between the copies."""
    if not user.has_perm("grants.view_submission"):
        return {}
    sent: dict[Any, list[Submission]] = {}
    for each in Submission.objects.filter(application__in=bids).select_related("sent_by").order_by("-number"):
        sent.setdefault(each.application_id, []).append(each)
    return {bid.pk: _content(bid, sent.get(bid.pk, [])) for bid in bids}


def _content(bid: Application, sent: list[Submission]) -> dict[str, Any]:
    if not sent:
        return {"latest": None}
    words = sent[0].content
    payers, kinds = dict(BidLine.FundedBy.choices), dict(Category.choices)
    lines = [
        {
            "item": line["item"],
            "category": kinds.get(line["category"], ""),
            "payer": payers.get(line["funded_by"], ""),
            "amount": Decimal(line["amount"]),
        }
        for line in words.get("lines", [])
    ]
    sections = [
        {"title": each["title"], "answers": [one for one in each["answers"] if one["key"] not in ("title", "budget")]}
        for each in words.get("sections", [])
        if each["section"] != "declaration"
    ]
    return {
        "latest": sent[0],
        "sums": {name: Decimal(words[name]) for name in ("requested", "total_cost", "minimum") if words.get(name)},
        "first": sections[0] if sections else None,
        "sections": [each for each in sections[1:] if each["answers"]],
        "lines": lines,
        "copies": copies(sent),
    }


@section("case", "checks", order=20, template="grants/checks/_checks.html")
def checks(bids: Bids, user: Actor) -> Mapping[Any, Any]:
    """What the system found beside what a person judged."""
    if not user.has_perm("grants.view_bidcheck"):
        return {}
    found = {}
    for bid in bids:
        rows = bid_checks(bid)
        at_work = bid.status in (Application.Status.IN_CHECK, Application.Status.MORE_INFO)
        can = at_work and user.has_perm("grants.check_application")
        right = sum(row.finding == row.Finding.PASSED and not row.judgement for row in rows)
        if rows:
            agree = f"Agree with the {right} that look right" if right > 1 else "Agree with the one that looks right"
            found[bid.pk] = {"rows": rows, "can": can, "right": right, "agree": agree}
    return found


@section("case", "group", order=25, template="grants/checks/_group.html")
def group(bids: Bids, user: Actor) -> Mapping[Any, Any]:
    """The group: its people, the checks made on it and still valid, what else it asked for."""
    if not user.has_perm("communities.view_groupcheck"):
        return {}
    earlier: dict[Any, list[Application]] = {}
    for other in bids_of([bid.group for bid in bids]).exclude(submitted_at=None).select_related("round"):
        earlier.setdefault(other.group_id, []).append(other)
    can = {"check": user.has_perm("grants.check_application"), "hold": user.has_perm("grants.hold_bidder")}
    return {
        bid.pk: {
            "rows": _rows(bid),
            "due": group_checks(bid, today()),
            "others": [one for one in earlier.get(bid.group_id, []) if one.pk != bid.pk][:OTHERS],
            "can": can,
        }
        for bid in bids
    }


def _rows(bid: Application) -> list[dict[str, str]]:
    """What kind of group it is, who is in it, who holds its money."""
    people = [f"{each.person}, {each.get_role_display().lower()}" for each in bid.group.memberships.all()]
    bodies = [each.name for each in bid.group.accountable_bodies.all()]
    number = f", charity {bid.group.charity_number}" if bid.group.charity_number else ""
    rows = [
        {"key": "Kind", "value": f"{bid.group.get_kind_display()}{number}", "empty": "Not said yet"},
        {"key": "People", "value": "\n".join(people)},
    ]
    return [*rows, *({"key": "Who holds the money", "value": name} for name in bodies)]


@section("case", "requests", order=30, template="grants/checks/_requests.html")
def questions(bids: Bids, user: Actor) -> Mapping[Any, Any]:
    """What the group was asked, and what it replied."""
    found: dict[Any, list[InformationRequest]] = {}
    asked = InformationRequest.objects.filter(application__in=bids).select_related("asked_by", "answered_by")
    for each in asked.order_by("-asked_at"):
        found.setdefault(each.application_id, []).append(each)
    return {pk: {"rows": rows, "today": today()} for pk, rows in found.items()}


@section("bid", "request", order=5, template="grants/checks/_request.html")
def request_to_answer(bids: Bids, user: Actor) -> Mapping[Any, Any]:
    """The question the group has to answer, first on its page."""
    asked = InformationRequest.objects.filter(application__in=bids, status=InformationRequest.Status.OPEN)
    may = user.has_perm("grants.answer_application")
    return {each.application_id: {"request": each, "may_answer": may} for each in asked}


@section("office_home", "checks", order=10, template="")
def to_do(users: Sequence[Any], user: Actor) -> Mapping[Any, Any]:
    """What waits for officers: new bids, checks to finish, proposals to confirm, late answers."""
    if not user.has_perm("grants.check_application"):
        return {}
    return {each.pk: _cards(work(each, today())) for each in users}


def _cards(waiting: Work) -> list[dict[str, Any]]:
    queue, asked = reverse(QUEUE), reverse("admin:grants_informationrequest_changelist")
    days, late = waiting.waited(today()), waiting.late
    cards = [
        (waiting.new, "Start checks", f"{queue}?status=submitted", f"The oldest has waited {_days(days)}"),
        (waiting.checking, "Finish checks", f"{queue}?status=in_check", _groups(waiting.waiting)),
        (waiting.proposed, "Confirm or send back", f"{queue}?status=ineligible_proposed", "Proposed as not eligible"),
        (waiting.overdue, "Chase answers", f"{asked}?day=late", "The day has passed"),
        (late, "Give late answers", f"{queue}?answer=late", "Past the day we promised"),
    ]
    return [
        {"number": number, "title": title, "href": href, "reason": reason}
        for number, title, href, reason in cards
        if number
    ]


def _days(count: int) -> str:
    return "less than a working day" if not count else f"{count} working day{'' if count == 1 else 's'}"


def _groups(count: int) -> str:
    return (
        f"{count} more {'is' if count == 1 else 'are'} waiting for the group" if count else "None waits for its group"
    )
