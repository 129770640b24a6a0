"""Who runs a meeting, who votes, who confirms a decision and who reads it."""

from django.db.models import F, Q

from communities.core.permissions import EVERY, NONE, Actor, permission, roles_of
from communities.people import roles
from grants.applications.models import Application
from grants.assessment.permissions import READERS, RUNNERS
from grants.decisions.models import Decision, Meeting, Motion, Vote
from grants.rounds.models import Panel, Seat

IN_CHAIR = (Seat.Role.CHAIR, Seat.Role.VICE)
OFFICER, SENIOR = roles.OFFICER.code, roles.SENIOR_OFFICER.code
READ_DECISIONS = (*READERS, roles.FINANCE.code, roles.ANALYST.code)


def sits(user: Actor, path: str) -> Q:
    """Rows of a panel on which this person sits; `path` leads to the panel."""
    return Q(**{f"{path}seats__person__user": user.pk, f"{path}seats__left_on": None})


def chairs(user: Actor, path: str) -> Q:
    """Rows of a panel that this person chairs, or could."""
    return Q(
        **{
            f"{path}seats__person__user": user.pk,
            f"{path}seats__left_on": None,
            f"{path}seats__role__in": IN_CHAIR,
        }
    )


@permission("grants.view_meeting", Meeting, "Officers, and the members of the panel", roles=READERS)
def may_view_meeting(user: Actor) -> Q:
    """Members see the meetings of their panel."""
    return sits(user, "panel__")


@permission("grants.plan_meeting", Panel, "Officers", roles=RUNNERS)
def may_plan(user: Actor) -> Q:
    """Officers call the panel together."""
    return NONE


@permission("grants.plan_this_meeting", Meeting, "Officers", roles=RUNNERS)
def may_plan_this(user: Actor) -> Q:
    """Officers call the panel together, and move the day."""
    return NONE


@permission("grants.run_meeting", Meeting, "The officer who clerks, the chair and the vice-chair", roles=RUNNERS)
def may_run_meeting(user: Actor) -> Q:
    """Opening, attendance, motions and closing."""
    return chairs(user, "panel__")


@permission("grants.view_motion", Motion, "Officers, and members of the panel without a tie to the bid", roles=READERS)
def may_view_motion(user: Actor) -> Q:
    """A member with a tie leaves the item."""
    return sits(user, "meeting__panel__") & untied(user)


@permission("grants.run_motion", Motion, "The officer who clerks, the chair and the vice-chair", roles=RUNNERS)
def may_run_motion(user: Actor) -> Q:
    """Putting a motion and closing its vote; nobody chairs an item with a tie."""
    return chairs(user, "meeting__panel__") & untied(user)


@permission("grants.cast_vote", Motion, "Members of the panel without a tie to the bid, for themselves")
def may_cast_vote(user: Actor) -> Q:
    """Members vote for themselves."""
    return sits(user, "meeting__panel__") & untied(user)


@permission("grants.note_votes", Motion, "The officer who clerks, for the members in the room", roles=RUNNERS)
def may_note_votes(user: Actor) -> Q:
    """Hands are counted by the clerk."""
    return NONE


def untied(user: Actor) -> Q:
    """Motions about bids for which this person has said that nothing keeps them away."""
    return Q(application__interests__user=user.pk, application__interests__kind__in=("none", "known"))


@permission("grants.view_vote", Vote, "Officers, and members of the panel", roles=READERS)
def may_view_vote(user: Actor) -> Q:
    """Votes are cast in the open, among those who have no tie."""
    return (
        sits(user, "motion__meeting__panel__")
        & Q(motion__application__interests__user=user.pk, motion__application__interests__kind__in=("none", "known"))
    )  # fmt: skip


@permission("grants.view_decision", Decision, "Staff; the group once it is told", roles=READ_DECISIONS)
def may_view_decision(user: Actor) -> Q:
    """A group reads what was decided about its own bid, never before it is told."""
    return Q(released_at__isnull=False) & group_of(user)


def group_of(user: Actor) -> Q:
    """Decisions about bids of this person's groups."""
    return Q(
        application__group__memberships__person__user=user.pk, application__group__memberships__ends_on=None
    )  # fmt: skip


@permission(
    "grants.propose_decision", Decision, "The panel's chair and clerk by closing a vote; officers", roles=RUNNERS
)
def may_propose(user: Actor) -> Q:
    """The outcome of a vote becomes a proposal; small grants are proposed by an officer."""
    return chairs(user, "motion__meeting__panel__")


@permission("grants.propose_delegated", Application, "Officers without a tie to the bid")
def may_propose_delegated(user: Actor) -> Q:
    """Small grants are proposed by an officer, who says first what ties them to the bid."""
    return EVERY if roles_of(user).intersection(RUNNERS) else NONE


@permission("grants.prepare_decision", Decision, "Officers", roles=RUNNERS)
def may_prepare(user: Actor) -> Q:
    """Wording, lines of a smaller sum, asking the group."""
    return NONE


def runs(user: Actor, rows: Q) -> Q:
    """These rows, for officers."""
    return rows if roles_of(user).intersection(RUNNERS) else NONE


BEING_PREPARED = Q(status__in=(Decision.Status.PROPOSED, Decision.Status.ASKING))


@permission("grants.word_decision", Decision, "Officers, until it is confirmed")
def may_word(user: Actor) -> Q:
    """What the group will read."""
    return runs(user, BEING_PREPARED)


@permission("grants.agree_lines", Decision, "Officers, where less is given than was asked for, until it is confirmed")
def may_agree_lines(user: Actor) -> Q:
    """What a smaller sum is for."""
    return runs(user, BEING_PREPARED & Q(amount__lt=F("application__requested")))


@permission("grants.rank_reserve", Decision, "Officers, for bids on the reserve list, until it is confirmed")
def may_rank(user: Actor) -> Q:
    """The order of the reserve list."""
    return runs(user, BEING_PREPARED & Q(outcome=Decision.Outcome.RESERVE))


@permission(
    "grants.answer_about_less", Decision, "The leaders of the group; officers, when told by phone", roles=RUNNERS
)
def may_answer_about_less(user: Actor) -> Q:
    """Whether a smaller sum would still work is for the group's leaders to say."""
    return group_of(user) & Q(application__group__memberships__is_leader=True)


@permission(
    "grants.ratify_decision", Decision, "Senior officers; for small grants decided by two officers, another officer"
)
def may_ratify(user: Actor) -> Q:
    """The second of two keys."""
    held = roles_of(user)
    if SENIOR in held:
        return EVERY
    return Q(route=Decision.Route.DELEGATED) if OFFICER in held else NONE


@permission("grants.release_decision", Decision, "Senior officers; officers, for small grants decided by two officers")
def may_release(user: Actor) -> Q:
    """Telling the groups."""
    return may_ratify(user)


@permission(
    "grants.set_aside_decision", Decision, "Senior officers; officers, for small grants decided by two officers"
)
def may_set_aside(user: Actor) -> Q:
    """Sending a decision back, with the reason."""
    return may_ratify(user)


@permission("grants.settle_application", Application, "Whoever confirms the decision", roles=RUNNERS)
def may_settle(user: Actor) -> Q:
    """A bid is decided when its decision is confirmed, never otherwise."""
    return NONE
