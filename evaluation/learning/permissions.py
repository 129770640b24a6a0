"""Who notes what was learnt, groups it, and answers it."""

from django.db.models import Q

from communities.core.permissions import NONE, Actor, permission
from communities.people.roles import ANALYST, AUDITOR, OFFICER, SENIOR_OFFICER
from evaluation.learning.models import Learning, Theme

READERS = (OFFICER.code, SENIOR_OFFICER.code, ANALYST.code, AUDITOR.code)
NOTERS = (OFFICER.code, SENIOR_OFFICER.code, ANALYST.code)


@permission("evaluation.view_learning", Learning, "The office", roles=READERS)
def view_learning(user: Actor) -> Q:
    """Raw learning may name people, so it stays in the office."""
    return NONE


@permission("evaluation.add_learning", Learning, "Officers and analysts", roles=NOTERS)
def add_learning(user: Actor) -> Q:
    """Whoever hears something writes it down."""
    return NONE


@permission("evaluation.view_theme", Theme, "The office; everybody, once it is answered", roles=READERS, public=True)
def view_theme(user: Actor) -> Q:
    """What we changed is public."""
    return Q(status=Theme.Status.ANSWERED)


@permission("evaluation.change_theme", Theme, "Analysts and senior officers", roles=(ANALYST.code, SENIOR_OFFICER.code))
def change_theme(user: Actor) -> Q:
    """Grouping learning is the analyst's work."""
    return NONE


@permission("evaluation.answer_theme", Theme, "Analysts and senior officers", roles=(ANALYST.code, SENIOR_OFFICER.code))
def answer_theme(user: Actor) -> Q:
    """Each theme gets an answer: a change, or why there is none."""
    return NONE
