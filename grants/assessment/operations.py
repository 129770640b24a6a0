"""Saying what ties one to a bid, sharing the bids out, scoring alone, locking."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from communities.core.events import Fact, Moment, record_facts
from communities.core.lifecycle import lock, unit
from communities.core.locking import loaded
from communities.core.outbox import queue
from communities.core.permissions import Actor, allows
from communities.core.refusals import Refused
from communities.people.models import User
from grants.applications.models import Application
from grants.assessment.models import REVIEW, Allocation, Interest, Review, Score
from grants.assessment.queries import before_panel, has_declared, matches, seats_of
from grants.rounds.models import Round

Scores = Mapping[int, tuple[int, str]]  # by criterion: the score and the words


def declare_interest(
    application: Application, *, kind: str, detail: str = "", by: Actor, at: datetime, member: User | None = None
) -> Interest:
    """Say what ties one to a bid before reading it. Related or paid is out; knowing somebody is noted.

    An officer may note it for a `member` who said so. A member who is out is let in again by an officer only.
    """
    who: Any = member or by
    with unit():
        [bid] = lock(Application.objects.filter(pk=application.pk))
        _permit("grants.correct_interest" if member else "grants.declare_interest", bid, by)
        _may_declare(bid, who)
        known = Interest.objects.filter(application=bid, user=who.pk).first()
        if known and known.is_out and kind in Interest.IN and not (member and member.pk != by.pk):
            raise Refused(
                "You have said that a tie keeps you away from this bid.",
                "If that was a mistake, ask the grants team: an officer can put it right.",
            )
        interest, _ = Interest.objects.update_or_create(
            application=bid, user_id=who.pk, defaults={"kind": kind, "detail": detail.strip(), "declared_at": at}
        )
        if interest.is_out:
            _take_away(bid, who)
        detail_of = {"user": who.pk, "kind": kind, "before": known.kind if known else None, "words": detail.strip()}
        verb = "interest.correct" if member else "interest.declare"
        record_facts([Fact(verb, interest, detail=detail_of, case=bid.case)], by=by, at=at)
    return interest


def declare_interests(
    round_: Round, *, said: Mapping[Application, tuple[str, str]], none_for_rest: bool, by: Actor, at: datetime
) -> int:
    """Say in one go what ties one to several bids of a round, and perhaps that nothing ties one to the others."""
    with unit():
        lock(Application.objects.filter(pk__in=before_panel(round_).values("pk")))
        for bid, (kind, detail) in said.items():
            declare_interest(bid, kind=kind, detail=detail, by=by, at=at)
        others = declare_none_for_rest(round_, by=by, at=at) if none_for_rest else 0
    return len(said) + others


def declare_none_for_rest(round_: Round, *, by: Actor, at: datetime) -> int:
    """Say in one go that nothing ties one to the other bids of the round.

    Bids about which the system has to ask by name are left open.
    """
    bids = Application.objects.allowed_to(by, "grants.declare_interest").filter(
        pk__in=before_panel(round_).values("pk")
    )
    waiting = list(bids.exclude(interests__user=by.pk).order_by("pk"))
    asked = matches(by, waiting)
    with unit():
        chosen = [bid for bid in waiting if bid.pk not in asked]
        lock(Application.objects.filter(pk__in=[bid.pk for bid in chosen]))
        new = Interest.objects.bulk_create(
            [Interest(application=bid, user_id=by.pk, kind=Interest.Kind.NONE, declared_at=at) for bid in chosen]
        )
        facts = [
            Fact("interest.declare", each, detail={"user": by.pk, "kind": each.kind}, case=each.application.case)
            for each in new
        ]
        record_facts(facts, by=by, at=at)
    return len(chosen)


def _may_declare(bid: Application, who: Any) -> None:
    if bid.status in (Application.Status.DRAFT, Application.Status.WITHDRAWN, Application.Status.LAPSED):
        raise Refused("This bid is not before the council.", "There is nothing to declare.")
    if not allows(who, "grants.declare_interest", bid):
        raise Refused("This person has no say in this bid.", "Only panel members of its round and officers declare.")


def _take_away(bid: Application, who: Any) -> None:
    """Somebody with a tie does not score. What they locked before stays on record and no longer counts."""
    Allocation.objects.filter(application=bid, user=who.pk).exclude(
        application__reviews__in=Review.objects.filter(reviewer=who.pk, status=Review.Status.LOCKED)
    ).delete()


# -- sharing the work out ------------------------------------------------------------------------------------------


def allocate(application: Application, *, users: Collection[User], by: Actor, at: datetime) -> None:
    """Choose who scores a bid. Who was chosen before and is not among them now is let off, unless already locked."""
    allocate_all({application: users}, by=by, at=at)


def allocate_all(plan: Mapping[Application, Collection[User]], *, by: Actor, at: datetime) -> None:
    """Choose the scorers of several bids at once; each new scorer gets one message."""
    with unit():
        bids = lock(Application.objects.filter(pk__in=[bid.pk for bid in plan]))
        locked = {bid.pk: bid for bid in loaded(bids, ("round", "tier"))}
        new: dict[int, Allocation] = {}
        for asked, users in plan.items():
            for allocation in _allocate(locked[asked.pk], {user.pk: user for user in users}, by, at):
                new.setdefault(allocation.user_id, allocation)
        queue("papers_ready", list(new.values()), Moment(by, at))


def _allocate(bid: Application, users: dict[int, User], by: Actor, at: datetime) -> list[Allocation]:
    _permit("grants.allocate_scorers", bid, by)
    if bid.status != Application.Status.IN_ASSESSMENT:
        raise Refused(f"{bid.reference} is not being assessed.", "Scorers are chosen once the checks are done.")
    _check_scorers(bid, users)
    have = {each.user_id: each for each in Allocation.objects.filter(application=bid)}
    done = set(Review.objects.filter(application=bid, status=Review.Status.LOCKED).values_list("reviewer", flat=True))
    gone = set(have) - set(users) - done
    Allocation.objects.filter(application=bid, user__in=gone).delete()
    # somebody asked again after the panel met may score again, if they had not
    again = [have[pk] for pk in set(users) & set(have) if have[pk].closed_at and pk not in done]
    for each in again:
        each.closed_at, each.allocated_at = None, at
        each.save(update_fields=["closed_at", "allocated_at"])
    new = Allocation.objects.bulk_create(
        Allocation(application=bid, user=user, allocated_at=at, allocated_by_id=by.pk)
        for pk, user in sorted(users.items())
        if pk not in have
    )
    if new or gone or again:
        detail = {"scorers": sorted(users), "let_off": sorted(gone)}
        record_facts([Fact("allocation.change", bid, detail=detail, case=bid.case)], by=by, at=at)
    return [*new, *again]


def _check_scorers(bid: Application, users: dict[int, User]) -> None:
    seated = {seat.person.user_id for seat in seats_of(bid.round)}
    if strangers := [str(user) for pk, user in users.items() if pk not in seated]:
        raise Refused(f"{', '.join(strangers)} is not on the panel of this round.", "Choose members of the panel.")
    out = Interest.objects.filter(application=bid, user__in=users, kind__in=Interest.OUT).select_related("user")
    if tied := [str(each.user) for each in out]:
        raise Refused(f"{', '.join(tied)} has a tie to {bid.reference}.", "Choose somebody else for this bid.")
    needed = bid.tier.reviewers_needed if bid.tier else 0
    if len(users) < needed:
        raise Refused(f"{bid.reference} needs at least {needed} scorers.", "Choose more members.")


def close_scoring(applications: Collection[Application], *, at: datetime) -> None:
    """The panel meets: from now on nobody scores these bids, and members see the scores."""
    Allocation.objects.filter(application__in=applications, closed_at=None).update(closed_at=at)


# -- scoring -------------------------------------------------------------------------------------------------------


def save_review(
    review: Review | Application,
    *,
    scores: Scores,
    overall: str = "",
    recommendation: str = "",
    by: Actor,
    at: datetime,
) -> Review:
    """Keep one's scores of a bid as a draft. Nobody else sees them."""
    with unit():
        # the bid first, so that a double click begins one review
        [bid] = lock(Application.objects.filter(pk=review.application_id if isinstance(review, Review) else review.pk))
        mine = review if isinstance(review, Review) else Review.objects.filter(application=bid, reviewer=by.pk).first()
        if mine is None:
            return _begin(bid, scores, overall.strip(), recommendation, by, at)
        with REVIEW.record(
            "save", mine, by=by, at=at, who="grants.write_review", needs=REVIEW.steps["lock"].needs[:1]
        ) as draft:
            _still_open(draft)
            draft.overall, draft.recommendation = overall.strip(), recommendation
            draft.submission = _latest(bid)
            _write_scores(draft, scores)
    return draft


