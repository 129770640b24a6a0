"""The steps of a meeting, a motion and a decision, and what each needs."""

from decimal import Decimal

from django.db.models import QuerySet

from communities.core.events import Moment, describe
from communities.core.lifecycle import Step, need
from communities.core.money import pounds
from grants.applications.models import APPLICATION, Application
from grants.applications.queries import told
from grants.assessment.queries import has_declared, is_out
from grants.decisions.models import DECISION, MEETING, MOTION, Decision, Meeting, Motion
from grants.decisions.queries import is_below_least, lines_total
from grants.funds.models import Budget

A, D, M, P = Application.Status, Decision.Status, Motion.Status, Meeting.Status

# -- meetings ------------------------------------------------------------------------------------------------------


@need("somebody is marked as present", "Nobody is marked as present yet.", next_step="Say who is in the room first.")
def somebody_is_present(meeting: Meeting, moment: Moment) -> bool:
    """A meeting begins with people."""
    return meeting.attendance.filter(is_present=True).exists()


@need("no vote is open", "A vote is still open.", next_step="Close every vote, then close the meeting.")
def no_vote_is_open(meeting: Meeting, moment: Moment) -> bool:
    """Nothing is left hanging."""
    return not meeting.motions.filter(status=M.OPEN).exists()


@need("the meeting is not closed", "This meeting is closed.", next_step="What was decided stands.")
def is_not_closed(meeting: Meeting, moment: Moment) -> bool:
    """Who was in the room when votes were cast is part of what was decided."""
    return meeting.status != P.CLOSED


MEETING.add(
    Step("plan", (), P.PLANNED, "grants.plan_this_meeting", message="meeting_planned", done="Panel meeting planned"),
    Step(
        "open",
        (P.PLANNED,),
        P.OPEN,
        "grants.run_meeting",
        (somebody_is_present,),
        label="Open the meeting",
        done="Panel meeting opened",
    ),
    Step(
        "close",
        (P.OPEN,),
        P.CLOSED,
        "grants.run_meeting",
        (no_vote_is_open,),
        label="Close the meeting",
        done="Panel meeting closed",
    ),
)
describe("meeting.attendance", "Attendance noted")
describe("meeting.move", "Meeting moved")

# -- motions -------------------------------------------------------------------------------------------------------

MOTION.add(
    Step("put", (), M.OPEN, "grants.run_motion", label="Put the motion", done="Motion put to the panel"),
    Step("carry", (M.OPEN,), M.CARRIED, "grants.run_motion", done="Motion carried"),
    Step("lose", (M.OPEN,), M.LOST, "grants.run_motion", done="Motion not carried"),
    Step("put_off", (M.OPEN,), M.DEFERRED, "grants.run_motion", label="Put the bid off", done="Put off: no quorum"),
)
describe("motion.vote", "Vote cast")

# -- decisions -----------------------------------------------------------------------------------------------------


@need("the bid is being assessed or on the reserve list", "This bid is no longer open.", loads=("application",))
def bid_is_open(decision: Decision, moment: Moment) -> bool | str:
    """Nothing is decided about a bid that was taken back."""
    status = decision.application.status
    return status in (A.IN_ASSESSMENT, A.DECIDED) or f"The bid is “{A(status).label}”."


@need(
    "another person proposed it",
    "You proposed this decision yourself, so somebody else has to confirm it.",
    next_step="Ask a colleague to confirm it.",
)
def by_another_person(decision: Decision, moment: Moment) -> bool:
    """Two keys in two hands."""
    return bool(decision.proposed_by_id != moment.by.pk)


@need(
    "whoever confirms has no tie to the bid, and has said so for a small grant",
    "A tie keeps you away from this bid.",
    next_step="Ask a colleague to confirm it.",
    loads=("application",),
)
def confirmed_without_tie(decision: Decision, moment: Moment) -> bool | str:
    """An officer with a tie is out as well."""
    if is_out(moment.by, decision.application):
        return False
    if decision.route == Decision.Route.DELEGATED and not has_declared(moment.by, decision.application):
        return "Say first what ties you to this bid."
    return True


@need(
    "the group has its reasons", "There are no reasons for the group yet.", next_step="Write what the group will read."
)
def reasons_are_given(decision: Decision, moment: Moment) -> bool:
    """Whoever gets a no is told why."""
    return decision.outcome == Decision.Outcome.FUND or bool(decision.reasons.strip())


@need(
    "the lines add up to the sum, and an officer has agreed those of a smaller sum",
    "The lines do not add up to the sum.",
    loads=("application", "lines"),
)
def lines_add_up(decision: Decision, moment: Moment) -> bool | str:
    """After part-funding the bid's own lines no longer fit."""
    if decision.outcome != Decision.Outcome.FUND or decision.amount is None:
        return True
    if (total := lines_total(decision)) != decision.amount:
        return f"The lines come to {pounds(total)}, but the sum is {pounds(decision.amount)}."
    is_smaller = decision.amount < decision.application.requested
    return "Say first what the smaller sum is for." if is_smaller and decision.lines_agreed_at is None else True


