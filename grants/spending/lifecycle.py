"""A record of spending's way: filled in, sent, asked about where needed, accepted."""

from communities.core.events import describe
from communities.core.lifecycle import Moment, Step, need
from grants.awards.models import AWARD, Award
from grants.spending.models import SPENDING_RETURN, SpendingReturn
from grants.spending.queries import bought, by_total

S = SpendingReturn.Status
OPEN = (S.DRAFT, S.QUERIED)


@need(
    "the record is still with the group",
    "Your record is with us, so it cannot be changed now.",
    next_step="Ring the grants team if something in it is wrong.",
)
def is_open(spending: SpendingReturn, moment: Moment) -> bool:
    """What was sent stays as it was sent, until an officer asks about it."""
    return spending.status in OPEN


@need(
    "it says what was spent",
    "There is nothing in it yet.",
    loads=("award.application.tier",),
    next_step="Write down what you spent first.",
)
def says_something(spending: SpendingReturn, moment: Moment) -> bool | str:
    """An empty record helps nobody."""
    if by_total(spending.award):
        if spending.total is None or spending.as_planned is None:
            return "Say how much you spent, and whether it was as agreed."
        return True
    return bought(spending).exists()


@need("something of the award is paid", "Nothing of this award has been paid yet, so there is nothing to account for.")
def money_has_come(spending: SpendingReturn, moment: Moment) -> bool:
    """Groups account for money they have."""
    return spending.award.paid > 0


@need(
    "the record of spending is accepted",
    "The record of spending has not been accepted yet.",
    loads=("spending_return",),
)
def spending_is_accepted(award: Award, moment: Moment) -> bool:
    """An award is complete when its money is accounted for."""
    spending = getattr(award, "spending_return", None)
    return spending is not None and spending.status == S.ACCEPTED


SPENDING_RETURN.add(
    Step("open", (), S.DRAFT, "grants.open_spendingreturn", done="Record of spending opened"),
    Step(
        "submit",
        OPEN,
        S.SUBMITTED,
        "grants.change_spendingreturn",
        needs=(money_has_come, says_something),
        message="spending_received",
        label="Send to the council",
        done="Record of spending sent",
    ),
    Step(
        "query",
        (S.SUBMITTED,),
        S.QUERIED,
        "grants.settle_spendingreturn",
        message="spending_queried",
        label="Ask a question",
        done="Question about the spending sent to the group",
    ),
    Step(
        "accept",
        (S.SUBMITTED,),
        S.ACCEPTED,
        "grants.settle_spendingreturn",
        message="spending_accepted",
        label="Accept the spending",
        done="Record of spending accepted",
    ),
)
for verb, sentence in (
    ("add", "Something bought was written down"),
    ("remove", "Something bought was taken out again"),
    ("save_total", "Spending written down"),
):
    describe(SPENDING_RETURN.verb(verb), sentence)
AWARD.require("complete", spending_is_accepted)
