"""Who is written to while a bid is checked, and what about."""

from collections.abc import Iterable
from typing import Any

from communities.core.events import Moment
from communities.core.outbox import Recipient, message
from communities.diligence.messages import leaders
from communities.groups.queries import PEOPLE
from grants.applications.models import Application
from grants.checks.models import IneligibleFinding, InformationRequest
from grants.checks.queries.cases import open_request


def officer(user: Any, **context: Any) -> Iterable[Recipient]:
    """An officer, where one is named."""
    return [Recipient(user.email, str(user), user, context)] if user is not None else []


def told(bid: Application, **context: Any) -> Iterable[Recipient]:
    """The leaders of the group, with what the letter needs."""
    return [Recipient(one.email, one.name, one.user, context) for one in leaders(bid.group)]


@message("information_asked", subject="{object.reference}: we need something from you")
def information_asked(bid: Application, moment: Moment) -> Iterable[Recipient]:
    """What is asked, and by when."""
    return told(bid, request=open_request(bid))


@message(
    "information_overdue",
    subject="{object.application.reference}: we are still waiting for your answer",
    loads=(f"application.group.{PEOPLE}",),
)
def information_overdue(request: InformationRequest, moment: Moment) -> Iterable[Recipient]:
    """The day has passed; the group can still answer."""
    return told(request.application, request=request)


@message("information_answered", subject="{object.reference}: the group answered")
def information_answered(bid: Application, moment: Moment) -> Iterable[Recipient]:
    """The officer goes on."""
    return officer(bid.officer)


@message("information_not_awaited", subject="{object.reference}: we are going on with what we have")
def information_not_awaited(bid: Application, moment: Moment) -> Iterable[Recipient]:
    """Never a silent no: the group hears that the bid goes on."""
    return told(bid)


@message("ineligible_proposed", subject="{object.reference}: please look at a proposal")
def ineligible_proposed(bid: Application, moment: Moment) -> Iterable[Recipient]:
    """The other officers of the round, one of whom has to confirm."""
    others = bid.round.staff.filter(duty="officer").exclude(user=moment.by.pk).select_related("user")
    return [one for seat in others for one in officer(seat.user, proposal=_latest(bid))]


@message("ineligible", subject="{object.reference}: your bid is not eligible")
def ineligible(bid: Application, moment: Moment) -> Iterable[Recipient]:
    """The reason, and where else the group could turn."""
    return told(bid, proposal=_latest(bid))


@message("ineligible_sent_back", subject="{object.reference}: your proposal was not confirmed")
def ineligible_sent_back(bid: Application, moment: Moment) -> Iterable[Recipient]:
    """Whoever proposed it hears why it was sent back."""
    latest = _latest(bid)
    return officer(latest.proposed_by, proposal=latest) if latest else []


@message("case_assigned", subject="{object.reference}: this bid is now with you")
def case_assigned(bid: Application, moment: Moment) -> Iterable[Recipient]:
    """The officer who gets it, unless they took it themselves."""
    return [] if bid.officer_id == moment.by.pk else officer(bid.officer)


def _latest(bid: Application) -> IneligibleFinding | None:
    return bid.ineligible_findings.select_related("proposed_by", "settled_by").order_by("-proposed_at", "-pk").first()
