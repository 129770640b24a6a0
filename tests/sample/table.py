"""Permissions, messages and steps of the miniature."""

from django.db.models import Q

from communities.core.lifecycle import Step, need
from communities.core.outbox import Recipient, message
from communities.core.permissions import permission
from tests.sample.models import BID, Bid, Pot

S = Bid.Status


@permission("sample.view_bid", Bid, "Officers, and whoever owns the bid", roles=("officer",))
def may_view(user):
    return Q(owner=user.pk)


@permission("sample.send_bid", Bid, "Whoever owns the bid")
def may_send(user):
    return Q(owner=user.pk)


@permission("sample.fund_bid", Bid, "Officers", roles=("officer",))
def may_fund(user):
    return Q(pk__in=[])


@permission("sample.read_bid", Bid, "Everybody, once it is funded", public=True)
def may_read(user):
    return Q(status="funded")


@message("sample_sent", subject="We have your bid {object.pk}")
def sample_sent(bid, moment):
    if bid.owner:
        yield Recipient(bid.owner.email, str(bid.owner), user=bid.owner)


@need("the pot is open", "This pot has closed.", loads=("pot",), next_step="Look at the next pot.")
def pot_is_open(bid, moment):
    return bid.pot.is_open


@need("the bid has a title", "The bid has no title.")
def bid_has_title(bid, moment):
    return True if bid.title else f"Bid {bid.pk} has no title."


BID.add(
    Step("start", (), S.DRAFT, "sample.send_bid", needs=(pot_is_open,), done="Bid begun"),
    Step(
        "send",
        (S.DRAFT,),
        S.SENT,
        "sample.send_bid",
        needs=(pot_is_open, bid_has_title),
        message="sample_sent",
        label="Send the bid",
        done="Bid sent to the council",
    ),
    Step(
        "fund",
        (S.SENT,),
        S.FUNDED,
        "sample.fund_bid",
        done="Money promised",
        locks=lambda bids: [Pot.objects.filter(bids__in=bids)],
    ),
    Step("decline", (S.SENT,), S.DECLINED, "sample.fund_bid", done="Declined"),
)
