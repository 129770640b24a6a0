"""Who reads the results."""

from django.db.models import Q

from communities.core.permissions import NONE, Actor, office, permission
from communities.people.roles import ANALYST, AUDITOR, OFFICER, SENIOR_OFFICER
from evaluation.insight.models import Baseline
from grants.awards.models import Award

READERS = (OFFICER.code, SENIOR_OFFICER.code, ANALYST.code, AUDITOR.code)


@permission("evaluation.view_results", Award, "Analysts, officers and auditors", roles=READERS)
def view_results(user: Actor) -> Q:
    """Results are added up from all awards, so they are for the office."""
    return NONE


@permission("evaluation.export_results", Award, "Analysts, officers and auditors", roles=READERS)
def export_results(user: Actor) -> Q:
    """Taking figures away leaves an event."""
    return NONE


office(Baseline, view=READERS)
