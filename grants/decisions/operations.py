"""Meetings, motions and votes; decisions proposed by one and confirmed by another; telling the groups."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Max

from communities.core.clock import now
from communities.core.events import Fact, record_facts
from communities.core.lifecycle import lock, unit
from communities.core.money import pounds, split
from communities.core.permissions import SYSTEM, Actor, allows
from communities.core.refusals import Refused
from grants.applications.models import APPLICATION, Application, BidLine
from grants.assessment.operations import close_scoring
from grants.assessment.queries import before_panel, has_declared, standings
from grants.decisions.models import (
    DECISION,
    MEETING,
    MOTION,
    Attendance,
    Decision,
    DecisionLine,
    Meeting,
    Motion,
    Vote,
)
from grants.decisions.queries import Circle, Tally, circles, ready_to_tell, tally, unsettled
from grants.funds.operations import commit, give_back
from grants.rounds.models import Panel, Round, Seat, Tier

FUNDED = (Motion.Kind.FULL, Motion.Kind.PART)
OUTCOME_OF = {
    Motion.Kind.FULL: Decision.Outcome.FUND,
    Motion.Kind.PART: Decision.Outcome.FUND,
    Motion.Kind.DECLINE: Decision.Outcome.DECLINE,
    Motion.Kind.RESERVE: Decision.Outcome.RESERVE,
}
NOT_YOURS = ("You do not have the right to do this.", "Ask the council's grants team if you think you should.")


# -- meetings ------------------------------------------------------------------------------------------------------


def plan_meeting(panel: Panel, *, held_at: datetime, venue: str = "", by: Actor, at: datetime) -> Meeting:
    """Call the panel together. Its members are told by e-mail."""
    return MEETING.create("plan", Meeting(panel=panel, held_at=held_at, venue=venue.strip()), by=by, at=at)


def move_meeting(meeting: Meeting, *, held_at: datetime, venue: str = "", by: Actor, at: datetime) -> Meeting:
    """Change the day or the place. The panel is told again."""
    with MEETING.record(
        "move", meeting, by=by, at=at, who="grants.plan_this_meeting", message="meeting_planned"
    ) as held:
        if held.status != Meeting.Status.PLANNED:
            raise Refused("The meeting has begun.", "Plan another one.")
        held.event_detail = {"before": {"held_at": held.held_at, "venue": held.venue}}
        held.held_at, held.venue = held_at, venue.strip()
    return held


def open_meeting(meeting: Meeting, *, by: Actor, at: datetime) -> Meeting:
    """Begin. Scoring of the bids on the agenda is over, and members see all scores."""
    with MEETING.step("open", meeting, by=by, at=at) as held:
        held.opened_at = at
        close_scoring(list(before_panel(held.panel.round)), at=at)
    return held


def mark_attendance(meeting: Meeting, *, present: Collection[Seat], by: Actor, at: datetime) -> None:
    """Note who is in the room, now: members come late and leave early."""
    if meeting.status == Meeting.Status.CLOSED:
        raise Refused("This meeting is closed.", "Attendance can no longer change.")
    who = {seat.pk for seat in present}
    detail = {"present": sorted(who)}
    with MEETING.record("attendance", meeting, by=by, at=at, who="grants.run_meeting", detail=detail) as held:
        _not_closed(held)
        for seat in Seat.objects.filter(panel=held.panel):
            Attendance.objects.update_or_create(meeting=held, seat=seat, defaults={"is_present": seat.pk in who})


def close_meeting(meeting: Meeting, *, minute: str, by: Actor, at: datetime) -> Meeting:
    """End the meeting with its minute. Neither the meeting nor its votes can change afterwards."""
    if not minute.strip():
        raise Refused("The meeting has no minute yet.", "Write what was decided and what was noted.")
    with MEETING.step("close", meeting, by=by, at=at) as held:
        held.closed_at, held.minute = at, minute.strip()
    return held


def _not_closed(meeting: Meeting) -> None:
    if meeting.status == Meeting.Status.CLOSED:
        raise Refused("This meeting is closed.", "What was decided stands.")


def _in_session(meeting: Meeting) -> Meeting:
    [held] = lock(Meeting.objects.filter(pk=meeting.pk))
    if held.status != Meeting.Status.OPEN:
        raise Refused("The meeting is not in session.", "Motions and votes belong to a meeting that is open.")
    return held


# -- motions and votes ---------------------------------------------------------------------------------------------


def put_motion(
    meeting: Meeting,
    *,
    application: Application,
    kind: str,
    amount: Decimal | None = None,
    conditions: Sequence[str] = (),
    reasons: str = "",
    override: str = "",
    by: Actor,
    at: datetime,
) -> Motion:
    """Propose to the panel what should happen with a bid. One motion at a time for each bid."""
    with unit():
        held = _in_session(meeting)
        [bid] = lock(Application.objects.filter(pk=application.pk))
        _can_be_decided(bid, held)
        if kind == Motion.Kind.FULL:
            amount = bid.requested
        _sensible(bid, kind, amount, reasons, override)
        circle = circles(held, [bid])[bid.pk]
        if not circle.is_quorate:
            raise Refused(circle.why_not, "Put the bid off to another meeting, or wait until more members are here.")
        motion = Motion(
            meeting=held,
            application=bid,
            case=bid.case,
            kind=kind,
            amount=amount if kind in FUNDED else None,
            conditions=[text.strip() for text in conditions if text.strip()],
            reasons=reasons.strip(),
            override=override.strip(),
            put_by_id=by.pk,
            put_at=at,
        )
        return MOTION.create("put", motion, by=by, at=at)


def put_off_without_quorum(meeting: Meeting, *, application: Application, by: Actor, at: datetime) -> Motion:
    """Put a bid off to another meeting, since too few members can vote on it."""
    with unit():
        held = _in_session(meeting)
        [bid] = lock(Application.objects.filter(pk=application.pk))
        _can_be_decided(bid, held)
        circle = circles(held, [bid])[bid.pk]
        if circle.is_quorate:
            raise Refused("Enough members can vote on this bid.", "Put a motion instead.")
        motion = Motion(
            meeting=held, application=bid, case=bid.case, kind=Motion.Kind.DEFER, reasons=circle.why_not,
            put_by_id=by.pk, put_at=at,
        )  # fmt: skip
        return _closed(MOTION.create("put", motion, by=by, at=at), circle, Tally(()), by, at)


def cast_vote(
    motion: Motion, *, seat: Seat, choice: str, is_casting: bool = False, by: Actor, at: datetime
) -> Vote:
    """Vote on a motion, once and for good. Members vote for themselves, or the officer who clerks notes it."""
    with unit():
        _in_session(motion.meeting)
        [held] = lock(Motion.objects.filter(pk=motion.pk))
        _permit("grants.cast_vote" if seat.person.user_id == by.pk else "grants.note_votes", held, by)
        if held.status != Motion.Status.OPEN:
            raise Refused("The vote on this motion is closed.", "Votes after the close do not count.")
        circle = circles(held.meeting, [held.application])[held.application_id]
        _may_vote(held, seat, circle, is_casting=is_casting)
        vote = Vote.objects.create(
            motion=held, seat=seat, choice=choice, is_casting=is_casting, cast_at=at, recorded_by_id=by.pk
        )
        detail = {"seat": seat.pk, "choice": choice, "casting": is_casting}
        record_facts([Fact("motion.vote", held, detail=detail)], by=by, at=at)
    return vote


def cast_votes(motion: Motion, *, cast: Mapping[Seat, str], by: Actor, at: datetime) -> list[Vote]:
    """Note the votes of several members, all or none, as the clerk counts hands."""
    with unit():
        return [cast_vote(motion, seat=seat, choice=choice, by=by, at=at) for seat, choice in cast.items()]


def close_motion(motion: Motion, *, by: Actor, at: datetime) -> Decision | None:
    """Close the vote. Carried becomes a proposed decision; too few voters puts the bid off."""
    with unit():
        held = _in_session(motion.meeting)
        [bid] = lock(Application.objects.filter(pk=motion.application_id))
        [current] = lock(Motion.objects.filter(pk=motion.pk))
        circle, votes = circles(held, [bid])[bid.pk], tally(current)
        if current.status == Motion.Status.OPEN and circle.is_quorate:
            _is_settled(votes, circle)
        closed = _closed(current, circle, votes, by, at)
        if closed.status != Motion.Status.CARRIED or closed.kind == Motion.Kind.DEFER:
            return None
        return _propose_carried(closed, bid, by, at)


def _closed(motion: Motion, circle: Circle, votes: Tally, by: Actor, at: datetime) -> Motion:
    if not circle.is_quorate:
        with MOTION.step("put_off", motion, by=by, at=at) as closed:
            _note_result(closed, circle, votes, at)
    elif votes.is_carried:
        with MOTION.step("carry", motion, by=by, at=at) as closed:
            _note_result(closed, circle, votes, at)
    else:
        with MOTION.step("lose", motion, by=by, at=at) as closed:
            _note_result(closed, circle, votes, at)
    return closed


def _note_result(motion: Motion, circle: Circle, votes: Tally, at: datetime) -> None:
    # a vote may have arrived after this request and still been first: it counts
    motion.closed_at = max([at, *(vote.cast_at for vote in votes.votes)])
    motion.eligible = len(circle.eligible)
    motion.event_detail = {"for": votes.yes, "against": votes.no, "abstain": votes.abstained, "casting": votes.casting}


def _is_settled(votes: Tally, circle: Circle) -> None:
    if not votes.votes:
        raise Refused("Nobody has voted yet.", "Note the votes, then close the vote.")
    if votes.is_tied and not votes.casting:
        raise Refused(
            f"The vote is tied, {votes.yes} to {votes.no}.", f"{circle.chair and circle.chair.person} has the casting vote."
        )


def _can_be_decided(bid: Application, meeting: Meeting) -> None:
    if bid.round_id != meeting.panel.round_id or bid.tier is None or bid.tier.route != Tier.Route.PANEL:
        raise Refused("This bid is not before this panel.", "Look for it in its own round.")
    if bid.status != Application.Status.IN_ASSESSMENT:
        raise Refused("This bid is not being assessed any more.", "Go on with the next one.")
    if bid.decisions.exclude(status=Decision.Status.SET_ASIDE).exists():
        raise Refused("The panel has decided this bid.", "A senior officer can send the decision back.")
    if bid.motions.filter(status=Motion.Status.OPEN).exists():
        raise Refused("A motion on this bid is being voted on.", "Close that vote first.")


def _sensible(bid: Application, kind: str, amount: Decimal | None, reasons: str, override: str) -> None:
    if kind == Motion.Kind.PART and not (amount and 0 < amount < bid.requested):
        raise Refused(
            f"A part must be more than nothing and less than {pounds(bid.requested)}.", "Give the sum the panel means."
        )
    if kind not in FUNDED and not reasons.strip():
        raise Refused("This motion has no reasons.", "Write why, in words the group can use.")
    below = standings([bid])[0].below if kind in FUNDED else []
    if below and not override.strip():
        raise Refused(
            f"This bid scored below the line ({'; '.join(below)}).", "Say why the panel would fund it all the same."
        )


def _may_vote(motion: Motion, seat: Seat, circle: Circle, *, is_casting: bool) -> None:
    name = seat.person.full_name
    if seat in circle.out:
        raise Refused(f"{name} has a tie to this bid and has left the item.", "They do not vote on it.")
    if seat in circle.undeclared:
        raise Refused(f"{name} has not said what ties them to this bid.", "Declare that first, then vote.")
    if seat not in circle.eligible:
        raise Refused(f"{name} is not in the room.", "Mark who is present, then note the votes.")
    if motion.votes.filter(seat=seat, is_casting=is_casting).exists():
        raise Refused(f"{name} has voted already.", "A vote is cast once and cannot be changed.")
    if is_casting and (seat != circle.chair or not tally(motion).is_tied):
        raise Refused("There is no casting vote now.", "Only whoever chairs the item has one, after a tie.")


def _permit(name: str, row: Any, by: Actor) -> None:
    if not allows(by, name, row):
        raise Refused(*NOT_YOURS, status=403)


# -- proposing -----------------------------------------------------------------------------------------------------


def _propose_carried(motion: Motion, bid: Application, by: Actor, at: datetime) -> Decision:
    decision = Decision(
        application=bid,
        motion=motion,
        route=Decision.Route.PANEL,
        outcome=OUTCOME_OF[Motion.Kind(motion.kind)],
        amount=motion.amount,
        conditions=motion.conditions,
        reasons=motion.reasons,
    )
    return _propose(decision, {}, by, at)


def propose_delegated(
    application: Application,
    *,
    outcome: str,
    amount: Decimal | None = None,
    conditions: Sequence[str] = (),
    reasons: str = "",
    lines: Mapping[int, Decimal] | None = None,
    by: Actor,
    at: datetime,
) -> Decision:
    """Propose what happens with a small bid. Another officer confirms it, and the group is told at once.

    `lines` gives the new amount of each of the bid's lines, by its key, where the sum is smaller than asked.
    """
    with unit():
        [bid] = lock(Application.objects.filter(pk=application.pk))
        _permit("grants.propose_delegated", bid, by)
        if bid.tier is None or bid.tier.route != Tier.Route.DELEGATED:
            raise Refused("This bid goes to the panel.", "Only small grants are decided by two officers.")
        if bid.status != Application.Status.IN_ASSESSMENT:
            raise Refused("This bid is not being assessed.", "Finish its checks first.")
        if not has_declared(by, bid):
            raise Refused("Say first what ties you to this bid.", "With a tie, a colleague decides it.")
        decision = Decision(
            application=bid,
            route=Decision.Route.DELEGATED,
            outcome=outcome,
            amount=_amount(bid, outcome, amount),
            conditions=[text.strip() for text in conditions if text.strip()],
            reasons=reasons.strip(),
        )
        _reasons_for_no(decision)
        return _propose(decision, lines or {}, by, at)


def reconsider_reserve(
    decision: Decision,
    *,
    outcome: str,
    amount: Decimal | None = None,
    reasons: str = "",
    by: Actor,
    at: datetime,
) -> Decision:
    """Take a bid from the reserve list, to fund it after all or to end its waiting. Confirmed by another person."""
    with unit():
        [bid] = lock(Application.objects.filter(pk=decision.application_id))
        with DECISION.step("reconsider", decision, by=by, at=at, reason=reasons) as old:
            if old.outcome != Decision.Outcome.RESERVE:
                raise Refused("This bid is not on the reserve list.", "Decisions that were told stand.")
        new = Decision(
            application=bid,
            route=old.route,
            outcome=outcome,
            amount=_amount(bid, outcome, amount),
            conditions=old.conditions,
            reasons=reasons.strip(),
        )
        _reasons_for_no(new)
        return _propose(new, {}, by, at)


def _amount(bid: Application, outcome: str, amount: Decimal | None) -> Decimal | None:
    if outcome != Decision.Outcome.FUND:
        return None
    given = bid.requested if amount is None else amount
    if not 0 < given <= bid.requested:
        raise Refused(f"The sum must be more than nothing and at most {pounds(bid.requested)}.", "Correct the sum.")
    return given


def _reasons_for_no(decision: Decision) -> None:
    if decision.outcome != Decision.Outcome.FUND and not decision.reasons:
        raise Refused("There are no reasons for the group yet.", "Write what the group will read.")


def _propose(decision: Decision, lines: Mapping[int, Decimal], by: Actor, at: datetime) -> Decision:
    bid = decision.application
    if bid.decisions.exclude(status=Decision.Status.SET_ASIDE).exists():
        raise Refused("A decision on this bid stands already.", "Set it aside first.")
    decision.case, decision.proposed_by_id, decision.proposed_at = bid.case, by.pk, at
    if decision.outcome == Decision.Outcome.RESERVE:
        decision.reserve_rank = _next_rank(bid.round)
    if lines and decision.amount is not None:
        decision.lines_agreed_by_id, decision.lines_agreed_at = by.pk, at
    DECISION.create("propose", decision, by=by, at=at)
    if decision.amount is not None:
        _write_lines(decision, list(bid.lines.filter(funded_by=BidLine.FundedBy.GRANT)), lines)
    return decision


def _write_lines(decision: Decision, asked: Sequence[BidLine], chosen: Mapping[int, Decimal]) -> None:
    """The bid's lines; for a smaller sum shared in proportion, until an officer says better."""
    amount = decision.amount or Decimal(0)
    shared = split(amount, [line.amount for line in asked]) if asked else []
    if chosen:
        shared = [chosen.get(line.pk, Decimal(0)) for line in asked]
        _adds_up(shared, amount)
    DecisionLine.objects.bulk_create(
        DecisionLine(
            decision=decision, order=line.order, category=line.category, item=line.item, asked=line.amount, amount=part
        )
        for line, part in zip(asked, shared, strict=True)
    )


