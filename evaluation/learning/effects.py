"""What an accepted report teaches is kept, in the group's own words."""

from collections.abc import Sequence

from communities.core.lifecycle import Moment
from communities.core.permissions import SYSTEM
from evaluation.learning.models import Learning
from evaluation.learning.operations import note
from evaluation.reports.models import OUTCOME_REPORT, OutcomeReport

KINDS = {"changed": Learning.Kind.WORKED, "worked_less": Learning.Kind.DID_NOT}  # by the key of the question


def learn_from(reports: Sequence[OutcomeReport], moment: Moment) -> None:
    """Keep what worked and what worked less well as things learnt."""
    for report in reports:
        for key, kind in KINDS.items():
            if text := str(report.answers.get(key) or "").strip():
                note(kind=kind, text=text, report=report, by=SYSTEM, at=moment.at)


OUTCOME_REPORT.then("accept", learn_from)
