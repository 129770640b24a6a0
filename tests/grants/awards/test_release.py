"""The news and the offer come together."""

from communities.core.models import Message
from grants.awards.models import Award
from grants.decisions import operations as decisions
from grants.decisions.models import Decision
from tests.factories import awards as make


def test_telling_the_groups_makes_their_offers(meadow, carol, grace, asha):
    bid = make.funded_bid(meadow, by=asha)
    decision = make.decided(bid, amount=1180, by=carol, ratifier=grace, status="ratified")
    decisions.release([decision], by=grace, at=make.OFFERED)
    award = Award.objects.get()
    assert (award.status, award.decision, award.case) == ("offered", decision, bid.case)
    assert Message.objects.filter(template="offer_made").count() == 2


def test_a_refused_bid_gets_no_offer(meadow, carol, grace, asha):
    bid = make.funded_bid(meadow, by=asha)
    decision = Decision.objects.create(
        application=bid, route="panel", outcome="decline", proposed_by=carol, proposed_at=make.OFFERED, reasons="-",
        ratified_by=grace, ratified_at=make.OFFERED, status="ratified", case=bid.case,
    )  # fmt: skip
    decisions.release([decision], by=grace, at=make.OFFERED)
    assert not Award.objects.exists()