def _adds_up(parts: Sequence[Decimal], amount: Decimal) -> None:
    if (total := sum(parts, Decimal(0))) != amount:
        raise Refused(f"The lines come to {pounds(total)}, but the sum is {pounds(amount)}.", "Change the lines.")


def _next_rank(round_: Round) -> int:
    last = Decision.objects.filter(application__round=round_).exclude(status=Decision.Status.SET_ASIDE)
    return (last.aggregate(last=Max("reserve_rank"))["last"] or 0) + 1


# -- preparing -----------------------------------------------------------------------------------------------------


def rebase_lines(decision: Decision, *, amounts: Mapping[int, Decimal], by: Actor, at: datetime) -> Decision:
    """Say what a smaller sum is for, line by line."""
    with DECISION.record("lines", decision, by=by, at=at, who="grants.prepare_decision") as held:
        _still_proposed(held)
        lines = list(held.lines.all())
        before = {line.item: line.amount for line in lines}
        for line in lines:
            line.amount = amounts.get(line.pk, line.amount)
            if not 0 <= line.amount <= line.asked:
                raise Refused(f"“{line.item}” must be between £0 and {pounds(line.asked)}.", "Correct the line.")
        _adds_up([line.amount for line in lines], held.amount or Decimal(0))
        DecisionLine.objects.bulk_update(lines, ["amount"])
        held.lines_agreed_at, held.lines_agreed_by_id = at, by.pk
        held.event_detail = {"before": before, "after": {line.item: line.amount for line in lines}}
    return held


