"""The terms that rounds copy: tiers, questions and limits, checks, rubric."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from communities.diligence.operations import load_check_types
from grants import rounds
from grants.rounds.models import CriterionWeight, Question, QuestionLimit, Terms, Tier
from grants.rounds.operations import load_library

DATA = Path(rounds.__file__).parent / "data"


@pytest.fixture
def library(db):
    load_check_types()
    load_library()
    return Terms.objects.get(is_library=True)


def test_three_tiers_and_the_largest_is_off(library):
    tiers = {tier.code: (tier.minimum, tier.maximum, tier.route, tier.is_open) for tier in library.tiers.all()}
    assert tiers == {
        "micro": (Decimal(300), Decimal(1000), "delegated", True),
        "small": (Decimal(1001), Decimal(5000), "panel", True),
        "standard": (Decimal(5001), Decimal(10000), "panel", False),
    }


def test_a_micro_bid_is_at_most_twenty_answers_and_250_words(library):
    asked = [row for row in json.loads((DATA / "bid.json").read_text()) if "micro" in row["tiers"]]
    assert sum(row["answers"] for row in asked) <= 20
    limits = QuestionLimit.objects.filter(tier__code="micro", question__stage="apply")
    assert limits.count() == len(asked)
    assert sum(limit.words or 0 for limit in limits) <= 250
    assert not [limit for limit in limits if limit.question.kind == "long" and not limit.words]


def test_larger_tiers_are_asked_more(library):
    numbers = [tier.limits.filter(question__stage="apply").count() for tier in library.tiers.order_by("order")]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == 3


def test_every_no_in_the_quiz_says_what_to_do_next(library):
    quiz = Question.objects.filter(stage="quiz")
    assert quiz.count() == 8
    assert [each.key for each in quiz if not each.no_means or len(each.no_advice) < 40] == []


def test_no_question_is_asked_without_a_use(library):
    assert not Question.objects.filter(use="").exists()


def test_weights_add_up_to_a_hundred_and_need_has_a_floor(library):
    for tier in Tier.objects.all():
        weights = CriterionWeight.objects.filter(tier=tier)
        assert sum(each.weight for each in weights) == 100
        assert weights.get(criterion__code="A").floor == 2


def test_each_criterion_has_words_for_nought_to_five(library):
    for criterion in library.criteria.all():
        assert list(criterion.descriptors.values_list("score", flat=True)) == [0, 1, 2, 3, 4, 5]


def test_a_report_asks_a_micro_group_little(library):
    asked = {tier.code: tier.limits.filter(question__stage="report").count() for tier in library.tiers.all()}
    assert asked["micro"] <= 7
    assert asked["micro"] < asked["small"] < asked["standard"]


def test_money_held_for_the_end_is_for_the_largest_tier_only(library):
    shares = {tier.code: tier.payment_shares for tier in library.tiers.all()}
    assert shares == {"micro": [100], "small": [100], "standard": [80, 20]}


def test_loading_again_changes_nothing(library):
    Tier.objects.filter(code="micro").update(maximum=900)
    assert load_library()["terms"].new == 0
    assert Terms.objects.count() == 1
    assert Tier.objects.get(code="micro").maximum == 900
