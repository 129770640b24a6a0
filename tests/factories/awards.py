"""A funded bid and what follows from it: groups with their people, decisions, offers, awards at every stage."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from communities.framework.models import Cohort, Goal, OutcomeArea
from communities.groups.models import Group, Membership
from communities.people.models import Person
from grants.applications.models import Application, BidCohort, BidGoal, BidLine, BidPlace, Target
from grants.awards import operations as awards
from grants.awards.models import Acceptance, AwardCondition
from grants.decisions.models import Decision, DecisionLine
from grants.funds.models import Budget, Fund, LedgerEntry
from grants.payments import operations as payments
from grants.rounds.models import Round, Terms, Tier

OFFERED = datetime(2026, 12, 11, 10, 0, tzinfo=UTC)
AGREED = datetime(2026, 12, 14, 10, 0, tzinfo=UTC)
PHONE = "01255 555 0123"


class FundedGroup(DjangoModelFactory):
    """A club led by Asha with Ben as treasurer and Mina, who has no e-mail."""

    class Meta:
        model = Group
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Friends of Swan Meadow {n}" if n else "Friends of Swan Meadow")
    kind = Group.Kind.ASSOCIATION
    status = Group.Status.ACTIVE
    created_at = datetime(2026, 9, 1, tzinfo=UTC)


def join(group, person, role="member", *, signs=True, leads=False):
    """Make somebody part of the group."""
    return Membership.objects.create(
        group=group, person=person, role=role, is_signatory=signs, is_leader=leads, starts_on=date(2026, 9, 1)
    )


def swan_meadow(leader, treasurer, third):
    """Friends of Swan Meadow, for whom all three sign."""
    group = FundedGroup(name="Friends of Swan Meadow", created_by=leader)
    join(group, leader.person, "lead", leads=True)
    join(group, treasurer.person, "treasurer")
    join(group, third)
    return group


def somebody(name, **facts):
    """A person without an account."""
    return Person.objects.create(full_name=name, status="known", **facts)


def terms_of(code):
    """The three sizes of grant, as the fund has them."""
    terms, is_new = Terms.objects.get_or_create(name="Terms for money", number=1)
    if is_new:
        sizes = (
            ("micro", 300, 1000, "delegated", 1, [100], "total", 250),
            ("small", 1001, 5000, "panel", 2, [100], "lines", 100),
            ("standard", 5001, 10000, "panel", 2, [80, 20], "lines", 100),
        )
        for name, least, most, route, online, shares, spending, receipts in sizes:
            Tier.objects.create(
                terms=terms, code=name, name=name.capitalize(), minimum=least, maximum=most, route=route,
                online_acceptances=online, payment_shares=shares, spending=spending, receipts_from=receipts,
                answer_days=35,
            )  # fmt: skip
    return terms.tiers.get(code=code)


def money_round(limit=Decimal("20000.00")):
    """A round with a budget, shared by all awards of a test."""
    found = Round.objects.filter(title="Autumn 2026").first()
    if found:
        return found
    fund, _ = Fund.objects.get_or_create(name="Community Challenge Fund", defaults={"purpose": "Small sums."})
    return Round.objects.create(
        title="Autumn 2026", fund=fund, budget=Budget.objects.create(fund=fund, name="2026-27", limit=limit),
        terms=terms_of("small").terms, purpose="Local action", opens_at=datetime(2026, 9, 7, tzinfo=UTC),
        closes_at=datetime(2026, 10, 16, 11, tzinfo=UTC), decision_due_on=date(2026, 12, 11),
        starts_from=date(2027, 1, 4), ends_by=date(2027, 12, 31), status="published",
    )  # fmt: skip


def lines_for(amount):
    """Three lines that add up: hall, cookers, food."""
    hall, cookers = amount * 44 // 100, amount * 30 // 100
    return [
        ("venue", "Hall hire", hall),
        ("equipment", "Cookers", cookers),
        ("refreshments", "Food", amount - hall - cookers),
    ]


COUNTY = ((100, "county", None),)


def funded_bid(group, *, by, places=COUNTY, **facts):
    """A bid of the group, sent and decided."""
    return funded_bids(group, 1, by=by, places=places, **facts)[0]


def funded_bids(group, count, *, amount=1180, tier="small", by, places=COUNTY, **facts):
    """So many of them, each with all its parts."""
    round_, size, amount = money_round(), terms_of(tier), Decimal(amount)
    first = Application.objects.count() + 1
    bids = Application.objects.bulk_create(
        Application(
            **{
                "round": round_, "terms": round_.terms, "group": group, "tier": size, "title": "Warm Table",
                "reference": f"CCF-2026-{number:04d}", "requested": amount, "total_cost": amount,
                "started_at": round_.opens_at, "started_by": by, "submitted_at": round_.closes_at,
                "submitted_by": by, "starts_on": date(2027, 1, 11), "ends_on": date(2027, 6, 30),
                "people_expected": 60, "status": "decided",
            }
            | facts
        )
        for number in range(first, first + count)
    )  # fmt: skip
    BidLine.objects.bulk_create(
        BidLine(application=bid, order=order, category=category, item=item, amount=cost)
        for bid in bids
        for order, (category, item, cost) in enumerate(lines_for(amount))
    )
    BidPlace.objects.bulk_create(
        BidPlace(application=bid, share=share, where=where, place=place)
        for bid in bids
        for share, where, place in places
    )
    area, _ = OutcomeArea.objects.get_or_create(code="FAM", defaults={"name": "Family", "focus": "-", "order": 1})
    goal, _ = Goal.objects.get_or_create(
        number=12, defaults={"name": "Communities", "covers": "-", "plain": "-", "primary_area": area}
    )
    BidGoal.objects.bulk_create(BidGoal(application=bid, goal=goal, is_primary=True) for bid in bids)
    cohort, _ = Cohort.objects.get_or_create(
        code="SEND",
        valid_to=None,
        defaults={"wording": "-", "short_name": "SEND", "plain": "-", "valid_from": date(2022, 1, 1)},
    )
    BidCohort.objects.bulk_create(BidCohort(application=bid, cohort=cohort, share=40) for bid in bids)
    Target.objects.bulk_create(Target(application=bid, own_words="60 people eat together", value=60) for bid in bids)
    return bids


def decided(bid, **facts):
    """The decision to fund a bid, with its money promised; told to the group unless said otherwise."""
    return decided_all([bid], **facts)[0]


def decided_all(bids, *, amount, by, ratifier, conditions=(), released_at=OFFERED, status="released"):
    """The same for many bids of one budget."""
    budget, amount = Budget.objects.get(pk=bids[0].round.budget_id), Decimal(amount)
    Budget.objects.filter(pk=budget.pk).update(committed=budget.committed + amount * len(bids))
    promises = LedgerEntry.objects.bulk_create(
        LedgerEntry(
            budget=budget, kind="commit", amount=amount, financial_year=2026, case=bid.case, key=f"decision-{bid.pk}",
            at=released_at, by=ratifier,
        )
        for bid in bids
    )  # fmt: skip
    told = {"released_by": ratifier, "released_at": released_at} if status == "released" else {}
    decisions = Decision.objects.bulk_create(
        Decision(
            application=bid, route=bid.tier.route, outcome="fund", amount=amount, conditions=list(conditions),
            proposed_by=by, proposed_at=released_at, ratified_by=ratifier, ratified_at=released_at, commitment=promise,
            case=bid.case, **told,
        )
        for bid, promise in zip(bids, promises, strict=True)
    )  # fmt: skip
    write_lines(decisions)
    Decision.objects.filter(pk__in=[each.pk for each in decisions]).update(status=status)
    for decision in decisions:
        decision.status = status
    return decisions


def write_lines(decisions):
    """What the money of these decisions is for."""
    DecisionLine.objects.bulk_create(
        DecisionLine(decision=decision, order=order, category=category, item=item, asked=cost, amount=cost)
        for decision in decisions
        for order, (category, item, cost) in enumerate(lines_for(decision.amount))
    )


def waiting_to_be_told(group, count, *, officer, ratifier):
    """So many confirmed decisions on micro bids of a group that nobody was told of: two of three fund £300."""
    bids = funded_bids(group, count, amount=300, tier="micro", by=group.created_by, postcode="SS8 7RE")
    funded = [bid for number, bid in enumerate(bids) if number % 3]
    facts = {"by": officer, "ratifier": ratifier, "conditions": ["Send the lease."], "status": "ratified"}
    return decided_all(funded, amount=300, **facts) + Decision.objects.bulk_create(
        Decision(
            application=bid, route="delegated", outcome="decline", reasons="Not now.", status="ratified",
            proposed_by=officer, proposed_at=OFFERED, ratified_by=ratifier, ratified_at=OFFERED, case=bid.case,
        )
        for number, bid in enumerate(bids)
        if not number % 3
    )  # fmt: skip


def offer(group, *, amount=1180, tier="small", officer, ratifier, at=OFFERED, conditions=(), **facts):
    """An offer, made as the release of a decision makes it."""
    by = group.created_by
    bid = funded_bid(group, amount=amount, tier=tier, by=by, **facts)
    decision = decided(bid, amount=amount, by=officer, ratifier=ratifier, conditions=conditions, released_at=at)
    return awards.make_offer(decision, by=ratifier, at=at)


def agree(award, *users, at=AGREED):
    """These people say yes on the site, one after the other."""
    for number, user in enumerate(users):
        award = awards.accept(
            award, person=user.person, means=Acceptance.Means.ONLINE, by=user, at=at + timedelta(minutes=number)
        )
    return award


def bank_details(group, *, by, checked_by=None, at=AGREED, number="12345678", sort_code="20-11-22", **facts):
    """Bank details of a group, checked by a call when somebody is named for it."""
    account = payments.enter_account(
        group, name_on_account=group.name, sort_code=sort_code, account_number=number, by=by, at=at, **facts
    )
    if checked_by is not None:
        account = payments.verify_account(
            account, call_number=PHONE, spoke_to="Ben", note="Rang the number in the register.", by=checked_by, at=at
        )
    return account


def meet_all(award, *, by, at=AGREED):
    """Every condition is done."""
    for condition in AwardCondition.objects.filter(award=award, met_at=None):
        awards.meet_condition(condition, by=by, at=at)


def sent(award, *, officer, finance, senior, at=AGREED):
    """The first payment of an award, approved, put into a batch and sent."""
    payment = award.payments.order_by("number").first()
    if award.application.tier.route == "panel":
        payment = payments.approve(payment, by=officer, at=at)
    batch = payments.prepare_batch(payments=[payment], by=finance, at=at)
    batch = payments.approve_batch(batch, by=senior, at=at)
    payments.export_batch(batch, by=finance, at=at)
    payment.refresh_from_db()
    return payment


def paid(award, *, officer, finance, senior, at=AGREED, paid_on=None):
    """The first payment of an award has arrived."""
    payment = sent(award, officer=officer, finance=finance, senior=senior, at=at)
    later = at + timedelta(days=3)
    return payments.mark_paid(payment, paid_on=paid_on or later.date(), bank_reference="R1", by=finance, at=later)
