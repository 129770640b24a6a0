"""What groups and panel members are told about meetings and decisions."""

from collections.abc import Iterable

from communities.core.events import Moment
from communities.core.outbox import Recipient, message
from communities.groups.queries import PEOPLE, addressees, leads
from grants.applications.models import Application
from grants.assessment.queries import seats_of
from grants.decisions.models import Decision, Meeting


@message("meeting_planned", subject="Panel meeting: {object.panel.round}")
def meeting_planned(meeting: Meeting, moment: Moment) -> Iterable[Recipient]:
    """Everybody who sits on the panel and has an address."""
    people = [seat.person for seat in seats_of(meeting.panel.round)]
    return [Recipient(each.email, each.full_name, each.user) for each in people if each.email]


@message("smaller_sum", subject="A question about your bid {object.application.reference}")
def smaller_sum(decision: Decision, moment: Moment) -> Iterable[Recipient]:
    """The leaders of the group, who alone know whether less would still work."""
    return leaders(decision.application)


@message(
    "decision_told",
    subject="Our decision on your bid {object.application.reference}",
    loads=(f"application.group.{PEOPLE}",),
)
def decision_told(decision: Decision, moment: Moment) -> Iterable[Recipient]:
    """The leaders of a group that is not funded now; those who are have their offer's letter at the same moment."""
    return [] if decision.outcome == Decision.Outcome.FUND else leaders(decision.application)


def leaders(bid: Application) -> list[Recipient]:
    """The declared leaders of the bid's group who can be written to."""
    return addressees(bid.group, only=leads)
