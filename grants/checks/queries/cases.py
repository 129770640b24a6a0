"""What stands in the way of a bid: checks to judge, checks on the group to make, answers to wait for."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, QuerySet

from communities.core.clock import london
from communities.core.dates import working_days_between
from communities.core.locking import loaded
from communities.diligence.models import CheckType, GroupCheck, Hold
from communities.diligence.queries import stands
from communities.groups.models import AccountableBody, Membership
from grants.applications.models import Application
from grants.checks.models import BidCheck, InformationRequest
from grants.rounds.models import CheckRequirement

# What the checks of a bid are judged by: fetched once for a page, used by the needs and by every section.
GROUP_CHECKS = Prefetch(
    "group__checks",
    GroupCheck.objects.select_related("checked_by", "check_type", "evidence").order_by("-checked_at", "-pk"),
)
REQUIREMENTS = Prefetch(
    "tier__checks", CheckRequirement.objects.select_related("check_type").order_by("check_type__order", "pk")
)
CHECKS = Prefetch("checks", BidCheck.objects.select_related("judged_by", "check_type").order_by("order", "pk"))
PEOPLE = (
    Prefetch("group__memberships", Membership.objects.filter(ends_on=None).select_related("person").order_by("pk")),
    Prefetch("group__accountable_bodies", AccountableBody.objects.filter(ends_on=None).select_related("agreement")),
    Prefetch("group__holds", Hold.objects.filter(cleared_at=None).select_related("set_by")),
)


@dataclass(frozen=True)
class Due:
    """A check on the group that this bid's tier asks for, and the latest result."""

    check_type: CheckType
    is_required: bool
    latest: GroupCheck | None
    stands: bool
    seen: BidCheck | None

    @property
    def is_open(self) -> bool:
        """Whether an officer has still to make it before the bid is assessed."""
        return self.is_required and not self.stands

    @property
    def has_failed(self) -> bool:
        """Whether the result that stands is a no."""
        return self.stands and self.latest is not None and self.latest.result == GroupCheck.Result.FAILED


def group_checks(bid: Application, on: date) -> list[Due]:
    """The checks on the group that the bid's tier asks for, each with the latest result, used again while valid."""
    latest: dict[int, GroupCheck] = {}
    for check in sorted(bid.group.checks.all(), key=lambda each: (each.checked_at, each.pk), reverse=True):
        latest.setdefault(check.check_type_id, check)
    seen = {check.check_type_id: check for check in bid.checks.all()}
    wanted = bid.tier.checks.all() if bid.tier else []
    return [
        Due(
            each.check_type,
            each.level == CheckRequirement.Level.REQUIRED,
            latest.get(each.check_type_id),
            stands(latest.get(each.check_type_id), on),
            seen.get(each.check_type_id),
        )
        for each in wanted
        if each.check_type.subject == CheckType.Subject.GROUP and each.check_type.is_active
    ]


def bid_checks(bid: Application) -> list[BidCheck]:
    """The checks on the bid itself; those on its group are judged there, once for all its bids."""
    loaded([bid], ("checks.check_type",))
    return [
        each for each in bid.checks.all() if each.check_type is None or each.check_type.subject == CheckType.Subject.BID
    ]


def open_checks(bid: Application, at: datetime) -> int:
    """How many required checks nobody has judged yet, of the bid and of the group."""
    due = group_checks(bid, london(at).date())
    return sum(check.is_open for check in bid.checks.all()) + sum(each.is_open for each in due)


def failed_checks(bid: Application, at: datetime) -> list[str]:
    """The names of the required checks that were judged a no."""
    due = group_checks(bid, london(at).date())
    failed = BidCheck.Judgement.FAILED
    return [check.name for check in bid.checks.all() if check.is_required and check.judgement == failed] + [
        each.check_type.name for each in due if each.is_required and each.has_failed
    ]


def open_request(bid: Application) -> InformationRequest | None:
    """The question that the group has still to answer, if there is one."""
    return InformationRequest.objects.filter(application=bid, status=InformationRequest.Status.OPEN).first()


def overdue_requests(on: date) -> QuerySet[InformationRequest]:
    """Questions whose day has passed without an answer, the oldest first."""
    waiting = InformationRequest.objects.filter(status=InformationRequest.Status.OPEN, due_on__lt=on)
    return waiting.select_related("application__group", "asked_by").order_by("due_on", "pk")


def days_left(bid: Application, on: date) -> int | None:
    """Working days until the promised answer; below zero when the promise is broken."""
    return None if bid.answer_due_on is None else working_days_between(on, bid.answer_due_on)