def prepare(
    decision: Decision, *, reasons: str, conditions: Sequence[str] = (), by: Actor, at: datetime
) -> Decision:
    """Word the reasons and the conditions that the group will read."""
    with DECISION.record("prepare", decision, by=by, at=at, who="grants.prepare_decision") as held:
        _still_proposed(held)
        held.event_detail = {"before": {"reasons": held.reasons, "conditions": held.conditions}}
        held.reasons, held.conditions = reasons.strip(), [text.strip() for text in conditions if text.strip()]
    return held


def rank_reserve(decision: Decision, *, rank: int, by: Actor, at: datetime) -> Decision:
    """Give a bid its place on the reserve list."""
    with DECISION.record("rank", decision, by=by, at=at, who="grants.prepare_decision") as held:
        _still_proposed(held)
        if held.outcome != Decision.Outcome.RESERVE or rank < 1:
            raise Refused("Only bids on the reserve list have a place, from 1 upwards.", "Correct the place.")
        held.reserve_rank = rank
    return held


def _still_proposed(decision: Decision) -> None:
    if decision.status not in (Decision.Status.PROPOSED, Decision.Status.ASKING):
        raise Refused("This decision is confirmed and cannot change.", "A senior officer can set it aside.")


def ask_about_less(decision: Decision, *, by: Actor, at: datetime) -> Decision:
    """Ask the group whether less than its least would still work. It is no offer."""
    with DECISION.step("ask_about_less", decision, by=by, at=at) as held:
        pass
    return held


