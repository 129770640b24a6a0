"""A round is drafted, published with frozen terms, and finished when everything of it is done."""

from communities.core.lifecycle import Moment, Step, need
from grants.rounds.models import ROUND, Round
from grants.rounds.queries import missing_staff, open_tiers

S = Round.Status


@need(
    "the round is a draft",
    "This round is published, so what it says stands.",
    next_step="Add a dated notice to correct or explain something.",
)
def is_draft(round_: Round, moment: Moment) -> bool:
    """What applicants were told does not change under them."""
    return round_.status == S.DRAFT


@need("the deadline is still to come", "The closing date has passed already.", next_step="Change the dates first.")
def closes_later(round_: Round, moment: Moment) -> bool:
    """A round that nobody can bid to is not published."""
    return round_.closes_at > moment.at


@need("at least one size of grant is on offer", "No size of grant is open in this round.")
def offers_a_tier(round_: Round, moment: Moment) -> bool:
    """Something can be applied for."""
    return bool(open_tiers(round_.terms))


@need(
    "the budget has money left",
    "This round's budget has nothing left to promise.",
    loads=("budget",),
    next_step="Ask a senior officer to add money to the budget.",
)
def has_money(round_: Round, moment: Moment) -> bool:
    """A call without money wastes everybody's time."""
    return round_.budget.committed < round_.budget.limit


@need(
    "the staff and panel named can carry it through to payment",
    "The people named cannot carry this round through.",
    next_step="Name them on the round's page, then publish.",
)
def can_be_carried(round_: Round, moment: Moment) -> bool | str:
    """Two officers, one finance clerk and one manager are enough; nobody holds two neighbouring keys."""
    missing = missing_staff(round_)
    return " ".join(missing) if missing else True


@need(
    "the deadline, its minutes of grace and ten minutes for slow connections have passed",
    "This round still takes bids.",
)
def has_closed(round_: Round, moment: Moment) -> bool:
    """Only a closed round can be finished."""
    return round_.settled_at < moment.at


ROUND.add(
    Step(
        "publish",
        (S.DRAFT,),
        S.PUBLISHED,
        "grants.publish_round",
        needs=(closes_later, offers_a_tier, has_money, can_be_carried),
        label="Publish this round",
        done="Round published",
    ),
    Step(
        "finish",
        (S.PUBLISHED,),
        S.FINISHED,
        "grants.publish_round",
        needs=(has_closed,),
        label="Finish this round",
        done="Round finished",
    ),
)
