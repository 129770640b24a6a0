"""How much there is to do, for the front page of the office."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Min, Q

from communities.core.clock import london
from communities.core.dates import working_days_between
from communities.core.permissions import Actor
from grants.applications.models import Application
from grants.checks.models import IneligibleFinding
from grants.checks.queries.cases import overdue_requests

S = Application.Status
UNANSWERED = (S.SUBMITTED, S.IN_CHECK, S.MORE_INFO, S.INELIGIBLE_PROPOSED, S.IN_ASSESSMENT)


@dataclass(frozen=True)
class Work:
    """What waits in the queue."""

    new: int
    oldest: datetime | None
    checking: int
    waiting: int
    proposed: int
    late: int
    overdue: int

    def waited(self, on: date) -> int:
        """Working days that the oldest new bid has waited."""
        return working_days_between(london(self.oldest).date(), on) if self.oldest else 0


def work(user: Actor, on: date) -> Work:
    """The counts of one moment, in three queries."""
    found: dict[str, Any] = Application.objects.filter(status__in=UNANSWERED).aggregate(
        new=Count("pk", filter=Q(status=S.SUBMITTED)),
        oldest=Min("submitted_at", filter=Q(status=S.SUBMITTED)),
        checking=Count("pk", filter=Q(status=S.IN_CHECK)),
        waiting=Count("pk", filter=Q(status=S.MORE_INFO)),
        late=Count("pk", filter=Q(status__in=UNANSWERED, answer_due_on__lt=on)),
    )
    theirs = IneligibleFinding.objects.filter(settled_at=None).exclude(proposed_by=user.pk)
    return Work(**found, proposed=theirs.count(), overdue=overdue_requests(on).count())
