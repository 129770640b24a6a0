"""The news and the offer come together."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from communities.core.models import Event, Message
from grants.awards.models import Award, AwardVersion
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


def test_telling_thirty_groups_costs_the_statements_of_telling_three(meadow, carol, grace):
    grace.role_codes  # noqa: B018 (read once for each request)
    counts = []
    for count in (3, 30):
        waiting = make.waiting_to_be_told(meadow, count, officer=carol, ratifier=grace)
        with CaptureQueriesContext(connection) as told:
            decisions.release(waiting, by=grace, at=make.OFFERED)
        counts.append(len(told))
    # SQLite takes 999 values in a statement, so there the rows of thirty awards go in two or three
    assert counts[1] - counts[0] <= (0 if connection.vendor == "postgresql" else 12)


def test_each_of_many_groups_gets_its_own_offer(meadow, carol, grace):
    waiting = make.waiting_to_be_told(meadow, 4, officer=carol, ratifier=grace)
    told = decisions.release(waiting, by=grace, at=make.OFFERED)
    offers = list(Award.objects.order_by("pk"))
    assert [each.decision for each in offers] == [each for each in told if each.outcome == "fund"]
    for award in offers:
        assert [each.amount for each in award.versions.get().lines.all()] == [132, 90, 78]
        assert [each.text for each in award.conditions.all()] == ["Send the lease."]
        assert [(each.share, each.amount) for each in award.cohorts.all()] == [(40, 120)]
        assert [each.amount for each in award.places.all()] == [300]
        assert award.goals.get().is_primary
        assert award.versions.get().targets.get().own_words == "60 people eat together"
        assert Event.objects.get(verb="award.offer", case=award.case).object_pk == str(award.pk)
        assert Message.objects.filter(case=award.case).count() == 2
    assert len({each.digest for each in AwardVersion.objects.all()}) == 1
