"""Loads the facts of the white paper, and gives a cohort or an indicator new wording without renaming the old."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import models, transaction

from communities.core.events import record_event
from communities.core.jobs import Loaded, load_missing, own_rows
from communities.core.permissions import Actor
from communities.core.refusals import Refused
from communities.framework.models import (
    ChainElement,
    Cohort,
    Goal,
    HeadlineFigure,
    Indicator,
    NeedWard,
    OutcomeArea,
    Principle,
)

DATA = Path(__file__).parent / "data"


def load_framework() -> dict[str, Loaded]:
    """Add the facts that are not there yet, in the paper's own words; what officers changed stays."""
    with transaction.atomic():
        loaded = {
            "outcome areas": _load(OutcomeArea, "outcome_areas.csv", ("code",)),
            "links of the chain": _load(ChainElement, "chain.csv", ("code",)),
            "principles": _load(Principle, "principles.csv", ("number",)),
            "cohorts": _load(Cohort, "cohorts.csv", ("code", "valid_from")),
            "wards of highest need": _load(NeedWard, "need_wards.csv", ("rank",)),
            "headline figures": _load(HeadlineFigure, "headline_figures.csv", ("code",)),
        }
        areas = {each.code: each for each in OutcomeArea.objects.all()}
        loaded["goals"] = _load(Goal, "goals.csv", ("number",), primary_area=areas)
        loaded["indicators"] = _load(
            Indicator,
            "indicators.csv",
            ("code", "version"),
            area=areas,
            goal={str(each.number): each for each in Goal.objects.all()},
            chain={each.code: each for each in ChainElement.objects.all()},
        )
        if new := {name: each.new for name, each in loaded.items() if each.new}:
            record_event("framework.load", detail=new)
    return loaded


def _load(model: type[models.Model], name: str, key: tuple[str, ...], **links: Mapping[str, models.Model]) -> Loaded:
    rows: list[dict[str, Any]] = [dict(row) for row in own_rows(DATA / name)]
    for row in rows:
        for column, targets in links.items():
            row[column] = targets.get(row[column])
    return load_missing(model, rows, key=key)


def reword_cohort(
    cohort: Cohort, *, wording: str, short_name: str, plain: str, valid_from: date, by: Actor, at: datetime
) -> Cohort:
    """Give a cohort new wording from a day on. Bids before that day keep the old."""
    _permit(by, "communities.change_cohort", cohort)
    if cohort.valid_to is not None or valid_from <= cohort.valid_from:
        raise Refused("A later wording is in force already.", "Change the wording that holds today.", status=400)
    with transaction.atomic():
        Cohort.objects.filter(pk=cohort.pk, valid_to=None).update(valid_to=valid_from)
        new = Cohort.objects.create(
            code=cohort.code,
            order=cohort.order,
            wording=wording,
            short_name=short_name,
            plain=plain,
            valid_from=valid_from,
        )
        record_event("cohort.reword", new, by=by, at=at, detail={"before": cohort.wording, "after": wording})
    return new


def reword_indicator(
    indicator: Indicator, *, name: str, question: str, unit: str, by: Actor, at: datetime
) -> Indicator:
    """Give an indicator new wording as a new version. Targets and reports keep the version they were made with."""
    _permit(by, "communities.change_indicator", indicator)
    if not indicator.active:
        raise Refused("A later version of this indicator exists.", "Change the version in use.", status=400)
    with transaction.atomic():
        before = {"name": indicator.name, "question": indicator.question, "unit": indicator.unit}
        Indicator.objects.filter(pk=indicator.pk).update(active=False)
        columns = {each.attname: getattr(indicator, each.attname) for each in Indicator._meta.concrete_fields}
        columns |= {"id": None, "version": indicator.version + 1, "name": name, "question": question, "unit": unit}
        new = Indicator.objects.create(**columns)
        record_event("indicator.reword", new, by=by, at=at, detail={"before": before})
    return new


def _permit(by: Actor, name: str, row: models.Model) -> None:
    if not by.has_perm(name, row):
        raise Refused("You do not have the right to do this.", "Ask a senior officer or an analyst.", status=403)