def answer_about_less(decision: Decision, *, agrees: bool, note: str = "", by: Actor, at: datetime) -> Decision:
    """The group says whether the smaller sum would still work. A no sets the proposal aside: the panel looks again."""
    if not agrees:
        with DECISION.step("refuse_less", decision, by=by, at=at, reason=note) as refused:
            return refused
    with DECISION.step("answer_about_less", decision, by=by, at=at, reason=note) as agreed:
        agreed.below_least_agreed_at = at
    return agreed


# -- confirming ----------------------------------------------------------------------------------------------------


def ratify(decision: Decision, *, by: Actor, at: datetime) -> Decision:
    """Confirm a decision and promise its money. A small grant decided by two officers is told at once."""
    [confirmed] = ratify_many([decision], by=by, at=at)
    if confirmed.route == Decision.Route.DELEGATED:
        [confirmed] = release([confirmed], by=by, at=at)
    return confirmed


def ratify_many(decisions: Collection[Decision], *, by: Actor, at: datetime) -> list[Decision]:
    """Confirm several decisions, all or none. The budget is locked before anything is read."""
    with DECISION.step_many("ratify", list(decisions), by=by, at=at, all_or_nothing=True) as batch:
        for held in batch.done:
            held.ratified_by_id, held.ratified_at = by.pk, at
            if held.amount is not None:
                held.commitment = commit(
                    held.application.round.budget,
                    amount=held.amount,
                    case=held.case,
                    key=f"decision:{held.public_id}",
                    by=by,
                    at=at,
                    note=f"{held.application.reference} {held.application.title}",
                )
        DecisionLine.objects.filter(decision__in=batch.done).update(is_final=True)
        _decide([held.application for held in batch.done], by, at)
    return batch.done


