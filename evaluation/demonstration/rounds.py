"""The fund, its money and its three rounds: one long finished, one that has closed, one that is open."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from communities.framework.models import Cohort, Goal
from communities.places.models import Dataset, PriorityPlace
from evaluation.demonstration.agenda import Scene
from evaluation.demonstration.cast import PANEL, TROUPES, form, hire, meet_the_stranger, meet_the_warm_table
from evaluation.demonstration.stage import Stage
from evaluation.demonstration.statistics import load_statistics
from grants.decisions.operations import plan_meeting
from grants.funds.models import Budget, Fund
from grants.funds.operations import open_budget
from grants.rounds import operations
from grants.rounds.models import Panel, Round, RoundStaff, Terms

FUND = "Community Challenge Fund"
PURPOSE = (
    "Small sums for community groups who want to change something where they live. We put six places and four groups "
    "of people first. You decide what success looks like; we help with the money and ask what you learnt."
)
POWER = "Localism Act 2011, section 1 (general power of competence)"
LIMITS = {"last": Decimal(45_000), "now": Decimal(60_000)}
SEASONS = ("winter", "spring", "summer", "autumn")
DUTY = RoundStaff.Duty
STAFF = (
    ("carol", DUTY.OFFICER),
    ("owen", DUTY.OFFICER),
    ("grace", DUTY.DECIDER),
    ("grace", DUTY.APPROVER),
    ("fiona", DUTY.FINANCE),
)


@dataclass(frozen=True)
class Call:
    """A round in days from today."""

    number: int
    budget: str
    drafted: int
    published: int
    opens: int
    closes: int
    told: int
    starts: int
    ends: int
    meets: tuple[int, ...]


EARLIER, SUMMER, NOW = "earlier", "closed", "open"
CALLS = {
    EARLIER: Call(1, "last", -360, -352, -345, -305, -278, -250, -135, (-286,)),
    SUMMER: Call(2, "now", -125, -118, -112, -75, -17, -14, 300, (-26, 4)),
    NOW: Call(3, "now", -80, -52, -45, 19, 47, -16, 320, (40,)),
}


def title(call: Call, opens: datetime) -> str:
    """Round 3, autumn 2026."""
    return f"Round {call.number}, {SEASONS[opens.month % 12 // 3]} {opens.year}"


def curtain_up(stage: Stage) -> Scene:
    """The council sets up its fund, its staff and its figures."""
    at = yield stage.calendar.office(-400, "09:00")
    hire(stage.people, at)
    load_statistics(at)
    at = yield stage.calendar.office(-398, "10:00")
    fund = Fund.objects.create(
        name=FUND, purpose=PURPOSE, legal_power=POWER, cost_code="CCF01", owner=stage.people["grace"]
    )
    for name, limit in LIMITS.items():
        label = f"{FUND}, {'first' if name == 'last' else 'second'} year"
        open_budget(fund, name=label, limit=limit, by=stage.people["grace"], at=at)
    groups = yield stage.calendar.at(-344, "18:00")
    for key in TROUPES:
        if key != "jaywick":
            form(stage.people, key, groups)
    at = yield stage.calendar.at(-44, "19:30")
    form(stage.people, "jaywick", at)
    meet_the_warm_table(stage.people, at)
    at = yield stage.calendar.at(-30, "20:10")
    meet_the_stranger(stage.people, at)


def call(stage: Stage, key: str) -> Scene:
    """A round is drafted with its panel and staff, published, and its panel called together."""
    plan, people = CALLS[key], stage.people
    at = yield stage.calendar.office(plan.drafted, "10:30")
    round_ = _draft(stage, plan, at)
    stage.rounds[key] = round_
    panel = _name_panel(stage, round_, plan, at)
    at = yield stage.calendar.office(plan.published, "11:00")
    operations.publish(round_, by=people["grace"], at=at)
    stage.rounds[key] = Round.objects.get(pk=round_.pk)
    at = yield stage.calendar.office(plan.published, "11:30")
    for number, day in enumerate(plan.meets):
        venue = ("County Hall, room 3", "Clacton Library")[number % 2]
        plan_meeting(panel, held_at=stage.calendar.office(day, "18:30"), venue=venue, by=people["carol"], at=at)


def _draft(stage: Stage, plan: Call, at: datetime) -> Round:
    calendar = stage.calendar
    opens = calendar.office(plan.opens, "09:00")
    label = f"{FUND}, {'first' if plan.budget == 'last' else 'second'} year"
    return operations.draft_round(
        title=title(plan, opens),
        fund=Fund.objects.get(name=FUND),
        budget=Budget.objects.get(name=label),
        purpose=PURPOSE,
        opens_at=opens,
        closes_at=calendar.office(plan.closes, "12:00"),
        decision_due_on=calendar.working_day(plan.told),
        starts_from=calendar.day(plan.starts),
        ends_by=calendar.day(plan.ends),
        places=PriorityPlace.objects.all(),
        cohorts=Cohort.objects.filter(valid_to=None),
        goals=Goal.objects.all(),
        datasets=Dataset.objects.filter(is_demo=True).exclude(kind=Dataset.Kind.LOOKUP),
        terms_from=Terms.objects.get(is_library=True),
        by=stage.people["carol"],
        at=at,
    )


def _name_panel(stage: Stage, round_: Round, plan: Call, at: datetime) -> Panel:
    carol = stage.people["carol"]
    panel = operations.name_panel(round_, name=f"Panel of round {plan.number}", quorum=3, by=carol, at=at)
    for name, (_, role) in PANEL.items():
        operations.seat_person(panel, person=stage.people.person(stage.people[name]), role=role, by=carol, at=at)
    for name, duty in STAFF:
        operations.add_staff(round_, user=stage.people[name], duty=duty, by=carol, at=at)
    return panel
