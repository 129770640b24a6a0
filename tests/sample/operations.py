"""What may be done with a bid of the miniature."""

from communities.core.refusals import Refused
from tests.sample.models import BID


def send(bid, *, by, at):
    with BID.step("send", bid, by=by, at=at):
        pass


def fund(bid, *, by, at, amount, reason):
    with BID.step("fund", bid, by=by, at=at, reason=reason) as row:
        if amount > row.pot.limit:
            raise Refused("The pot does not hold that much.", "Fund less.")
        row.amount = amount


def decline(bid, *, by, at, reason):
    with BID.step("decline", bid, by=by, at=at, reason=reason):
        pass
