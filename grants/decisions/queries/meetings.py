"""The meeting as it stands: the agenda, the people, the money."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from communities.core.money import pounds
from grants.applications.models import Application
from grants.assessment.queries import Standing, ranking
from grants.decisions.models import Decision, Meeting, Motion
from grants.decisions.queries.circles import Circle, People, circles, people_at, tallies
from grants.rounds.models import Round, Seat

NOTHING = Decimal(0)
STANDING = (Decision.Status.PROPOSED, Decision.Status.ASKING)


@dataclass
class Item:
    """One bid on the agenda."""

    standing: Standing
    circle: Circle
    motions: list[Motion] = field(default_factory=list)
    decision: Decision | None = None
    hidden: bool = False

    @property
    def application(self) -> Application:
        """The bid."""
        return self.standing.application

    @property
    def open_motion(self) -> Motion | None:
        """The motion being voted on."""
        return next((each for each in self.motions if each.status == Motion.Status.OPEN), None)

    @property
    def closed_motions(self) -> list[Motion]:
        """The motions whose vote is closed."""
        return [each for each in self.motions if each.status != Motion.Status.OPEN]

    @property
    def state(self) -> tuple[str, str]:
        """Where the bid stands at the meeting, in words and as a colour."""
        if self.open_motion:
            return "Being voted on", "yellow"
        if self.decision:
            return OUTCOMES[Decision.Outcome(self.decision.outcome)]
        if self.motions and is_put_off(self.motions[-1]):
            return "Put off", "grey"
        return "To decide", ""

    @property
    def flags(self) -> list[str]:
        """What the meeting should look at."""
        wide = [f"Scores far apart: {each.criterion.name}" for each in self.standing.wide]
        return [
            *([] if self.circle.is_quorate or self.decision else [self.circle.why_not]),
            *self.standing.below,
            *wide,
        ]


OUTCOMES = {
    Decision.Outcome.FUND: ("Funded", "green"),
    Decision.Outcome.DECLINE: ("Not funded", "red"),
    Decision.Outcome.RESERVE: ("Reserve list", "yellow"),
}


def is_put_off(motion: Motion) -> bool:
    """Whether this motion left the bid for another meeting."""
    deferred = motion.status == Motion.Status.CARRIED and motion.kind == Motion.Kind.DEFER
    return deferred or motion.status == Motion.Status.DEFERRED


def agenda(meeting: Meeting, user: Any, people: People | None = None) -> list[Item]:
    """The bids before the panel, best first. A bid to which the reader has a tie shows its name and nothing else."""
    rows = ranking(meeting.panel.round)
    bids = [row.application for row in rows]
    people = people_at(meeting) if people is None else people
    who = circles(meeting, bids, people)
    motions: dict[int, list[Motion]] = defaultdict(list)
    for motion in Motion.objects.filter(application__in=bids).order_by("pk"):
        motions[motion.application_id].append(motion)
    decisions = {each.application_id: each for each in standing_decisions(bids)}
    seat = next((each for each, _ in people if each.person.user_id == user.pk), None)
    return [
        Item(
            row,
            who[row.application.pk],
            motions[row.application.pk],
            decisions.get(row.application.pk),
            hidden=_is_hidden(who[row.application.pk], seat),
        )
        for row in rows
    ]


def still_to_vote(item: Item, motion: Motion) -> list[Seat]:
    """The members in the room who have not voted on the motion yet."""
    voted = set(motion.votes.filter(is_casting=False).values_list("seat", flat=True))
    return [seat for seat in item.circle.eligible if seat.pk not in voted]


def draft_minute(meeting: Meeting) -> str:
    """What was decided, as a start of the minute."""
    present = ", ".join(str(seat.person) for seat, here in people_at(meeting) if here)
    lines = [f"Present: {present or 'nobody noted'}."]
    motions = list(meeting.motions.select_related("application").order_by("pk"))
    fallen = tallies(motions)
    for motion in motions:
        votes = fallen[motion.pk]
        sum_ = f", {pounds(motion.amount)}" if motion.amount is not None else ""
        counted = f"for {votes.yes}, against {votes.no}, abstained {votes.abstained}"
        casting = f", casting vote {votes.casting}" if votes.casting else ""
        said = f"{motion.application.reference} {motion.application.title}: {motion.get_kind_display().lower()}{sum_}"
        lines.append(f"{said}. {motion.get_status_display()} ({counted}{casting}).")
    return "\n".join(lines)


def _is_hidden(circle: Circle, seat: Seat | None) -> bool:
    return seat is not None and (seat in circle.out or seat in circle.undeclared or _silent(circle, seat))


def _silent(circle: Circle, seat: Seat) -> bool:
    """Away members without a declaration are handled by the papers' own rule; those present are undeclared."""
    return seat not in (*circle.eligible, *circle.away)


def standing_decisions(bids: Iterable[Application]) -> QuerySet[Decision]:
    """The decision that stands for each bid, whatever its state."""
    return Decision.objects.filter(application__in=list(bids)).exclude(status=Decision.Status.SET_ASIDE)


@dataclass(frozen=True)
class Money:
    """What a round's budget allows, with what was carried and not yet confirmed."""

    limit: Decimal
    committed: Decimal
    carried: Decimal
    voting: Decimal

    @property
    def left(self) -> Decimal:
        """What nobody has been promised."""
        return self.limit - self.committed

    @property
    def left_after(self) -> Decimal:
        """What stays when everything carried is confirmed. Below zero, something has to give."""
        return self.left - self.carried


def money_of(round_: Round) -> Money:
    """The budget's headroom now, and after what the panel has carried."""
    budget = type(round_.budget).objects.get(pk=round_.budget_id)
    carried = Decision.objects.filter(
        application__round__budget=budget, status__in=STANDING, outcome=Decision.Outcome.FUND
    ).aggregate(total=Sum("amount"))["total"]
    voting = Motion.objects.filter(application__round__budget=budget, status=Motion.Status.OPEN).aggregate(
        total=Sum("amount")
    )["total"]
    return Money(budget.limit, budget.committed, carried or NOTHING, voting or NOTHING)
