"""Who may see an award, say yes or no to an offer, and take an award through to its end."""

from django.db.models import Q

from communities.core.files import StoredFile, may_open
from communities.core.permissions import NONE, Actor, office, permission, rule
from communities.groups.permissions import member_of
from communities.people.roles import ANALYST, AUDITOR, FINANCE, OFFICER, SENIOR_OFFICER
from grants.awards.models import Acceptance, Award, AwardCondition

READERS = (OFFICER.code, SENIOR_OFFICER.code, FINANCE.code, ANALYST.code, AUDITOR.code)
CASEWORK = (OFFICER.code, SENIOR_OFFICER.code)


def signs_for(user: Actor, path: str = "group__") -> Q:
    """Rows whose group this person is named to sign for."""
    return member_of(user, path) & Q(**{f"{path}memberships__is_signatory": True})


def holds_purse(user: Actor, path: str = "group__") -> Q:
    """Rows whose group this person is the treasurer or the lead of."""
    return member_of(user, path) & Q(**{f"{path}memberships__role__in": ("treasurer", "lead")})


@permission("grants.view_award", Award, "The office, and the group's own members", roles=READERS)
def view_award(user: Actor) -> Q:
    """Everybody in the group sees what it was given and on what terms."""
    return member_of(user, "group__")


@permission("grants.offer_award", Award, "Officers, by releasing a decision", roles=CASEWORK)
def offer_award(user: Actor) -> Q:
    """Whoever tells a group that it is funded makes the offer with it."""
    return NONE


@permission(
    "grants.accept_award",
    Award,
    "People named to sign for the group; officers write down a yes given to them",
    roles=CASEWORK,
)
def accept_award(user: Actor) -> Q:
    """Each signs for themselves."""
    return signs_for(user)


@permission("grants.record_acceptance", Award, "Officers, for a person who cannot sign in", roles=CASEWORK)
def record_acceptance(user: Actor) -> Q:
    """A signed page or a call is written down by an officer."""
    return NONE


@permission("grants.turn_down_award", Award, "People named to sign for the group; officers for them", roles=CASEWORK)
def turn_down_award(user: Actor) -> Q:
    """One person's no is enough: nobody has to take money."""
    return signs_for(user)


@permission("grants.lapse_award", Award, "Nobody: the system, when the last day is over")
def lapse_award(user: Actor) -> Q:
    """An offer ends by its date, not by anybody's choice."""
    return NONE


@permission("grants.extend_offer", Award, "Senior officers", roles=(SENIOR_OFFICER.code,))
def extend_offer(user: Actor) -> Q:
    """More time to accept is an exception with a reason."""
    return NONE


@permission("grants.change_awardcondition", Award, "Officers", roles=CASEWORK)
def change_condition(user: Actor) -> Q:
    """Officers judge whether a condition is met."""
    return NONE


@permission("grants.start_award", Award, "Finance, by recording the first payment", roles=(FINANCE.code,))
def start_award(user: Actor) -> Q:
    """An award is under way when its first money has arrived."""
    return NONE


@permission("grants.complete_award", Award, "Officers", roles=CASEWORK)
def complete_award(user: Actor) -> Q:
    """An officer says that everything owed has come in."""
    return NONE


@permission("grants.close_award", Award, "Officers", roles=CASEWORK)
def close_award(user: Actor) -> Q:
    """An officer puts the file away."""
    return NONE


@may_open("signed_page")
def open_signed_page(user: Actor) -> Q:
    """Whoever works on the award can open the page that was signed; so can the group."""
    signed = Acceptance.objects.filter(award__in=Award.objects.filter(rule(user, "grants.view_award")))
    return Q(pk__in=StoredFile.objects.filter(pk__in=signed.values("evidence")))


office(AwardCondition, view=READERS)
