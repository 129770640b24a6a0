"""The steps officers take with a bid, from the first look to assessment, or to a reasoned no."""

from collections.abc import Sequence
from datetime import datetime

from communities.core.lifecycle import Batch, unit
from communities.core.permissions import Actor
from communities.core.refusals import Refused
from communities.people.models import User
from grants.applications.models import APPLICATION, Application
from grants.checks.models import BidCheck, Flag, IneligibleFinding
from grants.checks.operations.judging import is_open


def begin_check(application: Application, *, by: Actor, at: datetime) -> None:
    """Start checking a bid. It is with the officer who starts, unless somebody has it already."""
    with APPLICATION.step("begin_check", application, by=by, at=at) as bid:
        bid.officer_id = bid.officer_id or by.pk


def begin_checks(applications: Sequence[Application], *, by: Actor, at: datetime) -> Batch[Application]:
    """Start checking several bids; those that cannot be are listed with the reason."""
    with APPLICATION.step_many("begin_check", applications, by=by, at=at) as batch:
        for bid in batch.done:
            bid.officer_id = bid.officer_id or by.pk
    return batch


def assess(application: Application, *, by: Actor, at: datetime) -> None:
    """Send a checked bid to those who assess it."""
    with APPLICATION.step("assess", application, by=by, at=at):
        pass


def propose_ineligible(
    application: Application,
    *,
    check: BidCheck | None = None,
    reason: str,
    signpost: str = "",
    by: Actor,
    at: datetime,
) -> IneligibleFinding:
    """Propose that a bid is not eligible. Another officer has to confirm before the group hears."""
    _needs(reason, "Say why the bid is not eligible. The group will read it.")
    with APPLICATION.step("propose_ineligible", application, by=by, at=at, reason=reason.strip()) as bid:
        return IneligibleFinding.objects.create(
            application=bid,
            rule=check,
            reason=reason.strip(),
            signpost=signpost.strip(),
            proposed_by_id=by.pk,
            proposed_at=at,
        )


def confirm_ineligible(application: Application, *, by: Actor, at: datetime) -> None:
    """Confirm a colleague's proposal: the bid ends here, and the group is told why and where else to turn."""
    with APPLICATION.step("confirm_ineligible", application, by=by, at=at) as bid:
        _settle(bid, confirmed=True, note="", by=by, at=at)


def send_back(application: Application, *, reason: str, by: Actor, at: datetime) -> None:
    """Send a proposal back: the bid is checked further."""
    _needs(reason, "Say why you do not confirm it.")
    with APPLICATION.step("send_back", application, by=by, at=at, reason=reason.strip()) as bid:
        _settle(bid, confirmed=False, note=reason.strip(), by=by, at=at)


def _settle(bid: Application, *, confirmed: bool, note: str, by: Actor, at: datetime) -> None:
    bid.ineligible_findings.filter(settled_at=None).update(
        settled_by=by.pk, settled_at=at, is_confirmed=confirmed, settled_note=note
    )


def assign_officer(application: Application, *, officer: User | None, by: Actor, at: datetime) -> None:
    """Give a bid to an officer, who is told, or lay it back into the queue."""
    if officer is not None and not officer.has_perm("grants.check_application"):
        raise Refused(f"{officer} is not an officer.", "Choose somebody who checks bids.", status=400)
    with APPLICATION.record(
        "assign",
        application,
        by=by,
        at=at,
        who="grants.assign_application",
        reason=f"Now with {officer}" if officer else "Now with nobody",
        needs=(is_open,),
        message="case_assigned",
    ) as bid:
        bid.event_detail = {"officer": [bid.officer_id, officer.pk if officer else None]}
        bid.officer = officer


def take(applications: Sequence[Application], *, by: User, at: datetime) -> int:
    """Take several bids at once. Returns how many were with somebody else, or nobody, before."""
    others = [bid for bid in applications if bid.officer_id != by.pk]
    with unit():
        for bid in sorted(others, key=lambda each: each.pk):
            assign_officer(bid, officer=by, by=by, at=at)
    return len(others)


def raise_flag(application: Application, *, reason: str, by: Actor, at: datetime) -> Flag:
    """Mark something about a bid that a person should look at. It blocks nothing by itself."""
    _needs(reason, "Say what should be looked at.")
    with APPLICATION.record(
        "flag", application, by=by, at=at, who="grants.check_application", reason=reason.strip()
    ) as bid:
        return Flag.objects.create(application=bid, reason=reason.strip(), raised_by_id=by.pk, raised_at=at)


def resolve_flag(flag: Flag, *, resolution: str, by: Actor, at: datetime) -> None:
    """Say what was found out about a flag, and take it down."""
    _needs(resolution, "Say what you found out.")
    with APPLICATION.record(
        "resolve_flag", flag.application, by=by, at=at, who="grants.check_application", reason=resolution.strip()
    ):
        if not Flag.objects.filter(pk=flag.pk, resolved_at=None).update(
            resolved_by=by.pk, resolved_at=at, resolution=resolution.strip()
        ):
            raise Refused("This flag has been resolved already.", "There is nothing left to do.")


def _needs(words: str, sentence: str) -> None:
    if not words.strip():
        raise Refused(sentence, "Write a sentence or two, then try again.", status=400)
