"""What this room does when a bid is sent, answered or withdrawn."""

from collections.abc import Sequence

from communities.core.events import Moment
from communities.core.permissions import SYSTEM
from grants.applications.models import APPLICATION, Application
from grants.checks.lifecycle import open_requests
from grants.checks.models import INFORMATION_REQUEST, InformationRequest
from grants.checks.operations.judging import find


def look_at_bid(bids: Sequence[Application], moment: Moment) -> None:
    """The system's rules look at what was sent, so that an officer opens a case already sorted."""
    for bid in bids:
        find(bid, at=moment.at)


def stop_asking(bids: Sequence[Application], moment: Moment) -> None:
    """A group that withdraws is not waited for any longer."""
    waiting = InformationRequest.objects.filter(application__in=bids, status=InformationRequest.Status.OPEN)
    for request in waiting:
        with INFORMATION_REQUEST.step("close", request, by=SYSTEM, at=moment.at, reason="The bid was withdrawn"):
            pass


APPLICATION.then("submit", look_at_bid)
APPLICATION.then("answer", look_at_bid)
APPLICATION.then("withdraw", stop_asking, locks=open_requests)
