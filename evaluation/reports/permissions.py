"""Who may write, send, read and accept a group's report."""

from django.db.models import Q

from communities.core.files import may_open
from communities.core.permissions import NONE, Actor, office, permission, rule
from communities.groups.permissions import leader_of, member_of
from communities.people.roles import ANALYST, AUDITOR, OFFICER, SENIOR_OFFICER
from evaluation.reports.models import Observation, OutcomeReport, ReportRequirement
from grants.awards.models import AwardTarget

READERS = (OFFICER.code, SENIOR_OFFICER.code, ANALYST.code, AUDITOR.code)
CASEWORK = (OFFICER.code, SENIOR_OFFICER.code)
GROUP = "requirement__award__group__"


@permission(
    "evaluation.view_reportrequirement", ReportRequirement, "The group's own members; the office", roles=READERS
)
def view_requirement(user: Actor) -> Q:
    """Members see what their award owes."""
    return member_of(user, "award__group__")


@permission("evaluation.view_outcomereport", OutcomeReport, "The group's own members; the office", roles=READERS)
def view_report(user: Actor) -> Q:
    """Members read their own group's report."""
    return member_of(user, GROUP)


@permission("evaluation.write_outcomereport", OutcomeReport, "The group's own members")
def write_report(user: Actor) -> Q:
    """Everybody in the group can help to write it."""
    return member_of(user, GROUP)


@permission("evaluation.submit_outcomereport", OutcomeReport, "The group's declared leaders")
def submit_report(user: Actor) -> Q:
    """A declared leader sends it, and the receipt says who."""
    return leader_of(user, GROUP)


@permission("evaluation.accept_outcomereport", OutcomeReport, "Officers", roles=CASEWORK)
def accept_report(user: Actor) -> Q:
    """Officers read reports and accept them, or ask."""
    return NONE


@permission("evaluation.open_outcomereport", OutcomeReport, "Nobody: the system, when an offer is accepted")
def open_report(user: Actor) -> Q:
    """A report is owed as soon as the money is agreed."""
    return NONE


@permission("evaluation.map_target", AwardTarget, "Analysts", roles=(ANALYST.code,))
def map_target(user: Actor) -> Q:
    """An analyst says which indicator a group's own words speak of."""
    return NONE


office(Observation, view=READERS)
office(AwardTarget, view=READERS)


@may_open("report_photo")
def report_photo(user: Actor) -> Q:
    """A photo is for the group and for those who read its report."""
    names = OutcomeReport.objects.filter(rule(user, "evaluation.view_outcomereport"), photo__isnull=False)
    return Q(pk__in=names.values("photo_id"))
