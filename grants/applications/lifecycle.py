"""What a group does with its bid: start it, send it, take it back; and what happens to one that was never sent."""

from datetime import datetime

from communities.core.events import describe
from communities.core.lifecycle import Moment, Step, need
from communities.groups.models import Group
from communities.templatetags.govuk import deadline
from grants.applications.models import APPLICATION, Application
from grants.applications.queries import OPEN, closes_for, problems
from grants.rounds.models import Round

S = Application.Status


@need(
    "the round is open", "This round is not open.", loads=("round",), next_step="Look at the rounds that are open now."
)
def round_is_open(bid: Application, moment: Moment) -> bool | str:
    """Bids are begun between opening and deadline."""
    if bid.round.status != Round.Status.PUBLISHED or moment.at < bid.round.opens_at:
        return False
    return True if moment.at <= bid.round.closes_at else closed_sentence(bid.round.closes_at)


@need(
    "the deadline has not passed (with minutes of grace for bids begun before it)",
    "This round has closed.",
    loads=("round",),
    next_step="Nothing you wrote is lost. Ring us: we can tell you when the next round opens.",
)
def in_time(bid: Application, moment: Moment) -> bool | str:
    """Judged by when the request arrived. Every bid was begun before the deadline, so every bid has the grace."""
    if bid.round.status != Round.Status.PUBLISHED:
        return False
    return True if moment.at <= closes_for(bid) else closed_sentence(bid.round.closes_at)


@need("the group may bid", "Your group is on hold.", loads=("group",), next_step="Ring us, so that we can sort it out.")
def group_may_bid(bid: Application, moment: Moment) -> bool:
    """A group on hold or closed starts and sends nothing."""
    return bid.group.status == Group.Status.ACTIVE


@need(
    "the group has no other unsent bid in the round",
    "Your group has begun a bid in this round already.",
    next_step="Go on with that one, or withdraw it first.",
)
def no_other_draft(bid: Application, moment: Moment) -> bool:
    """Two half-written bids for one round are nearly always a mistake."""
    return (
        not Application.objects.filter(round=bid.round_id, group=bid.group_id, status=S.DRAFT)
        .exclude(pk=bid.pk)
        .exists()
    )


@need(
    "every section is complete",
    "Your bid is not complete yet.",
    loads=("round", "terms", "tier", "answers"),
    next_step="Look at the list of what is left to do.",
)
def everything_answered(bid: Application, moment: Moment) -> bool | str:
    """What is missing is named before it is sent, not after."""
    left = problems(bid)
    if not left:
        return True
    unfinished = len({section for section, _ in left})
    many = f" {unfinished} parts are not finished. First" if unfinished > 1 else ""
    return f"Your bid is not complete yet{'.' if many else ''}{many}: {left[0][1]}."


@need(
    "the deadline, its minutes of grace and ten minutes for slow connections have passed",
    "The round is still open.",
    loads=("round",),
)
def too_late(bid: Application, moment: Moment) -> bool:
    """Only then is an unsent bid put away: what was sent in the last second may still be arriving."""
    return moment.at > bid.round.settled_at


@need(
    "the bid is being written, or this section was asked about",
    "What you sent cannot be changed.",
    next_step="If something important is wrong, ring us.",
)
def can_be_written(bid: Application, moment: Moment) -> bool:
    """A sent bid opens again only for what an officer asked."""
    return bid.status == S.DRAFT or (bid.status == S.MORE_INFO and bool(bid.open_sections))


def closed_sentence(at: datetime) -> str:
    """When it closed, as people in Essex read it."""
    return f"This round closed at {deadline(at)}."


APPLICATION.add(
    Step(
        "start",
        (),
        S.DRAFT,
        "grants.start_application",
        needs=(round_is_open, group_may_bid, no_other_draft),
        label="Start a bid",
        done="Bid started",
    ),
    Step(
        "submit",
        (S.DRAFT,),
        S.SUBMITTED,
        "grants.submit_application",
        needs=(in_time, group_may_bid, everything_answered),
        message="application_received",
        label="Send your bid",
        done="Bid sent to the council",
    ),
    Step(
        "withdraw",
        OPEN,
        S.WITHDRAWN,
        "grants.withdraw_application",
        message="application_withdrawn",
        label="Withdraw the bid",
        done="Bid withdrawn",
    ),
    Step(
        "lapse",
        (S.DRAFT,),
        S.LAPSED,
        "grants.lapse_application",
        needs=(too_late,),
        message="application_lapsed",
        label="Put away",
        done="Not sent in time",
    ),
)
describe("application.save_section", "Part of the bid saved")
describe("application.next_submission", "Changed copy of the bid sent")