def set_aside(decision: Decision, *, reason: str, by: Actor, at: datetime) -> Decision:
    """Send a decision back before anybody is told. Money that was promised is free again."""
    if not reason.strip():
        raise Refused("There is no reason yet.", "Say why the decision is set aside.")
    with DECISION.step("set_aside", decision, by=by, at=at, reason=reason) as held:
        if held.commitment is not None and held.amount is not None:
            give_back(
                held.application.round.budget,
                amount=held.amount,
                case=held.case,
                key=f"set-aside:{held.public_id}",
                by=by,
                at=at,
                note=f"{held.application.reference} set aside",
            )
        _reopen(held.application, by, at)
    return held


def _decide(bids: Sequence[Application], by: Actor, at: datetime) -> None:
    """The bids are decided; one from the reserve list is that already."""
    moving = [bid for bid in bids if bid.status == Application.Status.IN_ASSESSMENT]
    with APPLICATION.step_many("decide", moving, by=by, at=at, all_or_nothing=True):
        pass


def _reopen(bid: Application, by: Actor, at: datetime) -> None:
    """A confirmed decision that nobody was told falls: the bid is open again."""
    told = bid.decisions.filter(released_at__isnull=False).exists()
    if bid.status == Application.Status.DECIDED and not told:
        with APPLICATION.step("reopen", bid, by=by, at=at):
            pass


