"""Making an offer: what was decided is copied from the bid and the decision, and stays."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.template import Context, Engine

from communities.core.canonical import digest
from communities.core.clock import london
from communities.core.money import split
from communities.core.permissions import Actor
from communities.groups.queries import accountable_body
from communities.places.queries import lookup
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


def make_offer(decision: Decision, *, by: Actor, at: datetime) -> Award:
    """Offer a group what was decided. What is offered is copied from the bid and the decision, and stays."""
    bid = decision.application
    amount = decision.amount or Decimal(0)
    award = Award(
        case=bid.case,
        reference=bid.reference,
        application=bid,
        decision=decision,
        group=bid.group,
        held_by=None if bid.group.is_constituted else accountable_body(bid.group),
        amount=amount,
        title=bid.title or bid.group.name[:80],
        starts_on=bid.starts_on or bid.round.starts_from,
        ends_on=bid.ends_on or max(bid.round.ends_by, bid.starts_on or bid.round.ends_by),
        offered_at=at,
        offer_ends_on=london(at).date() + timedelta(days=bid.round.offer_days),
        place=bid.place,
        lsoa=bid.lsoa,
        measures=lookup(bid.postcode).as_facts() if bid.postcode else {},
        people_expected=bid.people_expected,
    )
    return AWARD.create("offer", award, by=by, at=at)


def write_down_terms(award: Award, *, by: Actor, at: datetime) -> AwardVersion:
    """Write down what was agreed to be offered: lines, targets, places, cohorts, goals, conditions, the agreement."""
    bid, decision = award.application, award.decision
    for text in decision.conditions:
        AwardCondition.objects.create(award=award, **_condition(text))
    _copy_places(award)
    AwardCohort.objects.bulk_create(
        AwardCohort(
            award=award,
            cohort_id=each.cohort_id,
            share=each.share,
            amount=split(award.amount, [each.share, 100 - each.share])[0],
        )
        for each in bid.cohorts.all()
    )
    AwardGoal.objects.bulk_create(
        AwardGoal(award=award, goal_id=each.goal_id, is_primary=each.is_primary) for each in bid.goals.all()
    )
    lines, targets = _lines(award), list(bid.targets.all())
    agreement = agreement_text(award, lines)
    kept = {"agreement": agreement, "amount": award.amount, "lines": [[each.item, each.amount] for each in lines]}
    version = AwardVersion.objects.create(
        award=award, number=1, agreement=agreement, digest=digest(kept), made_at=at, made_by_id=by.pk
    )
    for line in lines:
        line.version = version
    AwardLine.objects.bulk_create(lines)
    AwardTarget.objects.bulk_create(
        AwardTarget(
            version=version,
            order=each.order,
            own_words=each.own_words,
            indicator_id=each.indicator_id,
            baseline=each.baseline,
            value=each.value,
        )
        for each in targets
    )
    return version


def _condition(given: Any) -> dict[str, Any]:
    """A condition of the decision: a text, or a text with when it is due."""
    if isinstance(given, str):
        return {"text": given[:250]}
    return {"text": str(given["text"])[:250], "when": given.get("when", AwardCondition.When.PAYMENT)}


def _copy_places(award: Award) -> None:
    """The shares of the bid in pounds, to the penny. A bid that named none counts where it happens."""
    shares = [(each.where, each.place_id, each.share) for each in award.application.places.order_by("pk")]
    if not shares:
        where = BidPlace.Where.PLACE if award.place_id else BidPlace.Where.COUNTY
        shares = [(where, award.place_id, 100)]
    amounts = split(award.amount, [share for _, _, share in shares])
    AwardPlace.objects.bulk_create(
        AwardPlace(award=award, where=where, place_id=place, share=share, amount=amount)
        for (where, place, share), amount in zip(shares, amounts, strict=True)
    )


def _lines(award: Award) -> list[AwardLine]:
    """The lines of the decision, or of the bid where it was not changed; they always add up to the award."""
    decided = [(each.category, each.item, each.amount) for each in award.decision.lines.all() if each.amount]
    asked = award.application.lines.filter(funded_by=BidLine.FundedBy.GRANT)
    rows = decided or [(each.category, each.item, each.amount) for each in asked]
    if not rows:
        rows = [(Category.OTHER, award.title, award.amount)]
    amounts = split(award.amount, [amount for _, _, amount in rows])
    return [
        AwardLine(order=order, category=category, item=item, amount=amount)
        for order, ((category, item, _), amount) in enumerate(zip(rows, amounts, strict=True))
        if amount
    ]


def agreement_text(award: Award, lines: list[AwardLine]) -> str:
    """The agreement in plain words, shorter for a micro award."""
    tier = award.application.tier
    words = {
        "award": award,
        "lines": lines,
        "conditions": list(award.conditions.all()),
        "micro": is_micro(award),
        "tier": tier,
        "shares": tier.payment_shares if tier is not None else [100],
        "council": settings.COUNCIL,
    }
    template = Engine.get_default().get_template("grants/awards/agreement.txt")
    return template.render(Context(words, autoescape=False)).strip() + "\n"
