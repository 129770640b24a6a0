"""Learning that waits, themes that wait, and what a round changed."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, QuerySet

from evaluation.learning.models import Learning, Theme
from grants.rounds.models import Round

MOST_THEMES = 10  # a team can act on a few things; more would be a list nobody reads


def ungrouped() -> QuerySet[Learning]:
    """Learning that belongs to no theme yet, the newest first."""
    return Learning.objects.filter(theme=None).select_related("report__requirement__award")


def unanswered() -> QuerySet[Theme]:
    """Themes that need an answer."""
    return Theme.objects.filter(status=Theme.Status.OPEN).annotate(learnt=Count("learnings"))


def changes_of(rounds: Iterable[Round]) -> dict[Any, list[Theme]]:
    """What was changed, or not and why, by the round it was changed in."""
    found: dict[Any, list[Theme]] = {}
    for theme in Theme.objects.filter(round__in=list(rounds), status=Theme.Status.ANSWERED).order_by("answered_at"):
        found.setdefault(theme.round_id, []).append(theme)
    return found
