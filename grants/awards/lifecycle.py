"""An award's way: offered, accepted by two people, under way, completed, closed. Or turned down, or run out."""

from collections.abc import Sequence

from django.db.models import QuerySet

from communities.core.clock import london
from communities.core.events import describe
from communities.core.lifecycle import Moment, Step, need
from communities.diligence.queries import has_hold
from communities.groups.models import Group
from grants.awards.models import AWARD, Award
from grants.awards.queries import standing, unrelated_pair
from grants.funds.models import Budget

S = Award.Status


@need(
    "the offer can still be accepted",
    "This offer has ended.",
    next_step="Ring the grants team: they can tell you what is possible now.",
)
def offer_is_open(award: Award, moment: Moment) -> bool | str:
    """The last day counts in full."""
    if award.status != S.OFFERED:
        return f"This offer is already “{award.get_status_display()}”."
    return london(moment.at).date() <= award.offer_ends_on


@need("its last day is over", "This offer can still be accepted.")
def offer_is_over(award: Award, moment: Moment) -> bool:
    """Looked at under the lock: the group may have been given more time a moment ago."""
    return london(moment.at).date() > award.offer_ends_on


@need(
    "nothing stands against the group",
    "We cannot go on with this award just now: there is something about your group that we have to settle first.",
    loads=("group",),
    next_step="Ring the grants team. They will tell you what it is about.",
)
def group_is_clear(award: Award, moment: Moment) -> bool:
    """A hold or a suspended group stops new agreements."""
    return award.group.status == Group.Status.ACTIVE and not has_hold(award.group)


@need(
    "two unrelated people have said yes",
    "Two people who are not related have to say yes.",
    next_step="Ask the other people who sign for your group.",
)
def two_said_yes(award: Award, moment: Moment) -> bool:
    """Nobody binds a group alone."""
    return unrelated_pair(award, standing(award))


@need("no condition is open", "Something that was asked for has not been done yet.", loads=("conditions",))
def conditions_are_met(award: Award, moment: Moment) -> bool | str:
    """A condition is met or it is not; the award does not end in between."""
    still = [each.text for each in award.conditions.all() if each.met_at is None]
    return True if not still else f"Still to be done: {'; '.join(still)}"


@need("all of the award is paid", "Not all of the award has been paid.")
def is_paid_up(award: Award, moment: Moment) -> bool:
    """Checked beside the payments' own needs: an award with nothing paid has nothing to complete."""
    return award.paid > 0


def budgets(awards: Sequence[Award]) -> list[QuerySet[Budget]]:
    """The budgets that carry these awards: locked before the awards, since money goes back to them."""
    return [Budget.objects.filter(rounds__applications__award__in=[each.pk for each in awards])]


AWARD.add(
    Step("offer", (), S.OFFERED, "grants.offer_award", message="offer_made", done="Offer made"),
    Step(
        "accept",
        (S.OFFERED,),
        S.ACCEPTED,
        "grants.accept_award",
        needs=(offer_is_open, group_is_clear, two_said_yes),
        message="agreement_made",
        label="Accept the offer",
        done="Offer accepted by two people",
    ),
    Step(
        "turn_down",
        (S.OFFERED,),
        S.DECLINED,
        "grants.turn_down_award",
        message="offer_turned_down",
        label="Turn the offer down",
        done="Offer turned down",
        locks=budgets,
    ),
    Step(
        "lapse",
        (S.OFFERED,),
        S.LAPSED,
        "grants.lapse_award",
        needs=(offer_is_over,),
        message="offer_lapsed",
        label="End the offer",
        done="Offer ended: not accepted in time",
        locks=budgets,
    ),
    Step(
        "complete",
        (S.ACTIVE,),
        S.COMPLETED,
        "grants.complete_award",
        needs=(is_paid_up, conditions_are_met),
        message="award_completed",
        label="Mark as completed",
        done="Award completed",
    ),
    Step(
        "close",
        (S.COMPLETED,),
        S.CLOSED,
        "grants.close_award",
        label="Close the file",
        done="File closed",
    ),
)
for verb, sentence in (
    ("sign", "One person said yes to the offer"),
    ("extend", "More time given to accept"),
    ("meet_condition", "A condition is met"),
    ("change_condition", "A condition was changed"),
    ("pay", "A further payment was booked"),
):
    describe(AWARD.verb(verb), sentence)
