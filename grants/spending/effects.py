"""What happens here when an award is agreed: the record of spending is opened."""

from collections.abc import Sequence

from communities.core.lifecycle import Moment
from grants.awards.models import AWARD, Award
from grants.spending.operations import open_return


def open_returns(awards: Sequence[Award], moment: Moment) -> None:
    """The treasurer can write things down from the first day."""
    for award in awards:
        open_return(award, by=moment.by, at=moment.at)


AWARD.then("accept", open_returns)
