"""Motions and votes on one bid at a meeting."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from communities.core.events import Fact, record_facts
from communities.core.lifecycle import lock, unit
from communities.core.money import pounds
from communities.core.permissions import Actor
from communities.core.refusals import Refused
from grants.applications.models import Application
from grants.assessment.queries import standings
from grants.decisions.models import (
    MOTION,
    Decision,
    Meeting,
    Motion,
    Vote,
)
from grants.decisions.operations.meetings import in_session, permit
from grants.decisions.operations.proposing import propose_carried
from grants.decisions.queries import Circle, Tally, circles, tally
from grants.rounds.models import Seat, Tier

FUNDED = (Motion.Kind.FULL, Motion.Kind.PART)


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
        held = in_session(meeting)
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
        held = in_session(meeting)
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


def cast_vote(motion: Motion, *, seat: Seat, choice: str, is_casting: bool = False, by: Actor, at: datetime) -> Vote:
    """Vote on a motion, once and for good. Members vote for themselves, or the officer who clerks notes it."""
    with unit():
        meeting = in_session(motion.meeting)
        [held] = lock(Motion.objects.filter(pk=motion.pk))
        permit("grants.cast_vote" if seat.person.user_id == by.pk else "grants.note_votes", held, by)
        if held.status != Motion.Status.OPEN:
            raise Refused("The vote on this motion is closed.", "Votes after the close do not count.")
        circle = circles(meeting, [motion.application])[held.application_id]
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
        held = in_session(motion.meeting)
        [bid] = lock(Application.objects.filter(pk=motion.application_id))
        [current] = lock(Motion.objects.filter(pk=motion.pk))
        permit("grants.run_motion", current, by)
        circle, votes = circles(held, [bid])[bid.pk], tally(current)
        if current.status == Motion.Status.OPEN and circle.is_quorate:
            _is_settled(votes, circle)
        closed = _closed(current, circle, votes, by, at)
        if closed.status != Motion.Status.CARRIED or closed.kind == Motion.Kind.DEFER:
            return None
        return propose_carried(closed, bid, by, at)


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
            f"The vote is tied, {votes.yes} to {votes.no}.",
            f"{circle.chair and circle.chair.person} has the casting vote.",
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
