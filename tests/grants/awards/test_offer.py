"""What a group is offered is copied, adds up, and stays."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from communities.core.models import Event, Message
from communities.places.models import PriorityPlace
from grants.awards.models import Award, AwardCondition, AwardLine
from grants.awards.queries import clauses, current_version, lines_of
from tests.factories import awards as make


def test_offer_copies_lines_targets_cohorts_goals_and_conditions(meadow, carol, grace):
    award = make.offer(meadow, officer=carol, ratifier=grace, conditions=["Send us the insurance certificate."])
    version = current_version(award)
    assert [(line.item, line.amount) for line in lines_of(award)] == [
        ("Hall hire", Decimal(519)), ("Cookers", Decimal(354)), ("Food", Decimal(307)),
    ]  # fmt: skip
    assert [target.own_words for target in version.targets.all()] == ["60 people eat together"]
    assert [(each.share, each.amount) for each in award.cohorts.all()] == [(40, Decimal("472.00"))]
    assert [each.is_primary for each in award.goals.all()] == [True]
    assert [each.text for each in award.conditions.all()] == ["Send us the insurance certificate."]
    assert (award.reference, award.status, award.people_expected) == ("CCF-2026-0001", "offered", 60)
    assert award.offer_ends_on == date(2027, 1, 8)


def test_offer_belongs_to_the_case_of_its_bid(offered):
    assert offered.case == offered.application.case
    assert Event.objects.filter(case=offered.case, verb="award.offer").count() == 1


def test_places_keep_their_share_in_pounds_to_the_penny(meadow, carol, grace):
    place = PriorityPlace.objects.create(
        code="JAY", name="Jaywick", kind="part", district_code="E07000076", district_name="Tendring", order=1
    )
    shares = ((33, "place", place), (33, "county", None), (34, "outside", None))
    award = make.offer(meadow, amount=1000, officer=carol, ratifier=grace, places=shares, tier="micro")
    assert [(each.share, each.amount) for each in award.places.order_by("pk")] == [
        (33, Decimal("330.00")), (33, Decimal("330.00")), (34, Decimal("340.00")),
    ]  # fmt: skip


@given(st.lists(st.integers(1, 100), min_size=1, max_size=8), st.integers(30000, 500000))
def test_shares_of_places_always_add_up(weights, pence):
    from communities.core.money import split

    assert sum(split(Decimal(pence) / 100, weights)) == Decimal(pence) / 100


def test_money_of_a_group_without_rules_is_held_by_its_body(meadow, carol, grace):
    meadow.kind = "unconstituted"
    meadow.save()
    body = meadow.accountable_bodies.create(
        name="Clacton Volunteer Centre", contact_name="Jo", starts_on=date(2026, 9, 1)
    )
    award = make.offer(meadow, officer=carol, ratifier=grace)
    assert award.held_by == body
    assert "held and paid out for the group by Clacton Volunteer Centre" in current_version(award).agreement


def test_agreement_is_plain_clauses_and_shorter_for_micro(offered, meadow, carol, owen):
    small = clauses(current_version(offered).agreement)
    micro = clauses(
        current_version(make.offer(meadow, amount=800, tier="micro", officer=carol, ratifier=owen)).agreement
    )
    assert [clause.heading for clause in small] == [
        "What this is", "What the money is for", "How you are paid", "What you tell us", "Looking after people",
        "Being open", "If things go wrong", "Whom to ask",
    ]  # fmt: skip
    assert all(clause.sentences for clause in (*small, *micro))
    assert len(" ".join(s for c in micro for s in c.sentences)) < len(" ".join(s for c in small for s in c.sentences))


def test_everybody_who_leads_pays_or_signs_is_told(offered, asha, ben):
    told = Message.objects.filter(template="offer_made").order_by("recipient")
    assert [each.recipient for each in told] == [asha.email, ben.email]
    assert "£1,180" in told[0].body
    assert f"/awards/{offered.public_id}/" in told[0].body


def test_what_was_offered_cannot_be_changed_by_sql(offered):
    for change in ({"amount": 9000}, {"title": "Something else"}, {"people_expected": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Award.objects.filter(pk=offered.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        AwardLine.objects.filter(version__award=offered).update(amount=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Award.objects.filter(pk=offered.pk).update(paid=Decimal("1180.01"))


def test_condition_cannot_be_met_by_nobody(meadow, carol, grace):
    award = make.offer(meadow, officer=carol, ratifier=grace, conditions=["Show us the lease."])
    with pytest.raises(IntegrityError), transaction.atomic():
        AwardCondition.objects.filter(award=award).update(met_at=make.AGREED)
