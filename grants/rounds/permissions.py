"""Who may see a round and its terms, and who sets them."""

from django.db.models import Model, Q

from communities.core.permissions import NONE, Actor, office, permission
from communities.people.roles import ANALYST, AUDITOR, FINANCE, OFFICER, SENIOR_OFFICER
from grants.rounds.models import (
    CheckRequirement,
    Criterion,
    CriterionWeight,
    Descriptor,
    Panel,
    Question,
    QuestionLimit,
    Round,
    RoundNotice,
    RoundStaff,
    Seat,
    Terms,
    Tier,
)

OFFICE = (OFFICER.code, SENIOR_OFFICER.code, FINANCE.code, ANALYST.code, AUDITOR.code)
SETTERS = (OFFICER.code, SENIOR_OFFICER.code)


@permission(
    "grants.view_round", Round, "Everybody, once it is published; the office before that", roles=OFFICE, public=True
)
def view_round(user: Actor) -> Q:
    """A published round is for everybody to see."""
    return Q(status__in=(Round.Status.PUBLISHED, Round.Status.FINISHED))


@permission("grants.publish_round", Round, "Senior officers", roles=(SENIOR_OFFICER.code,))
def publish_round(user: Actor) -> Q:
    """Publishing binds the council, so it takes a senior officer."""
    return NONE


TERMS: tuple[type[Model], ...] = (
    Terms, Tier, Question, QuestionLimit, CheckRequirement, Criterion, CriterionWeight, Descriptor,
)  # fmt: skip
PEOPLE: tuple[type[Model], ...] = (RoundStaff, Seat, RoundNotice)

for model in TERMS:
    office(model, view=OFFICE, change=SETTERS)


@permission(
    "grants.view_panel",
    Panel,
    "Officers and auditors, and the people who sit on the panel",
    roles=(*SETTERS, AUDITOR.code),
)
def view_panel(user: Actor) -> Q:
    """Members see their own panel."""
    return Q(seats__person__user=user.pk, seats__left_on=None)


for model in PEOPLE:
    office(model, view=OFFICE, add=SETTERS, change=SETTERS)
for verb in ("add", "change"):
    permission(f"grants.{verb}_round", Round, "Officers and senior officers", roles=SETTERS)(lambda user: NONE)
