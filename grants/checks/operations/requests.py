"""A question to a group about its bid, and the answer, which becomes the next sent copy."""

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import F

from communities.core.clock import london
from communities.core.dates import add_working_days, working_days_between
from communities.core.events import Moment
from communities.core.outbox import queue
from communities.core.permissions import SYSTEM, Actor
from communities.core.refusals import Refused
from grants.applications.models import APPLICATION, Application, SectionAnswer, Submission
from grants.applications.operations import next_submission
from grants.applications.operations.projection import project, searchable
from grants.applications.queries import latest_submission, parts, problems
from grants.checks.models import INFORMATION_REQUEST, InformationRequest
from grants.checks.queries.cases import overdue_requests
from grants.rounds.models import Tier

LEAST_DAYS = 5  # a committee of volunteers needs a week to find a paper


def ask(
    application: Application, *, message: str, sections: Collection[str], due_on: date, by: Actor, at: datetime
) -> InformationRequest:
    """Ask the group for more. Only the sections named open for it, and the promise to answer waits meanwhile."""
    if not message.strip():
        raise Refused("Say what you need from the group.", "Write the message, then try again.", status=400)
    earliest = add_working_days(london(at).date(), LEAST_DAYS)
    if due_on < earliest:
        later = f"Choose {earliest:%A} {earliest.day} {earliest:%B} or later."
        raise Refused("The group needs at least five working days.", later, status=400)
    with APPLICATION.step("ask", application, by=by, at=at, reason=message.strip()) as bid:
        bid.open_sections = list(dict.fromkeys(sections))
        request = InformationRequest(
            application=bid,
            case=bid.case,
            message=message.strip(),
            sections=bid.open_sections,
            due_on=due_on,
            asked_by_id=by.pk,
            asked_at=at,
        )
        return INFORMATION_REQUEST.create("ask", request, by=by, at=at)


def answer_request(request: InformationRequest, *, reply: str = "", by: Actor, at: datetime) -> Submission:
    """Send the answer: what was changed becomes the next sent copy, and the officer goes on."""
    if not request.sections and not reply.strip():
        raise Refused("Your answer is empty.", "Write your answer, then send it again.", status=400)
    with APPLICATION.step("answer", request.application, by=by, at=at) as bid:
        if wrong := [sentence for section, sentence in problems(bid) if section in bid.open_sections]:
            raise Refused("Your answer is not complete yet.", " ".join(wrong), status=400)
        sent = next_submission(bid, by=by, at=at)
        with INFORMATION_REQUEST.step("answer", request, by=by, at=at) as asked:
            asked.reply, asked.submission = reply.strip(), sent
            asked.answered_by_id, asked.answered_at = by.pk, at
        _open_no_more(bid, asked, at)
    return sent


def stop_waiting(request: InformationRequest, *, reason: str, by: Actor, at: datetime) -> None:
    """Go on without the answer. The bid is judged on what was sent; that alone is never a no."""
    if not reason.strip():
        raise Refused("Say why you go on without the answer.", "Write the reason, then try again.", status=400)
    with APPLICATION.step("stop_waiting", request.application, by=by, at=at, reason=reason.strip()) as bid:
        with INFORMATION_REQUEST.step("close", request, by=by, at=at, reason=reason.strip()) as asked:
            pass
        put_back(bid, by=by, at=at)
        _open_no_more(bid, asked, at)


def put_back(bid: Application, *, by: Actor, at: datetime) -> None:
    """Words begun and never sent are put back to those of the last sent copy: that one is judged."""
    sent = latest_submission(bid)
    if sent is None or not bid.open_sections:
        return
    bid.tier = bid.terms.tiers.filter(code=(sent.content.get("tier") or {}).get("code")).first()
    told = {one["section"]: {each["key"]: each["value"] for each in one["answers"]} for one in sent.content["sections"]}
    for part in parts(bid):
        if part.key in bid.open_sections and part.key in told:
            written = SectionAnswer.objects.filter(application=bid, section=part.key)
            written.update(content=told[part.key], version=F("version") + 1, updated_at=at, updated_by=by.pk)
            project(bid, part, told[part.key])
    bid.search_text = searchable(SectionAnswer.objects.filter(application=bid))


def remind_overdue(*, at: datetime) -> None:
    """Tell the groups whose day has passed that their answer is missed and still welcome; each hears it once."""
    queue("information_overdue", list(overdue_requests(london(at).date())), Moment(SYSTEM, at))


def _open_no_more(bid: Application, asked: InformationRequest, at: datetime) -> None:
    """Close the sections again; where an answer is promised by working days, those spent waiting do not count."""
    bid.open_sections = []
    own_clock = bid.tier is not None and bid.tier.route == Tier.Route.DELEGATED
    if own_clock and bid.answer_due_on:
        waited = working_days_between(london(asked.asked_at).date(), london(at).date())
        bid.answer_due_on = add_working_days(bid.answer_due_on, waited)