# -- telling -------------------------------------------------------------------------------------------------------


def release(
    what: Round | Collection[Decision],
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    not_before: datetime | None = None,
) -> list[Decision]:
    """Tell the groups, all of a round together, now or not before a moment. Nothing shows to anybody until then."""
    if isinstance(what, Round):
        if waiting := unsettled(what):
            raise Refused(" ".join(waiting), "All groups of a round are told together. Finish these first.")
        decisions = list(ready_to_tell(what))
        if not decisions:
            raise Refused("There is nothing to tell: no decision is waiting.", "Confirm the decisions first.")
    else:
        decisions = [each for each in what if each.status != Decision.Status.RELEASED]
    if not_before is not None and not_before > at:
        return _schedule(decisions, not_before, by, at)
    return _tell(decisions, by=by, at=at, teller=by.pk, reason=reason)


def _schedule(decisions: Sequence[Decision], not_before: datetime, by: Actor, at: datetime) -> list[Decision]:
    with unit():
        for decision in sorted(decisions, key=lambda each: each.pk):
            detail = {"not_before": not_before}
            with DECISION.record("schedule", decision, by=by, at=at, who="grants.release_decision", detail=detail) as held:
                held.release_due_at, held.release_set_by_id = not_before, by.pk
    return list(decisions)


def _tell(decisions: Sequence[Decision], *, by: Actor, at: datetime, teller: Any, reason: str = "") -> list[Decision]:
    with DECISION.step_many("release", decisions, by=by, at=at, reason=reason, all_or_nothing=True) as batch:
        for held in batch.done:
            held.released_at, held.released_by_id = at, teller
    return batch.done


def release_due(*, at: datetime | None = None) -> int:
    """Tell the groups whose day has come. Safe to run twice."""
    moment = at or now()
    due = list(Decision.objects.filter(status=Decision.Status.RATIFIED, release_due_at__lte=moment).order_by("pk"))
    for teller in dict.fromkeys(each.release_set_by_id for each in due):
        mine = [each for each in due if each.release_set_by_id == teller]
        _tell(mine, by=SYSTEM, at=moment, teller=teller)
    return len(due)
