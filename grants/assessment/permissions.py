"""Who reads a bid's papers, who scores it, and who sees what others gave."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from communities.core.permissions import NONE, Actor, office, permission, roles_of
from communities.people import roles
from grants.applications.models import Application
from grants.assessment.models import Allocation, Interest, Review, Score
from grants.rounds.models import Tier

READERS = (roles.OFFICER.code, roles.SENIOR_OFFICER.code, roles.AUDITOR.code)
RUNNERS = (roles.OFFICER.code, roles.SENIOR_OFFICER.code)
BEFORE_PANEL = (Application.Status.IN_ASSESSMENT, Application.Status.DECIDED)


def seated(user: Actor) -> Q:
    """Bids that go to a panel on which this person sits."""
    return Q(
        status__in=BEFORE_PANEL,
        tier__route=Tier.Route.PANEL,
        round__panel__seats__person__user=user.pk,
        round__panel__seats__left_on=None,
    )


def readable(user: Actor) -> Q:
    """Bids before this person's panel for which they have said that nothing keeps them away."""
    return seated(user) & Q(interests__user=user.pk, interests__kind__in=Interest.IN)


@permission(
    "grants.declare_interest",
    Application,
    "Officers, and panel members for the bids that come before their panel",
    roles=RUNNERS,
)
def may_declare_interest(user: Actor) -> Q:
    """Everybody who has a say in a bid says first what ties them to it."""
    return seated(user)


def sits_on(user: Actor) -> Q:
    """Panels on which this person sits."""
    return Q(seats__person__user=user.pk, seats__left_on=None)


@permission("grants.correct_interest", Application, "Officers, when a member was kept away by mistake", roles=RUNNERS)
def may_correct_interest(user: Actor) -> Q:
    """A member who is out does not let themselves in again."""
    return NONE


@permission(
    "grants.read_papers", Application, "Panel members who have said that they have no tie, or only know the group"
)
def may_read_papers(user: Actor) -> Q:
    """Papers open for a member when that member has declared for that bid."""
    return readable(user)


@permission("grants.allocate_scorers", Application, "Officers", roles=RUNNERS)
def may_allocate(user: Actor) -> Q:
    """Officers share the bids out."""
    return NONE


@permission("grants.view_interest", Interest, "Officers, and the person who declared it", roles=READERS)
def may_view_interest(user: Actor) -> Q:
    """One's own words."""
    return Q(user=user.pk)


@permission("grants.view_allocation", Allocation, "Officers, and the person asked to score", roles=READERS)
def may_view_allocation(user: Actor) -> Q:
    """One's own share of the work."""
    return Q(user=user.pk)


@permission("grants.write_review", Review, "The person asked to score the bid, unless a tie keeps them away")
def may_write_review(user: Actor) -> Q:
    """A review is written by its reviewer alone."""
    return Q(
        reviewer=user.pk,
        application__allocations__user=user.pk,
        application__interests__user=user.pk,
        application__interests__kind__in=Interest.IN,
    )


@permission(
    "grants.view_review",
    Review,
    "Its writer; once it is locked, officers, and panel members who have locked their own or are at the meeting",
    partly=READERS,
)
def may_view_review(user: Actor) -> Q:
    """Nobody sees the scores of others before locking their own."""
    own, locked = Q(reviewer=user.pk), Q(status=Review.Status.LOCKED)
    if roles_of(user).intersection(READERS):
        return own | locked
    return own | (locked & Q(Exists(compared(user).filter(pk=OuterRef("application")))))


def seen_of(user: Actor, application: Application) -> Q:
    """The same for one bid. (Asked about all bids, a database looks at every bid that the member ever read.)"""
    own, locked = Q(reviewer=user.pk), Q(status=Review.Status.LOCKED)
    everything = roles_of(user).intersection(READERS) or compared(user).filter(pk=application.pk).exists()
    return own | locked if everything else own


def compared(user: Actor) -> QuerySet[Application]:
    """Bids whose scores this member may compare: their own is locked, or scoring is over."""
    asked = Allocation.objects.filter(application=OuterRef("pk"))
    locked = Exists(Review.objects.filter(application=OuterRef("pk"), reviewer=user.pk, status=Review.Status.LOCKED))
    over = Exists(asked.filter(closed_at__isnull=False)) & ~Exists(asked.filter(user=user.pk, closed_at=None))
    return Application.objects.filter(readable(user)).filter(locked | over)


office(Score, view=READERS)
