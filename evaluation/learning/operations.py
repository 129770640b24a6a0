"""Noting what was learnt, grouping it into themes, and answering each with a change or a reason."""

from collections.abc import Iterable
from datetime import datetime

from communities.core.events import record_event
from communities.core.lifecycle import lock, unit
from communities.core.permissions import SYSTEM, Actor
from communities.core.refusals import Refused
from evaluation.learning.models import THEME, Learning, Theme
from evaluation.reports.models import OutcomeReport
from grants.rounds.models import Round


def note(
    *, kind: str, text: str, source: str = "", report: OutcomeReport | None = None, by: Actor, at: datetime
) -> Learning:
    """Write down one thing learnt, in the words of those who learnt it."""
    if by is not SYSTEM and not by.has_perm("evaluation.add_learning"):
        raise Refused("You do not have the right to do this.", "Ask a grants officer to note it.", status=403)
    with unit():
        learning = Learning.objects.create(
            kind=kind, text=text, source=source, report=report, noted_at=at, noted_by_id=by.pk
        )
        record_event("learning.note", learning, by=by, at=at, case=report.case if report else None)
    return learning


def open_theme(*, title: str, summary: str, learnings: Iterable[Learning] = (), by: Actor, at: datetime) -> Theme:
    """Say in one line what several learnings have in common."""
    theme = Theme(title=title, summary=summary, opened_at=at, opened_by_id=by.pk)
    with unit():
        THEME.create("open", theme, by=by, at=at)
        _put(theme, learnings)
    return theme


def group(theme: Theme, *, learnings: Iterable[Learning], by: Actor, at: datetime) -> Theme:
    """Add learnings to a theme."""
    with THEME.record("group", theme, by=by, at=at, who="evaluation.change_theme") as locked:
        _put(locked, learnings)
    return locked


def _put(theme: Theme, learnings: Iterable[Learning]) -> None:
    for learning in lock(Learning.objects.filter(pk__in=[one.pk for one in learnings])):
        learning.theme = theme
        learning.save(update_fields=("theme",))


def answer(
    theme: Theme,
    *,
    answer: str,
    action: str,
    round: Round | None,  # noqa: A002 (the word the fund uses)
    by: Actor,
    at: datetime,
) -> Theme:
    """Say what changed because of it and in which round, or that nothing changed and why."""
    with THEME.step("answer", theme, by=by, at=at) as locked:
        locked.answer, locked.action, locked.round = answer, action, round
        locked.answered_at, locked.answered_by_id = at, by.pk
    return locked
