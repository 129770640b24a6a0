"""From sent to ready for a decision: the steps that officers take with a bid, and what each of them needs."""

from collections.abc import Sequence

from django.db.models import QuerySet

from communities.core.events import describe
from communities.core.lifecycle import Moment, Step, need
from grants.applications.models import APPLICATION, Application
from grants.applications.queries import told
from grants.checks.models import INFORMATION_REQUEST, InformationRequest
from grants.checks.queries.cases import failed_checks, open_checks

S, R = Application.Status, InformationRequest.Status
WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


def open_requests(bids: Sequence[Application]) -> list[QuerySet[InformationRequest]]:
    """What is locked together with a bid whose group was asked something."""
    return [InformationRequest.objects.filter(application__in=[bid.pk for bid in bids], status=R.OPEN)]


@need(
    "every required check is judged, of the bid and of its group",
    "Some checks are still open.",
    loads=("checks", "tier__checks__check_type", "group__checks"),
    next_step="Judge the open checks on the bid's page.",
)
def every_check_judged(bid: Application, moment: Moment) -> bool | str:
    """The panel reads only bids that somebody has looked at."""
    count = open_checks(bid, moment.at)
    if not count:
        return True
    number = WORDS[count] if count < len(WORDS) else str(count)
    return f"{number} check{' is' if count == 1 else 's are'} still open."


@need(
    "no required check was judged a no",
    "A check was not passed.",
    loads=("checks", "tier__checks__check_type", "group__checks"),
    next_step="Ask the group, judge it again, or propose that the bid is not eligible.",
)
def no_check_failed(bid: Application, moment: Moment) -> bool | str:
    """A bid with a no does not go to the panel by oversight."""
    failed = failed_checks(bid, moment.at)
    return True if not failed else f"Not passed: {', '.join(failed)}."


@need(
    "another officer than the one who proposed it",
    "You proposed this, so another officer has to confirm it.",
    loads=("ineligible_findings",),
    next_step="Ask a colleague to look at it.",
)
def proposed_by_another(bid: Application, moment: Moment) -> bool:
    """No bid is turned away by one person alone."""
    return all(each.proposed_by_id != moment.by.pk for each in bid.ineligible_findings.all() if each.settled_at is None)


APPLICATION.add(
    Step(
        "begin_check",
        (S.SUBMITTED,),
        S.IN_CHECK,
        "grants.check_application",
        label="Start checks",
        done="Checks started",
    ),
    Step(
        "assess",
        (S.IN_CHECK,),
        S.IN_ASSESSMENT,
        "grants.check_application",
        needs=(no_check_failed, every_check_judged),
        label="Send to assessment",
        done="Checks finished, sent to assessment",
    ),
    Step(
        "ask",
        (S.IN_CHECK,),
        S.MORE_INFO,
        "grants.check_application",
        message="information_asked",
        label="Ask for more",
        done="More information asked for",
    ),
    Step(
        "answer",
        (S.MORE_INFO,),
        S.IN_CHECK,
        "grants.answer_application",
        message="information_answered",
        locks=open_requests,
        label="Send your answer",
        done="The group answered",
    ),
    Step(
        "stop_waiting",
        (S.MORE_INFO,),
        S.IN_CHECK,
        "grants.check_application",
        message="information_not_awaited",
        locks=open_requests,
        label="Go on without the answer",
        done="Checks went on without the answer",
    ),
    Step(
        "propose_ineligible",
        (S.IN_CHECK,),
        S.INELIGIBLE_PROPOSED,
        "grants.check_application",
        message="ineligible_proposed",
        label="Propose: not eligible",
        done="Proposed as not eligible",
    ),
    Step(
        "confirm_ineligible",
        (S.INELIGIBLE_PROPOSED,),
        S.INELIGIBLE,
        "grants.check_application",
        needs=(proposed_by_another,),
        message="ineligible",
        label="Confirm: not eligible",
        done="Confirmed as not eligible",
    ),
    Step(
        "send_back",
        (S.INELIGIBLE_PROPOSED,),
        S.IN_CHECK,
        "grants.check_application",
        needs=(proposed_by_another,),
        message="ineligible_sent_back",
        label="Send back to checks",
        done="Sent back to checks",
    ),
)

INFORMATION_REQUEST.add(
    Step("ask", (), R.OPEN, "grants.ask_application", label="Ask the group", done="The group was asked"),
    Step(
        "answer", (R.OPEN,), R.ANSWERED, "grants.answer_informationrequest", label="Answer", done="The group answered"
    ),
    Step("close", (R.OPEN,), R.CLOSED, "grants.ask_application", done="Waiting stopped"),
)

describe("application.judge", "Checks judged")
describe("application.find", "Looked at again by the system")
describe("application.assign", "Officer changed")
describe("application.set_place", "Place decided by an officer")
describe("application.flag", "Flag raised")
describe("application.resolve_flag", "Flag resolved")

told("application.assess", "application.stop_waiting", "application.confirm_ineligible")
