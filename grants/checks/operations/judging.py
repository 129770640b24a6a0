"""What the system finds about a bid, and what a person judges beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from communities.core.lifecycle import Moment, need
from communities.core.permissions import Actor
from communities.core.refusals import Refused
from communities.diligence.models import CheckType
from communities.places.models import PriorityPlace
from grants.applications.models import APPLICATION, Application
from grants.checks.models import BidCheck
from grants.checks.queries.rules import findings
from grants.rounds.models import CheckRequirement, Tier

S = Application.Status
FOUND = ("check_type", "name", "order", "is_required", "finding", "finding_note", "found_at")
JUDGED = ("judgement", "judgement_note", "judged_by", "judged_at")


@dataclass(frozen=True)
class Judged:
    """A check with a person's word about it."""

    check: BidCheck
    judgement: str
    note: str = ""


@need(
    "the bid is being checked",
    "This bid is not being checked now, so its checks cannot be judged.",
    next_step="Look at the bid again to see where it stands.",
)
def is_being_checked(bid: Application, moment: Moment) -> bool:
    """Judgements are made while checks last, also while waiting for the group."""
    return bid.status in (S.IN_CHECK, S.MORE_INFO)


@need("the bid was sent", "This bid has not been sent, or is over.", next_step="There is nothing to do here.")
def is_open(bid: Application, moment: Moment) -> bool:
    """Between being sent and its end."""
    return bid.status in (S.SUBMITTED, S.IN_CHECK, S.MORE_INFO, S.INELIGIBLE_PROPOSED, S.IN_ASSESSMENT)


def judge(check: BidCheck, *, judgement: str, note: str = "", by: Actor, at: datetime) -> None:
    """Say whether a check is passed. The person's word counts, whatever the system found."""
    judge_many(check.application, judged=[Judged(check, judgement, note)], by=by, at=at)


def judge_many(application: Application, *, judged: Sequence[Judged], by: Actor, at: datetime) -> None:
    """Judge several checks of a bid at once; all are kept or none."""
    with APPLICATION.record(
        "judge", application, by=by, at=at, who="grants.check_application", needs=(is_being_checked,)
    ) as bid:
        own = {check.pk: check for check in bid.checks.all()}
        changed = [_judged(own[each.check.pk], each, by, at) for each in judged if each.check.pk in own]
        BidCheck.objects.bulk_update(changed, JUDGED)
        bid.event_detail = {check.rule: [check.judgement, check.judgement_note] for check in changed}


def accept_findings(application: Application, *, by: Actor, at: datetime) -> int:
    """Agree with everything the system found to be right and nobody has judged yet."""
    right = [
        Judged(check, BidCheck.Judgement.PASSED)
        for check in application.checks.all()
        if check.finding == BidCheck.Finding.PASSED and not check.judgement
    ]
    if right:
        judge_many(application, judged=right, by=by, at=at)
    return len(right)


def _judged(check: BidCheck, said: Judged, by: Actor, at: datetime) -> BidCheck:
    check.judgement, check.judgement_note = said.judgement, said.note.strip()
    if (check.is_contrary or said.judgement == BidCheck.Judgement.FAILED) and not check.judgement_note:
        raise Refused(
            f"“{check.name}” needs a note.", "Say why you see it differently, or why it is not passed.", status=400
        )
    check.judged_by_id, check.judged_at = by.pk, at
    return check


def find(application: Application, *, at: datetime) -> list[str]:
    """Let the system look at a bid again; a judgement stands unless what it was about has changed.

    Returns the names of checks to judge once more. Only inside a step or an edit of the bid, which holds its lock.
    """
    kept = {check.rule: check for check in application.checks.all()}
    fresh = list(_found(application, at))
    again = [kept[check.rule] for check in fresh if check.rule in kept and not _carry_on(kept[check.rule], check)]
    BidCheck.objects.bulk_create([check for check in fresh if check.rule not in kept])
    BidCheck.objects.bulk_update([check for check in fresh if check.rule in kept], (*FOUND, *JUDGED))
    return [check.name for check in again if check.judgement]


def _carry_on(old: BidCheck, new: BidCheck) -> bool:
    """Take over a check's row, and its judgement where the finding is the same."""
    new.pk = old.pk
    same = (old.finding, old.finding_note) == (new.finding, new.finding_note)
    if same:
        new.judgement, new.judgement_note = old.judgement, old.judgement_note
        new.judged_by_id, new.judged_at = old.judged_by_id, old.judged_at
    return same


def _found(bid: Application, at: datetime) -> Sequence[BidCheck]:
    checks = [
        BidCheck(application=bid, rule=rule.code, name=rule.name, finding=seen.finding, finding_note=seen.note)
        for rule, seen in findings(bid)
    ]
    known = {check.rule: check for check in checks}
    for wanted in asked_of(bid.tier):
        kind, level = wanted.check_type, wanted.level
        if kind.subject == CheckType.Subject.BID:
            check = known.setdefault(kind.code, BidCheck(application=bid, rule=kind.code, finding_note=kind.how))
            check.is_required = level == CheckRequirement.Level.REQUIRED
        elif kind.code in known:  # judged on the group, once for all its bids; here is only what the system sees
            check = known[kind.code]
            check.is_required = False
        else:
            continue
        check.check_type, check.name = kind, kind.name
    for order, check in enumerate(known.values(), start=1):
        check.order, check.found_at = order, at
    return list(known.values())


def asked_of(tier: Tier | None) -> Sequence[CheckRequirement]:
    """The checks that a tier asks for."""
    if tier is None:
        return []
    wanted = tier.checks.filter(check_type__is_active=True).select_related("check_type")
    return list(wanted.order_by("check_type__order", "pk"))


def set_place(
    application: Application, *, place: PriorityPlace | None, verdict: str, reason: str, by: Actor, at: datetime
) -> None:
    """Decide by hand where a bid belongs, with the reason. The system then looks at the bid again."""
    if not reason.strip():
        raise Refused("Say why the place is changed.", "Write the reason, then try again.", status=400)
    if (place is None) == (verdict == Application.PlaceVerdict.IN):
        raise Refused("Choose the place it is in, or say that it is in none.", "Choose both together.", status=400)
    with APPLICATION.record(
        "set_place", application, by=by, at=at, who="grants.check_application", reason=reason, needs=(is_open,)
    ) as bid:
        bid.event_detail = {"place": [str(bid.place or ""), str(place or "")], "verdict": [bid.place_verdict, verdict]}
        bid.place, bid.place_verdict, bid.place_note = place, verdict, reason.strip()
        find(bid, at=at)
