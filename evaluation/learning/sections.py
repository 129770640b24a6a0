"""What this room shows on pages of others: what a round changed, and themes that wait for an answer."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from communities.core.permissions import Actor
from communities.core.sections import section
from evaluation.learning.models import Theme
from evaluation.learning.queries import changes_of, unanswered, ungrouped
from grants.rounds.models import Round


@section("round", "changes", order=50, template="evaluation/learning/_round.html")
def what_we_changed(objects: Sequence[Round], user: Actor) -> dict[Any, Any]:
    """You told us, we changed: on the public page of the round."""
    return changes_of(objects)


@section("office_home", "learning", order=80, template="")
def waiting(objects: Sequence[Any], user: Actor) -> dict[Any, Any]:
    """Learning to group and themes to answer."""
    if not user.has_perm("evaluation.change_theme"):
        return {}
    cards = [
        {
            "number": ungrouped().count(), "title": "Group what we learnt", "reason": "From reports and panels",
            "href": f"{reverse('admin:evaluation_learning_changelist')}?theme__isnull=True",
        },
        {
            "number": unanswered().count(), "title": "Answer themes", "reason": "Before the next round is published",
            "href": f"{reverse('admin:evaluation_theme_changelist')}?status__exact=open",
        },
    ]  # fmt: skip
    return {user.pk: cards}


@section("theme_office", "learnings", order=10, template="evaluation/learning/_office.html")
def of_themes(objects: Sequence[Theme], user: Actor) -> dict[Any, Any]:
    """The learnings of a theme, and its answer."""
    return {theme.pk: {"learnings": theme.learnings.select_related("report__requirement__award")} for theme in objects}
