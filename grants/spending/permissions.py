"""Who may see what was spent, write it down, send it, and accept it."""

from django.db.models import Q

from communities.core.files import StoredFile, may_open
from communities.core.permissions import NONE, Actor, permission, rule
from communities.groups.permissions import member_of
from communities.people.roles import ANALYST, AUDITOR, FINANCE, OFFICER, SENIOR_OFFICER
from grants.spending.models import Expenditure, SpendingReturn

READERS = (OFFICER.code, SENIOR_OFFICER.code, FINANCE.code, ANALYST.code, AUDITOR.code)
CASEWORK = (OFFICER.code, SENIOR_OFFICER.code)


def keeps_books(user: Actor) -> Q:
    """The treasurer, the lead and the declared leaders."""
    part = Q(award__group__memberships__role__in=("treasurer", "lead")) | Q(award__group__memberships__is_leader=True)
    return member_of(user, "award__group__") & part


@permission("grants.view_spendingreturn", SpendingReturn, "The office, and the group's own members", roles=READERS)
def view_spending(user: Actor) -> Q:
    """Everybody in the group sees what its money went on."""
    return member_of(user, "award__group__")


@permission("grants.open_spendingreturn", SpendingReturn, "Whoever accepts the offer", roles=CASEWORK)
def open_spending(user: Actor) -> Q:
    """The record is opened with the agreement."""
    return member_of(user, "award__group__")


@permission(
    "grants.change_spendingreturn",
    SpendingReturn,
    "Treasurer, lead and leaders; officers for them",
    roles=(OFFICER.code,),
)
def change_spending(user: Actor) -> Q:
    """The people who keep the books write in them."""
    return keeps_books(user)


@permission("grants.settle_spendingreturn", SpendingReturn, "Officers", roles=CASEWORK)
def settle_spending(user: Actor) -> Q:
    """An officer accepts what was sent, or asks about it."""
    return NONE


@permission("grants.view_expenditure", Expenditure, "The office, and the group's own members", roles=READERS)
def view_expenditure(user: Actor) -> Q:
    """Everybody in the group sees what its money went on."""
    return member_of(user, "spending__award__group__")


@may_open("receipt")
def open_receipt(user: Actor) -> Q:
    """Whoever sees the purchase can open its receipt."""
    bought = Expenditure.objects.filter(rule(user, "grants.view_expenditure"))
    return Q(pk__in=StoredFile.objects.filter(pk__in=bought.values("receipt")))
