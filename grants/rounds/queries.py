"""Which rounds are open, what they ask, and whether their staff could carry them through."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import F, Prefetch, QuerySet

from communities.framework.models import Cohort
from communities.places.models import PriorityPlace
from grants.rounds.models import Criterion, CriterionWeight, Question, QuestionLimit, Round, RoundStaff, Terms, Tier

T = TypeVar("T")
KEPT: dict[Any, Any] = {}
MOST_KEPT = 200


def published_rounds() -> QuerySet[Round]:
    """Rounds that visitors can see."""
    return Round.objects.filter(status=Round.Status.PUBLISHED)


def with_sizes(rounds: QuerySet[Round]) -> QuerySet[Round]:
    """Rounds with the sizes of grant on offer, as `terms.open_tiers`."""
    sizes = Prefetch("terms__tiers", Tier.objects.filter(is_open=True), to_attr="open_tiers")
    return rounds.select_related("terms").prefetch_related(sizes)


def open_rounds(at: datetime) -> QuerySet[Round]:
    """Rounds that take bids at this moment, the first to close first."""
    return published_rounds().filter(opens_at__lte=at, closes_at__gte=at).order_by("closes_at")


def coming_rounds(at: datetime) -> QuerySet[Round]:
    """Published rounds that open later."""
    return published_rounds().filter(opens_at__gt=at).order_by("opens_at")


def closed_rounds(at: datetime) -> QuerySet[Round]:
    """Rounds whose deadline has passed, the latest first."""
    return Round.objects.exclude(status=Round.Status.DRAFT).filter(closes_at__lt=at).order_by("-closes_at")


def open_tiers(terms: Terms) -> list[Tier]:
    """The sizes of grant on offer, the smallest first."""
    return list(terms.tiers.filter(is_open=True).order_by("minimum"))


def of_published(terms: Terms, name: object, read: Callable[[], T]) -> T:
    """What published terms say, read once by each process; what is still being set up is read each time.

    Published terms never change, so nothing can be out of date. For words and figures that are shown or compared: rows
    to be saved or pointed to are read from the database.
    """
    if terms.frozen_at is None:
        return read()
    key = (terms.pk, terms.frozen_at, name)
    found = KEPT.get(key)
    if found is None:
        if len(KEPT) >= MOST_KEPT:
            KEPT.clear()
        found = KEPT[key] = read()
    return found


def meant_for(round_: Round) -> tuple[list[PriorityPlace], list[Cohort]]:
    """The places and the groups of people that a round is for. Like its terms they are settled when it is published."""
    return list(round_.places.all()), list(round_.cohorts.all())


def tier_for(terms: Terms, amount: Decimal) -> Tier | None:
    """The tier that an amount falls into, or None where nothing of that size is on offer."""
    tiers = open_tiers(terms)
    if not tiers or amount < tiers[0].minimum:
        return None
    return next((tier for tier in tiers if amount <= tier.maximum), None)


def questions_for(terms: Terms, stage: str, tier: Tier | None = None) -> QuerySet[Question]:
    """The questions of a stage in order; with a tier only those asked of it, with its `words` and `required`."""
    questions = Question.objects.filter(terms=terms, stage=stage).order_by("order")
    if tier is None:
        return questions
    return questions.filter(limits__tier=tier).annotate(words=F("limits__words"), required=F("limits__is_required"))


def questions_by_stage(terms: Terms) -> dict[str, list[Question]]:
    """All questions of the terms by stage, each with its limits for the tiers on offer."""
    limits = QuestionLimit.objects.filter(tier__is_open=True).select_related("tier").order_by("tier__order")
    found: dict[str, list[Question]] = {stage: [] for stage in Question.Stage.values}
    questions = Question.objects.filter(terms=terms).order_by("order")
    for question in questions.prefetch_related(Prefetch("limits", limits, to_attr="open_limits")):
        found[question.stage].append(question)
    return found


def rubric(terms: Terms) -> QuerySet[Criterion]:
    """What bids are scored on, with the words of each score and the weight by tier on offer."""
    weights = CriterionWeight.objects.filter(tier__is_open=True).select_related("tier").order_by("tier__order")
    return (
        Criterion.objects.filter(terms=terms)
        .order_by("order")
        .prefetch_related("descriptors", Prefetch("weights", weights, to_attr="open_weights"))
    )


def has_panel_tier(round_: Round) -> bool:
    """Whether some bids of this round go to a panel."""
    return any(tier.route == Tier.Route.PANEL for tier in open_tiers(round_.terms))


def missing_staff(round_: Round) -> list[str]:
    """What stands in the way of carrying the round from checks to payment with the people named, in sentences.

    Nobody holds two neighbouring keys on one case: who checks is not who confirms, who prepares a payment is not
    who approves it (SI 2015/234, regulation 4(4)(b), division of responsibilities).
    """
    people: dict[str, set[int]] = {duty: set() for duty in RoundStaff.Duty.values}
    for duty, user in round_.staff.values_list("duty", "user_id"):
        people[duty].add(user)
    duties, missing = RoundStaff.Duty, []
    if len(people[duties.OFFICER]) < 2:
        missing.append("Name two officers: one checks or proposes, the other confirms.")
    if not people[duties.FINANCE]:
        missing.append("Name somebody in finance, who checks bank details and prepares payments.")
    if not people[duties.APPROVER] - people[duties.FINANCE]:
        missing.append("Name somebody who approves payments and does not prepare them.")
    if has_panel_tier(round_):
        missing += _missing_panel(round_, people)
    return missing


def _missing_panel(round_: Round, people: dict[str, set[int]]) -> list[str]:
    duties, missing = RoundStaff.Duty, []
    if not any(people[duties.OFFICER] - {decider} for decider in people[duties.DECIDER]):
        missing.append("Name a senior officer who confirms the panel's decisions.")
    panel = getattr(round_, "panel", None)
    if panel is None:
        return [*missing, "Name the panel and who sits on it."]
    seats = list(panel.seats.filter(left_on=None).select_related("person"))
    needed = max(tier.reviewers_needed for tier in open_tiers(round_.terms) if tier.route == Tier.Route.PANEL)
    if len(seats) < max(needed, panel.quorum):
        missing.append(f"The panel needs at least {max(needed, panel.quorum)} members. It has {len(seats)}.")
    if not any(seat.role == "chair" for seat in seats):
        missing.append("The panel needs a chair.")
    without = [str(seat.person) for seat in seats if seat.person.user_id is None]
    if without:
        missing.append(f"These panel members cannot sign in yet: {', '.join(without)}.")
    return missing


def staff_warnings(round_: Round) -> list[str]:
    """What is allowed but worth a thought before the round is published."""
    panel = getattr(round_, "panel", None)
    if panel is not None and not panel.seats.filter(left_on=None, role="community").exists():
        return ["No seat on the panel is held by somebody from the community."]
    return []
