"""What a group is told about its report."""

from collections.abc import Iterator

from communities.core.lifecycle import Moment
from communities.core.outbox import Recipient, message
from communities.groups.queries import PEOPLE, addressees, leads
from evaluation.reports.models import OutcomeReport

TOLD = (f"requirement.award.group.{PEOPLE}",)  # what a batch of these letters reads


def leaders(report: OutcomeReport) -> list[Recipient]:
    """The declared leaders of the group."""
    return addressees(report.requirement.award.group, only=leads)


@message("report_received", subject="{object.requirement.award.reference}: we have your report")
def report_received(report: OutcomeReport, moment: Moment) -> Iterator[Recipient]:
    """The leaders know that it arrived, and who sent it."""
    yield from leaders(report)


@message("report_returned", subject="{object.requirement.award.reference}: a question about your report")
def report_returned(report: OutcomeReport, moment: Moment) -> Iterator[Recipient]:
    """The leaders read what the officer asks."""
    yield from leaders(report)


@message("report_accepted", subject="{object.requirement.award.reference}: thank you for your report")
def report_accepted(report: OutcomeReport, moment: Moment) -> Iterator[Recipient]:
    """The leaders are thanked, and told what becomes of what they wrote."""
    yield from leaders(report)


@message("report_due", subject="{object.requirement.award.reference}: your report is due soon", loads=TOLD)
def report_due(report: OutcomeReport, moment: Moment) -> Iterator[Recipient]:
    """A reminder before the day."""
    yield from leaders(report)


@message("report_overdue", subject="{object.requirement.award.reference}: we are waiting for your report", loads=TOLD)
def report_overdue(report: OutcomeReport, moment: Moment) -> Iterator[Recipient]:
    """A reminder after the day, with the offer of help."""
    yield from leaders(report)
