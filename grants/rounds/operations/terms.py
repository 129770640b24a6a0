"""The terms of rounds: the library that is loaded once, and the copy that each round owns."""

import json
from pathlib import Path
from typing import Any

from django.db import models

from communities.core.events import record_event
from communities.core.jobs import Loaded
from communities.core.lifecycle import unit
from communities.diligence.models import CheckType
from grants.rounds.models import (
    CheckRequirement,
    Criterion,
    CriterionWeight,
    Descriptor,
    Question,
    QuestionLimit,
    Terms,
    Tier,
)

DATA = Path(__file__).parent.parent / "data"


def copy_terms(terms: Terms, *, name: str) -> Terms:
    """A round's own copy of questions, limits, checks and rubric, to be changed without touching the original."""
    with unit():
        latest = Terms.objects.filter(name=name).aggregate(last=models.Max("number"))["last"] or 0
        copy = Terms.objects.create(name=name, number=latest + 1, copied_from=terms)
        tiers = _copied(terms.tiers.all(), terms=copy)
        questions = _copied(terms.questions.all(), terms=copy)
        criteria = _copied(terms.criteria.all(), terms=copy)
        _copied(QuestionLimit.objects.filter(tier__terms=terms), tier=tiers, question=questions)
        _copied(CheckRequirement.objects.filter(tier__terms=terms), tier=tiers)
        _copied(CriterionWeight.objects.filter(tier__terms=terms), tier=tiers, criterion=criteria)
        _copied(Descriptor.objects.filter(criterion__terms=terms), criterion=criteria)
    return copy


def _copied(rows: models.QuerySet[Any], **links: Any) -> dict[int, Any]:
    """Copies of rows under new parents, by the key of the original. A link is a parent, or copies by old key."""
    copies = {}
    for row in rows.order_by("pk"):
        old = row.pk
        for name, new in links.items():
            setattr(row, name, new[getattr(row, f"{name}_id")] if isinstance(new, dict) else new)
        row.pk = None
        row._state.adding = True  # noqa: SLF001 (Django's documented way to copy a row)
        copies[old] = row
    rows.model._base_manager.bulk_create(copies.values())
    return copies


def load_library() -> dict[str, Loaded]:
    """Add the terms that new rounds copy. A library that stands is left as officers have it."""
    plan = _read("tiers")
    if Terms.objects.filter(is_library=True).exists():
        return {"terms": Loaded(0, 1, ())}
    with unit():
        terms = Terms.objects.create(name=plan["name"], number=plan["number"], is_library=True)
        tiers = {row["code"]: Tier.objects.create(terms=terms, **row) for row in plan["tiers"]}
        for stage in Question.Stage.values:
            _load_questions(terms, tiers, stage, _read("bid" if stage == Question.Stage.APPLY else stage))
        _load_checks(tiers)
        _load_rubric(terms, tiers)
        record_event("terms.load", terms)
    return {"terms": Loaded(1, 0, ())}


def _read(name: str) -> Any:
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def _load_questions(terms: Terms, tiers: dict[str, Tier], stage: str, rows: list[dict[str, Any]]) -> None:
    for order, row in enumerate(rows, 1):
        limits = row.pop("tiers", {})
        row.pop("answers", None)  # how many answers one question asks for: what the burden is counted by
        question = Question.objects.create(terms=terms, stage=stage, order=order, **row)
        QuestionLimit.objects.bulk_create(
            QuestionLimit(question=question, tier=tiers[code], **limit) for code, limit in limits.items()
        )


def _load_checks(tiers: dict[str, Tier]) -> None:
    kinds = {each.code: each for each in CheckType.objects.all()}
    CheckRequirement.objects.bulk_create(
        CheckRequirement(tier=tiers[tier], check_type=kinds[code], level=level)
        for code, levels in _read("checks").items()
        for tier, level in levels.items()
    )


def _load_rubric(terms: Terms, tiers: dict[str, Tier]) -> None:
    for order, row in enumerate(_read("rubric"), 1):
        criterion = Criterion.objects.create(
            terms=terms, code=row["code"], name=row["name"], help=row["help"], order=order
        )
        CriterionWeight.objects.bulk_create(
            CriterionWeight(criterion=criterion, tier=tiers[code], weight=weight, floor=row["floor"])
            for code, weight in row["weights"].items()
        )
        Descriptor.objects.bulk_create(
            Descriptor(criterion=criterion, score=score, text=text) for score, text in enumerate(row["descriptors"])
        )
