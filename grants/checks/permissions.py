"""Who may check bids, see what was found, and ask groups for more."""

from django.db.models import Q

from communities.core.permissions import NONE, Actor, office, permission
from communities.people.roles import AUDITOR, FINANCE, OFFICER, SENIOR_OFFICER
from grants.applications.models import Application
from grants.checks.models import BidCheck, Flag, IneligibleFinding, InformationRequest

OFFICERS = (OFFICER.code, SENIOR_OFFICER.code)
READERS = (*OFFICERS, FINANCE.code, AUDITOR.code)

for model in (BidCheck, Flag, IneligibleFinding):
    office(model, view=READERS)


@permission("grants.check_application", Application, "Officers and senior officers", roles=OFFICERS)
def check_application(user: Actor) -> Q:
    """Bids are checked by officers."""
    return NONE


@permission("grants.assign_application", Application, "Officers and senior officers", roles=OFFICERS)
def assign_application(user: Actor) -> Q:
    """Officers share out the work among themselves."""
    return NONE


@permission("grants.hold_bidder", Application, "Senior officers", roles=(SENIOR_OFFICER.code,))
def hold_bidder(user: Actor) -> Q:
    """A hold on the group is set and cleared from the page of its bid as well."""
    return NONE


@permission(
    "grants.view_informationrequest", InformationRequest, "Officers, and the group's own members", roles=READERS
)
def view_information_request(user: Actor) -> Q:
    """What is asked of a group is for all its members to see."""
    return Q(application__group__memberships__person__user=user.pk, application__group__memberships__ends_on=None)


@permission("grants.answer_application", Application, "The group's declared leaders")
def answer_application(user: Actor) -> Q:
    """Whoever may send the bid may send the answer."""
    return Q(
        group__memberships__person__user=user.pk,
        group__memberships__is_leader=True,
        group__memberships__ends_on=None,
    )


@permission("grants.answer_informationrequest", InformationRequest, "The group's declared leaders")
def answer_information_request(user: Actor) -> Q:
    """The same people, asked about the request."""
    return Q(
        application__group__memberships__person__user=user.pk,
        application__group__memberships__is_leader=True,
        application__group__memberships__ends_on=None,
    )


@permission("grants.ask_application", InformationRequest, "Officers and senior officers", roles=OFFICERS)
def ask_application(user: Actor) -> Q:
    """Officers ask, and may stop waiting."""
    return NONE