def lock_review(review: Review, *, by: Actor, at: datetime) -> Review:
    """Give one's scores for good. From then on they count and cannot change."""
    with REVIEW.step("lock", review, by=by, at=at) as mine:
        mine.locked_at = at
        mine.submission = _latest(mine.application)
        mine.scores.update(is_locked=True)
    return mine


def give_scores(
    application: Application, *, scores: Scores, overall: str, recommendation: str, final: bool, by: Actor, at: datetime
) -> Review:
    """Keep one's scores of a bid, and lock them when they are `final`."""
    said: dict[str, Any] = {"scores": scores, "overall": overall, "recommendation": recommendation}
    if not final:
        return save_review(application, **said, by=by, at=at)
    with unit():
        return lock_review(save_review(application, **said, by=by, at=at), by=by, at=at)


def _begin(bid: Application, scores: Scores, overall: str, recommendation: str, by: Actor, at: datetime) -> Review:
    """The first scores that somebody keeps begin their review: one act, one event."""
    if not has_declared(by, bid):
        raise Refused("Say first what ties you to this bid.", "Then its papers open.", status=403)
    new = Review(
        application=bid,
        submission=_latest(bid),
        reviewer_id=by.pk,
        case=bid.case,
        overall=overall,
        recommendation=recommendation,
    )
    begun = REVIEW.create("start", new, by=by, at=at)
    _write_scores(begun, scores)
    return begun


def _latest(bid: Application) -> Any:
    sent = bid.submissions.order_by("-number").defer("content").first()
    if sent is None:
        raise Refused("This bid was never sent.", "There is nothing to score.")
    return sent


def _still_open(review: Review) -> None:
    if review.status == Review.Status.LOCKED:
        raise Refused("Your scores are locked.", "They count as they are. Say what has changed at the meeting.")


def _write_scores(review: Review, scores: Scores) -> None:
    review.scores.exclude(criterion__in=scores).delete()
    Score.objects.bulk_create(
        [
            Score(review=review, criterion_id=criterion, value=value, words=words.strip())
            for criterion, (value, words) in scores.items()
        ],
        update_conflicts=True,
        unique_fields=("review", "criterion"),
        update_fields=("value", "words"),
    )


def _permit(name: str, bid: Application, by: Actor) -> None:
    if not allows(by, name, bid):
        raise Refused(
            "You do not have the right to do this.",
            "Ask the council's grants team if you think you should.",
            status=403,
        )
