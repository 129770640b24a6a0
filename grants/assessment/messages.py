"""What panel members are told."""

from collections.abc import Iterable

from communities.core.events import Moment
from communities.core.outbox import Recipient, message
from grants.assessment.models import Allocation


@message(
    "papers_ready", subject="Bids to read and score: {object.application.round}", loads=("user", "application.round")
)
def papers_ready(allocation: Allocation, moment: Moment) -> Iterable[Recipient]:
    """The member who was asked to score; one message for all bids of one sharing out."""
    asked = Allocation.objects.filter(
        user=allocation.user_id,
        application__round=allocation.application.round_id,
        allocated_at=allocation.allocated_at,
    ).count()
    return [Recipient(allocation.user.email, str(allocation.user), allocation.user, {"count": asked})]