@need(
    "a group offered less than its least has said that it would still work",
    "This is less than the group said would still work.",
    next_step="Ask the group first.",
    loads=("application",),
)
def group_agrees_to_less(decision: Decision, moment: Moment) -> bool:
    """Money that cannot do the job helps nobody."""
    return not is_below_least(decision) or decision.below_least_agreed_at is not None


@need("the budget has enough left", "There is not enough left in the budget.", loads=("application__round__budget",))
def budget_has_room(decision: Decision, moment: Moment) -> bool | str:
    """Headroom, read under the budget's lock."""
    budget: Budget = decision.application.round.budget
    left = budget.limit - budget.committed
    if decision.amount is None or decision.outcome != Decision.Outcome.FUND or decision.amount <= left:
        return True
    return f"This needs {pounds(decision.amount)}, and {pounds(max(left, Decimal(0)))} is left in {budget}."


@need(
    "it funds a smaller sum than the group's least",
    "The sum is not below what the group said would still work.",
    loads=("application",),
)
def is_less_than_least(decision: Decision, moment: Moment) -> bool:
    """Groups are asked when it matters only."""
    return is_below_least(decision) and decision.below_least_agreed_at is None


@need("it is confirmed and the group was not told", "This decision is not waiting to be told any more.")
def is_not_told(decision: Decision, moment: Moment) -> bool:
    """A day is set only for what is still to be told."""
    return decision.status == D.RATIFIED


def budgets(decisions: "list[Decision]") -> "list[QuerySet[Budget] | QuerySet[Application]]":
    """What confirming or setting aside locks besides: the budget first, then the bids."""
    pks = [each.pk for each in decisions]
    return [
        Budget.objects.filter(rounds__applications__decisions__in=pks).distinct(),
        Application.objects.filter(decisions__in=pks).distinct(),
    ]


DECISION.add(
    Step("propose", (), D.PROPOSED, "grants.propose_decision", (bid_is_open,), done="Decision proposed"),
    Step(
        "ask_about_less",
        (D.PROPOSED,),
        D.ASKING,
        "grants.prepare_decision",
        (bid_is_open, is_less_than_least),
        message="smaller_sum",
        label="Ask the group about the smaller sum",
        done="Question about a smaller sum",
    ),
    Step(
        "answer_about_less",
        (D.ASKING,),
        D.PROPOSED,
        "grants.answer_about_less",
        (bid_is_open,),
        label="Yes, it would still work",
        done="Answer: the smaller sum would still work",
    ),
    Step(
        "refuse_less",
        (D.ASKING,),
        D.SET_ASIDE,
        "grants.answer_about_less",
        done="Answer: the smaller sum would not work",
    ),
    Step(
        "ratify",
        (D.PROPOSED,),
        D.RATIFIED,
        "grants.ratify_decision",
        (
            bid_is_open,
            by_another_person,
            confirmed_without_tie,
            reasons_are_given,
            lines_add_up,
            group_agrees_to_less,
            budget_has_room,
        ),
        label="Confirm the decision",
        done="Decision confirmed",
        locks=budgets,  # type: ignore[arg-type]
    ),
    Step(
        "release",
        (D.RATIFIED,),
        D.RELEASED,
        "grants.release_decision",
        message="decision_told",
        label="Tell the group",
        done="Decision told to the group",
    ),
    Step(
        "set_aside",
        (D.PROPOSED, D.ASKING, D.RATIFIED),
        D.SET_ASIDE,
        "grants.set_aside_decision",
        label="Set the decision aside",
        done="Decision set aside",
        locks=budgets,  # type: ignore[arg-type]
    ),
    Step(
        "reconsider",
        (D.RELEASED,),
        D.SET_ASIDE,
        "grants.prepare_decision",
        label="Take from the reserve list",
        done="Taken from the reserve list",
    ),
)
describe("decision.prepare", "Wording for the group changed")
describe("decision.lines", "Lines of the smaller sum agreed")
describe("decision.rank", "Place on the reserve list changed")
describe("decision.schedule", "Day of telling the group set")

APPLICATION.add(
    Step("decide", (A.IN_ASSESSMENT,), A.DECIDED, "grants.settle_application", done="Decision made"),
    Step("reopen", (A.DECIDED,), A.IN_ASSESSMENT, "grants.settle_application", done="Being assessed again"),
)
told("decision.ask_about_less", "decision.answer_about_less", "decision.refuse_less", "decision.release")
