"""Who may see a bid, write it, send it."""

from django.db.models import Q

from communities.core.permissions import NONE, Actor, permission
from communities.groups.permissions import READERS, leader_of, member_of
from grants.applications.models import Application, Submission


@permission("grants.view_application", Application, "The group's own members; the office", roles=READERS)
def view_application(user: Actor) -> Q:
    """Members see the bids of their groups."""
    return member_of(user, "group__")


@permission("grants.start_application", Application, "Members of the group")
def start_application(user: Actor) -> Q:
    """Whoever belongs to the group can begin a bid for it."""
    return member_of(user, "group__")


@permission("grants.change_application", Application, "Members of the group")
def change_application(user: Actor) -> Q:
    """Everybody in the group can help to write the bid."""
    return member_of(user, "group__")


@permission("grants.submit_application", Application, "Declared leaders of the group")
def submit_application(user: Actor) -> Q:
    """Any declared leader can send the bid; the receipt says who did."""
    return leader_of(user, "group__")


@permission("grants.withdraw_application", Application, "Declared leaders of the group")
def withdraw_application(user: Actor) -> Q:
    """Any declared leader can take the bid back."""
    return leader_of(user, "group__")


@permission("grants.lapse_application", Application, "The system, after the deadline")
def lapse_application(user: Actor) -> Q:
    """Nobody lapses a bid by hand."""
    return NONE


@permission("grants.export_application", Application, "The office", roles=READERS)
def export_application(user: Actor) -> Q:
    """Taking bids away as a file leaves an event. A group prints its own."""
    return NONE


@permission("grants.view_submission", Submission, "Whoever may see the bid", roles=READERS)
def view_submission(user: Actor) -> Q:
    """What was sent can be read by those who sent it."""
    return member_of(user, "application__group__")
