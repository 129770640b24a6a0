"""Making an offer: what was decided is copied from the bid and the decision, and stays."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.template import Context, Engine

from communities.core.canonical import digest
from communities.core.clock import london
from communities.core.locking import loaded
from communities.core.money import split
from communities.core.permissions import Actor
from communities.groups.queries import accountable_bodies
from communities.places.queries import lookups
from grants.applications.models import BidLine, BidPlace, Category
from grants.awards.models import (
    AWARD,
    Award,
    AwardCohort,
    AwardCondition,
    AwardGoal,
    AwardLine,
    AwardPlace,
    AwardTarget,
    AwardVersion,
)
from grants.awards.queries import is_micro
from grants.decisions.models import Decision

LOADS = (  # of the decisions: what an offer is copied from
    *(f"application.{name}" for name in ("round", "tier", "group", "place", "lsoa", "places", "cohorts", "goals")),
    *("application.lines", "application.targets", "lines"),
)


def make_offer(decision: Decision, *, by: Actor, at: datetime) -> Award:
    """Offer a group what was decided. What is offered is copied from the bid and the decision, and stays."""
    return make_offers([decision], by=by, at=at)[0]


def make_offers(decisions: Sequence[Decision], *, by: Actor, at: datetime) -> list[Award]:
    """Offer many groups what was decided, in as few statements as one: the whole round is told at one moment."""
    bids = [decision.application for decision in loaded(decisions, LOADS)]
    bodies = accountable_bodies(bid.group for bid in bids if not bid.group.is_constituted)
    found = lookups(bid.postcode for bid in bids if bid.postcode)
    awards = [
        Award(
            case=bid.case,
            reference=bid.reference,
            application=bid,
            decision=decision,
            group=bid.group,
            held_by=bodies.get(bid.group_id),
            amount=decision.amount or Decimal(0),
            title=bid.title or bid.group.name[:80],
            starts_on=bid.starts_on or bid.round.starts_from,
            ends_on=bid.ends_on or max(bid.round.ends_by, bid.starts_on or bid.round.ends_by),
            offered_at=at,
            offer_ends_on=london(at).date() + timedelta(days=bid.round.offer_days),
            place=bid.place,
            lsoa=bid.lsoa,
            measures=found[bid.postcode].as_facts() if bid.postcode else {},
            people_expected=bid.people_expected,
        )
        for decision, bid in zip(decisions, bids, strict=True)
    ]
    return AWARD.create_many("offer", awards, by=by, at=at)


def write_down_terms(awards: Sequence[Award], *, by: Actor, at: datetime) -> None:
    """Write down what was agreed to be offered: lines, targets, places, cohorts, goals, conditions, the agreement."""
    conditions = {
        award.pk: [AwardCondition(award=award, **_condition(text)) for text in award.decision.conditions]
        for award in awards
    }
    AwardCondition.objects.bulk_create(each for found in conditions.values() for each in found)
    AwardPlace.objects.bulk_create(each for award in awards for each in _places(award))
    AwardCohort.objects.bulk_create(
        AwardCohort(
            award=award,
            cohort_id=each.cohort_id,
            share=each.share,
            amount=split(award.amount, [each.share, 100 - each.share])[0],
        )
        for award in awards
        for each in award.application.cohorts.all()
    )
    AwardGoal.objects.bulk_create(
        AwardGoal(award=award, goal_id=each.goal_id, is_primary=each.is_primary)
        for award in awards
        for each in award.application.goals.all()
    )
    lines = {award.pk: _lines(award) for award in awards}
    versions = AwardVersion.objects.bulk_create(
        _version(award, lines[award.pk], conditions[award.pk], by, at) for award in awards
    )
    for version in versions:
        for line in lines[version.award_id]:
            line.version = version
    AwardLine.objects.bulk_create(line for found in lines.values() for line in found)
    AwardTarget.objects.bulk_create(target for version in versions for target in _targets(version))


def _version(
    award: Award, lines: list[AwardLine], conditions: list[AwardCondition], by: Actor, at: datetime
) -> AwardVersion:
    agreement = agreement_text(award, lines, conditions)
    kept = {"agreement": agreement, "amount": award.amount, "lines": [[each.item, each.amount] for each in lines]}
    return AwardVersion(award=award, number=1, agreement=agreement, digest=digest(kept), made_at=at, made_by_id=by.pk)


def _targets(version: AwardVersion) -> list[AwardTarget]:
    return [
        AwardTarget(
            version=version,
            order=each.order,
            own_words=each.own_words,
            indicator_id=each.indicator_id,
            baseline=each.baseline,
            value=each.value,
        )
        for each in version.award.application.targets.all()
    ]


def _condition(given: Any) -> dict[str, Any]:
    """A condition of the decision: a text, or a text with when it is due."""
    if isinstance(given, str):
        return {"text": given[:250]}
    return {"text": str(given["text"])[:250], "when": given.get("when", AwardCondition.When.PAYMENT)}


def _places(award: Award) -> list[AwardPlace]:
    """The shares of the bid in pounds, to the penny. A bid that named none counts where it happens."""
    named = sorted(award.application.places.all(), key=lambda each: each.pk)
    shares = [(each.where, each.place_id, each.share) for each in named]
    if not shares:
        where = BidPlace.Where.PLACE if award.place_id else BidPlace.Where.COUNTY
        shares = [(where, award.place_id, 100)]
    amounts = split(award.amount, [share for _, _, share in shares])
    return [
        AwardPlace(award=award, where=where, place_id=place, share=share, amount=amount)
        for (where, place, share), amount in zip(shares, amounts, strict=True)
    ]


def _lines(award: Award) -> list[AwardLine]:
    """The lines of the decision, or of the bid where it was not changed; they always add up to the award."""
    decided = [(each.category, each.item, each.amount) for each in award.decision.lines.all() if each.amount]
    asked = [each for each in award.application.lines.all() if each.funded_by == BidLine.FundedBy.GRANT]
    rows = decided or [(each.category, each.item, each.amount) for each in asked]
    if not rows:
        rows = [(Category.OTHER, award.title, award.amount)]
    amounts = split(award.amount, [amount for _, _, amount in rows])
    return [
        AwardLine(order=order, category=category, item=item, amount=amount)
        for order, ((category, item, _), amount) in enumerate(zip(rows, amounts, strict=True))
        if amount
    ]


def agreement_text(award: Award, lines: list[AwardLine], conditions: list[AwardCondition]) -> str:
    """The agreement in plain words, shorter for a micro award."""
    tier = award.application.tier
    words = {
        "award": award,
        "lines": lines,
        "conditions": conditions,
        "micro": is_micro(award),
        "tier": tier,
        "shares": tier.payment_shares if tier is not None else [100],
        "council": settings.COUNCIL,
    }
    template = Engine.get_default().get_template("grants/awards/agreement.txt")
    return template.render(Context(words, autoescape=False)).strip() + "\n"
