"""What happens here when an award is agreed: its payments are planned."""

from collections.abc import Sequence

from communities.core.lifecycle import Moment
from grants.awards.models import AWARD, Award
from grants.payments.operations import plan


def plan_payments(awards: Sequence[Award], moment: Moment) -> None:
    """The plan follows from the agreement."""
    for award in awards:
        plan(award, by=moment.by, at=moment.at)


AWARD.then("accept", plan_payments)
