"""The rows that an address can be about: first one that it opens for, then one in every other state."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from communities.core.clock import now
from communities.groups.models import Group
from communities.places.models import PriorityPlace
from evaluation.reports.models import OutcomeReport
from grants.applications.models import Application
from grants.assessment.models import Interest
from grants.awards.models import Award
from grants.decisions.models import Decision, Meeting, Motion
from grants.rounds.models import Round
from grants.spending.models import Expenditure
from tests.guards.world import PEOPLE


@dataclass(frozen=True)
class Example:
    """A row: whose group it is about, what its address says, whether the page opens."""

    group: Group | None
    kwargs: dict
    opens: bool
    state: str


def own(row):
    return {"public_id": row.public_id}


def group_of(row):
    """The group that a row belongs to, if any."""
    if isinstance(row, Group):
        return row
    if isinstance(row, OutcomeReport):
        return row.requirement.award.group
    if isinstance(row, Decision):
        return row.application.group
    return getattr(row, "group", None)


def examples(model, kwargs=own, **opens):
    """One row that the page opens for, and one for each state it is not."""

    def found():
        rows = model.objects.order_by("pk")
        first = rows.filter(**opens).distinct().first()
        assert first is not None, f"The demonstration has no {model._meta.verbose_name} with {opens}."
        yield Example(group_of(first), kwargs(first), True, getattr(first, "status", ""))
        if hasattr(model, "status"):
            for state in sorted(set(rows.values_list("status", flat=True))):
                row = rows.filter(status=state).exclude(pk=first.pk).first()
                if row is not None:
                    yield Example(group_of(row), kwargs(row), False, state)

    return found


def without_row(**kwargs):
    return lambda: iter([Example(None, kwargs, True, "")])


def receipt():
    bought = (
        Expenditure.objects.filter(receipt__isnull=False).select_related("spending__award__group").order_by("pk")[0]
    )
    yield Example(bought.spending.award.group, own(bought.receipt), True, "")


def member(**who):
    def kwargs(group):
        found = group.memberships.filter(ends_on=None, **who).exclude(role="lead").order_by("pk").first()
        return own(group) | {"person": found.person.public_id if found else group.public_id}

    return kwargs


def purchase(award):
    bought = Expenditure.objects.filter(spending__award=award).first()
    return own(award) | {"number": bought.pk if bought else 0}


def at_meeting(bid):
    motion = bid.motions.first()
    return {"public_id": motion.meeting.public_id if motion else bid.public_id, "bid": bid.public_id}


def open_round():
    """Bids begin in a round that takes them."""
    yield from examples(Round, status="published", closes_at__gt=now())()


S, BOTH = Application.Status, tuple(PEOPLE[role] for role in ("chair", "panel"))
ROUND, DRAFT = examples(Round, status="published"), examples(Application, status=S.DRAFT)
SENT = examples(Application, status=S.IN_CHECK)
AWARD, OFFER = examples(Award, status="active"), examples(Award, status="offered")
GROUP = examples(Group, awards__isnull=False)
REPORT = examples(OutcomeReport, status="draft")
BOOK = examples(Award, spending_return__status="draft")
MEETING, PLANNED, MOTION = examples(Meeting, status="closed"), examples(Meeting, status="planned"), examples(Motion)


def before_panel(kwargs=own, **more):
    """A bid that the chair and another member read, since nothing ties them to it."""

    def found():
        ready = Application.objects.filter(status__in=("in_assessment", "decided"), tier__route="panel", **more)
        for name in BOTH:
            said = Interest.objects.filter(user__email=f"{name}@demo.invalid", kind__in=Interest.IN)
            ready = ready.filter(pk__in=said.values("application"))
        yield from examples(Application, kwargs, pk=getattr(ready.order_by("-pk").first(), "pk", 0))()

    return found


ABOUT = {
    "rounds:round": ROUND,
    "rounds:questions": ROUND,
    "rounds:quiz": ROUND,
    "place": examples(PriorityPlace, lambda row: {"code": row.code}),
    "stored_file": receipt,
    "groups:member": examples(Group, member(), awards__isnull=False),
    "groups:leaving": examples(Group, member(), awards__isnull=False),
    "groups:name": examples(
        Group, member(person__user=None), memberships__person__user=None, memberships__ends_on=None
    ),
    "groups:": GROUP,
    "applications:start": open_round,
    "applications:tasks": DRAFT,
    "applications:check": DRAFT,
    "applications:send": DRAFT,
    "applications:section": examples(Application, lambda row: own(row) | {"section": "money"}, status=S.DRAFT),
    "applications:copy": examples(Application, lambda row: own(row) | {"number": 1}, status=S.IN_CHECK),
    "applications:": SENT,
    "checks:answer": examples(Application, status=S.MORE_INFO),
    "decisions:smaller": examples(Decision, lambda row: own(row.application), status="asking"),
    "decisions:decision": examples(Application, decisions__status="released"),
    "awards:accept": OFFER,
    "awards:turn_down": OFFER,
    "awards:": AWARD,
    "payments:account": GROUP,
    "spending:remove": examples(Award, purchase, spending_return__expenditure__isnull=False),
    "spending:": BOOK,
    "reports:": REPORT,
    "evaluation:page": without_row(name="money"),
    "evaluation:download": without_row(key="targets"),
    "evaluation:dictionary": without_row(key="targets"),
    "panel:interests": examples(Round, status="published", panel__seats__isnull=False),
    "panel:bid": before_panel(),
    "panel:interest": before_panel(),
    "panel:scores": before_panel(),
    "panel:meeting": MEETING,
    "panel:attendance": PLANNED,
    "panel:open_meeting": PLANNED,
    "panel:close_meeting": PLANNED,
    "panel:item": before_panel(at_meeting, motions__isnull=False),
    "panel:put_off": before_panel(at_meeting, motions__isnull=False),
    "panel:note_interest": before_panel(at_meeting, motions__isnull=False),
    "panel:vote": MOTION,
    "panel:votes": MOTION,
    "panel:casting": MOTION,
    "panel:close_motion": MOTION,
    "sign_in_as": without_row(pk=1),
    "mfa_": without_row(pk=1),
}


def about(name):
    """What the address of this name can be about."""
    try:
        reverse(name)
    except NoReverseMatch:
        pass
    else:
        return [Example(None, {}, True, "")]
    key = next(
        key for key in sorted(ABOUT, key=len, reverse=True) if name == key or (key[-1] in ":_" and name.startswith(key))
    )
    return list(ABOUT[key]())
