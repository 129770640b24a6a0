"""What this room does when an earlier room acts: an accepted offer owes a report from that moment."""

from collections.abc import Sequence

from communities.core.lifecycle import Moment
from evaluation.reports.operations import require
from grants.awards.models import AWARD, Award


def open_reports(awards: Sequence[Award], moment: Moment) -> None:
    """Open the reports that these awards owe."""
    for award in awards:
        require(award, at=moment.at)


AWARD.then("accept", open_reports)
