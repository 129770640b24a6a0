"""What happens here when a decision is told to the groups, and when an offer is made."""

from collections.abc import Sequence

from communities.core.lifecycle import Moment
from grants.awards import operations
from grants.awards.models import AWARD, Award
from grants.decisions.models import DECISION, Decision


def make_offers(decisions: Sequence[Decision], moment: Moment) -> None:
    """Every group that is funded gets its offer with the news."""
    funded = [decision for decision in decisions if decision.outcome == Decision.Outcome.FUND]
    if funded:
        operations.make_offers(funded, by=moment.by, at=moment.at)


def write_terms(awards: Sequence[Award], moment: Moment) -> None:
    """The agreement is written before the letter about it."""
    operations.write_down_terms(awards, by=moment.by, at=moment.at)


DECISION.then("release", make_offers)
AWARD.then("offer", write_terms)
