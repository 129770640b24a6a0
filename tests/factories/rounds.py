"""Funds, budgets, rounds and their terms, small but complete."""

from datetime import UTC, date, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from communities.diligence.models import CheckType
from grants.funds.models import Budget, Fund
from grants.rounds import models

OPENS = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
CLOSES = datetime(2026, 10, 16, 11, 0, tzinfo=UTC)  # noon in London


class FundFactory(DjangoModelFactory):
    class Meta:
        model = Fund
        django_get_or_create = ("name",)

    name = "Community Challenge Fund"
    purpose = "Small sums for community action."


class BudgetFactory(DjangoModelFactory):
    class Meta:
        model = Budget

    fund = factory.SubFactory(FundFactory)
    name = factory.Sequence(lambda n: f"Budget {n}")
    limit = Decimal("10000.00")


class TermsFactory(DjangoModelFactory):
    class Meta:
        model = models.Terms
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Terms {n}")

    @factory.post_generation
    def contents(terms, create, extracted, **kwargs):  # noqa: N805
        fill(terms)


def fill(terms):
    """Two tiers, a few questions of each stage, two criteria, one check. In few statements: most tests begin here."""
    micro, small, _ = models.Tier.objects.bulk_create([
        models.Tier(
            terms=terms, code="micro", name="Micro", minimum=300, maximum=1000, route="delegated", reviewers_needed=2,
            online_acceptances=1, payment_shares=[100], spending="total", receipts_from=250, answer_days=10, order=1,
        ),
        models.Tier(
            terms=terms, code="small", name="Small", minimum=1001, maximum=5000, route="panel", payment_shares=[100],
            receipts_from=100, answer_days=35, order=2,
        ),
        models.Tier(
            terms=terms, code="standard", name="Standard", minimum=5001, maximum=10000, route="panel", is_open=False,
            payment_shares=[80, 20], receipts_from=0, answer_days=35, order=3,
        ),
    ])  # fmt: skip
    questions = models.Question.objects.bulk_create(
        models.Question(
            terms=terms, stage=stage, section=section, key=key, text=text, kind=kind, order=order, no_means=no_means,
            no_advice="Ring us." if no_means else "", use="Panel",
        )
        for order, (stage, section, key, text, kind, no_means, _) in enumerate(QUESTIONS)
    )  # fmt: skip
    models.QuestionLimit.objects.bulk_create(
        models.QuestionLimit(question=question, tier=tier, words=words)
        for question, (*_, words) in zip(questions, QUESTIONS, strict=True)
        for tier in (micro, small)
        if tier == small or question.key != "after"
    )
    criteria = models.Criterion.objects.bulk_create(
        models.Criterion(terms=terms, code=code, name=name, order=order)
        for order, (code, name) in enumerate((("A", "Need and priority fit"), ("B", "Led by the community")))
    )
    models.CriterionWeight.objects.bulk_create(
        models.CriterionWeight(criterion=criterion, tier=tier, weight=weight, floor=floor)
        for criterion, weight, floor in zip(criteria, (60, 40), (2, 0), strict=True)
        for tier in (micro, small)
    )
    models.Descriptor.objects.bulk_create(
        models.Descriptor(criterion=criterion, score=score, text=f"{criterion.name}: step {score}")
        for criterion in criteria
        for score in range(6)
    )
    check, _ = CheckType.objects.get_or_create(
        code="leaders", defaults={"name": "Two unrelated leaders", "how": "Ask."}
    )
    models.CheckRequirement.objects.create(tier=small, check_type=check, level="required")


QUESTIONS = (
    ("quiz", "quiz", "two-people", "Do at least two unrelated people run the group?", "yes_no", "talk", None),
    ("quiz", "quiz", "not-started", "Has the activity not started yet?", "yes_no", "not", None),
    ("quiz", "quiz", "postcode", "Where will it happen?", "short", "", None),
    ("apply", "idea", "what", "What do you want to do?", "long", "", 150),
    ("apply", "need", "why", "Why is it needed here?", "long", "", 100),
    ("apply", "after", "after", "What lasts when the money ends?", "long", "", 100),
    ("report", "report", "changed", "What changed for someone?", "long", "", 150),
)


class RoundFactory(DjangoModelFactory):
    class Meta:
        model = models.Round

    title = factory.Sequence(lambda n: f"Autumn {2026 + n}")
    fund = factory.SelfAttribute("budget.fund")
    budget = factory.SubFactory(BudgetFactory)
    terms = factory.SubFactory(TermsFactory)
    purpose = "Warm, welcoming places through the winter."
    status = models.Round.Status.PUBLISHED
    published_at = datetime(2026, 8, 24, 9, 0, tzinfo=UTC)
    opens_at = OPENS
    closes_at = CLOSES
    decision_due_on = date(2026, 12, 4)
    starts_from = date(2026, 12, 7)
    ends_by = date(2028, 1, 31)


class PanelFactory(DjangoModelFactory):
    class Meta:
        model = models.Panel

    round = factory.SubFactory(RoundFactory)
    name = "Panel"
    quorum = 3
