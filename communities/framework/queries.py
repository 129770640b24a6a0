"""What the council cares about, as other rooms ask for it."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from communities.core.clock import today
from communities.framework.models import Cohort, Goal, HeadlineFigure, Indicator, OutcomeArea
from communities.places.queries import Figure, deprived_residents


def current_cohorts(on: date | None = None) -> QuerySet[Cohort]:
    """The cohorts in the wording that holds on a day."""
    day = on or today()
    return Cohort.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)


def catalogue() -> QuerySet[Indicator]:
    """The indicators a group can choose as a target: those in use that are not official statistics."""
    return (
        Indicator.objects.filter(active=True)
        .exclude(level=Indicator.Level.PLACE)
        .select_related("goal", "area", "chain")
    )


def areas_with_goals() -> QuerySet[OutcomeArea]:
    """The five areas with the goals that belong to each."""
    return OutcomeArea.objects.prefetch_related(Prefetch("goals", queryset=Goal.objects.order_by("number")))


@dataclass(frozen=True)
class Quoted:
    """A sentence of the paper with its figures, and what the imported data gives for them, if anything."""

    quotation: str
    chapter: str
    notes: list[str]
    counted: list[tuple[str, Figure]]


def quoted() -> list[Quoted]:
    """The paper's figures in its own words; beside two of them what we count ourselves, which may differ."""
    counts = {
        "residents-deprived": ("People", deprived_residents("2019", "Mid-2015")),
        "children-deprived": ("Children under 16", deprived_residents("2019", "Mid-2015", field="age_0_15")),
    }
    sentences: dict[str, Quoted] = {}
    for each in HeadlineFigure.objects.all():
        one = sentences.setdefault(each.quotation, Quoted(each.quotation, each.chapter, [], []))
        one.notes.extend({each.note} - {"", *one.notes})
        one.counted.extend([counts[each.code]] if each.code in counts else [])
    return list(sentences.values())
