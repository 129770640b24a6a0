"""How bids get from their senders to a decision of the panel: acts that both panel rounds use."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from evaluation.demonstration.cast import PANEL
from evaluation.demonstration.money import Acts
from evaluation.demonstration.stage import Stage
from grants.assessment import operations as assessment
from grants.assessment.queries import has_declared
from grants.decisions import operations
from grants.decisions.models import Decision, Meeting, Motion
from grants.rounds.models import Seat

MINUTE = (
    "Apologies were taken and interests declared; members with a tie left for that item. Each bid was presented in "
    "the order of its score, discussed and voted on. The votes are with the motions."
)
PAIRS = (("dev", "joan", "kit"), ("hassan", "ruth", "kit"), ("dev", "hassan", "joan"), ("ruth", "joan", "kit"))
LAST_MINUTE = timedelta(minutes=40)
BELOW = "The panel knows this estate: few bids come from here, and the group has help with the paperwork."


def in_check(stage: Stage, key: str, round_: str, *, begun: int, sent: int, checked: int | None = None) -> Acts:
    """A group starts, writes and sends a bid; an officer checks it and sends it to assessment."""
    at = yield stage.calendar.at(begun, "19:20")
    stage.begin(key, round_, at)
    at = yield stage.calendar.at(begun + 2, "20:00")
    stage.write(key, at)
    closes = stage.rounds[round_].closes_at  # on a working day, and so days before or after the one in the plan
    at = yield min(stage.calendar.at(sent, "18:45"), closes - LAST_MINUTE)
    stage.send(key, at)
    if checked is not None:
        at = yield stage.calendar.office(checked, "10:15")
        stage.check(key, "carol" if len(key) % 2 else "owen", at)


def allocate_and_declare(
    stage: Stage, keys: Sequence[str], day: int, ties: Mapping[tuple[str, str], tuple[str, str]] = {}
) -> Acts:
    """Members say what ties them to the bids, then the scorers are chosen."""
    for name in PANEL:
        at = yield stage.calendar.at(day, "19:00")
        for key in keys:
            kind, detail = ties.get((name, key), ("none", ""))
            if not has_declared(stage.people[name], stage.bid(key)):
                assessment.declare_interest(stage.bid(key), kind=kind, detail=detail, by=stage.people[name], at=at)
    at = yield stage.calendar.office(day + 1, "09:30")
    plan = {
        stage.bid(key): [stage.people[name] for name in scorers(number, key, ties)] for number, key in enumerate(keys)
    }
    assessment.allocate_all(plan, by=stage.people["carol"], at=at)


def scorers(number: int, key: str, ties: Mapping[tuple[str, str], tuple[str, str]]) -> list[str]:
    """Three members for each bid, by turns; nobody who has a tie."""
    out = {name for (name, about), (kind, _) in ties.items() if about == key and kind in ("related", "paid")}
    chosen = [name for name in PAIRS[number % len(PAIRS)] if name not in out]
    return (chosen + [name for name in PANEL if name not in out and name not in chosen])[:3]


def score_all(
    stage: Stage,
    marks: Mapping[str, str],
    day: int,
    ties: Mapping[tuple[str, str], tuple[str, str]] = {},
) -> Acts:
    """Each scorer scores alone and locks: around the marks given, one a little kinder, one a little stricter."""
    for number, (key, values) in enumerate(marks.items()):
        for turn, name in enumerate(scorers(number, key, ties)):
            at = yield stage.calendar.at(day + turn, "20:30")
            stage.score(key, name, _shifted(values, turn), at)


def _shifted(values: str, turn: int) -> str:
    place, by = {1: (1, 1), 2: (4, -1)}.get(turn, (0, 0))
    return "".join(str(min(5, max(0, int(v) + by))) if n == place else v for n, v in enumerate(values))


def meet(
    stage: Stage, round_: str, motions: Mapping[str, Mapping[str, Any]], day: int, away: Sequence[str] = ()
) -> Acts:
    """The panel meets: motions are put one by one, hands are counted by the officer who clerks."""
    carol, people = stage.people["carol"], stage.people
    at = yield stage.calendar.office(day, "18:30")
    meeting = Meeting.objects.filter(panel__round=stage.rounds[round_], status=Meeting.Status.PLANNED).earliest(
        "held_at"
    )
    seats = {seat.person.user: seat for seat in Seat.objects.filter(panel=meeting.panel).select_related("person__user")}
    present = {name: seats[people[name]] for name in PANEL if name not in away}
    operations.mark_attendance(meeting, present=present.values(), by=carol, at=at)
    operations.open_meeting(Meeting.objects.get(pk=meeting.pk), by=carol, at=at)
    for key, motion in motions.items():
        at = yield stage.calendar.office(day, "18:40")
        put = operations.put_motion(
            meeting, application=stage.bid(key), by=carol, at=at,
            **{"override": BELOW if motion["kind"] in ("full", "part") else "", **_put(motion)},
        )  # fmt: skip
        out = set(stage.bid(key).interests.filter(kind__in=("related", "paid")).values_list("user", flat=True))
        cast = {seat: "for" for name, seat in present.items() if people[name].pk not in out}
        if against := motion.get("against"):
            cast[present[against]] = "against"
        operations.cast_votes(put, cast=cast, by=carol, at=at)
        operations.close_motion(Motion.objects.get(pk=put.pk), by=carol, at=at)
    at = yield stage.calendar.office(day, "20:40")
    operations.close_meeting(Meeting.objects.get(pk=meeting.pk), minute=MINUTE, by=carol, at=at)


def _put(motion: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value for name, value in motion.items() if name in ("kind", "amount", "conditions", "reasons", "override")
    }


def agree_lines(stage: Stage, key: str, at: Any) -> None:
    """An officer says what a smaller sum is for: the last lines give way first."""
    decision = stage.decision(key)
    left, amounts = decision.amount or Decimal(0), {}
    for line in decision.lines.order_by("order", "pk"):
        amounts[line.pk] = min(line.asked, left)
        left -= amounts[line.pk]
    operations.rebase_lines(decision, amounts=amounts, by=stage.people["carol"], at=at)


def confirm_and_tell(stage: Stage, keys: Sequence[str], *, confirmed: int, told: int) -> Acts:
    """A senior officer confirms the panel's decisions, and the groups are told together."""
    at = yield stage.calendar.office(confirmed, "14:00")
    decisions: list[Decision] = [stage.decision(key) for key in keys]
    operations.ratify_many(decisions, by=stage.people["grace"], at=at)
    at = yield stage.calendar.office(told, "09:00")
    operations.release([stage.decision(key) for key in keys], by=stage.people["grace"], at=at)
