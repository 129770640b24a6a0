"""The first round: all of it is over, and the fund has learnt from it."""

from collections.abc import Iterator
from typing import Any

from evaluation.demonstration.agenda import Scene
from evaluation.demonstration.bids import pitches
from evaluation.demonstration.money import accept_and_enter, arrive, finish_award, send_money
from evaluation.demonstration.panel import allocate_and_declare, confirm_and_tell, in_check, meet, score_all
from evaluation.demonstration.rounds import CALLS, EARLIER
from evaluation.demonstration.stage import Stage
from evaluation.learning import operations as learning
from evaluation.learning.models import Learning, Theme
from grants.rounds import operations as rounds

PANEL_BIDS = {
    "path": ("full", "444443"),
    "respite": ("full", "554444"),
    "homework": ("full", "434344"),
    "boxing": ("full", "444334"),
    "row": ("full", "343443"),
    "lifts": ("full", "454344"),
    "swimfirst": ("decline", "433332"),
    "railshow": ("decline", "111322"),
}
MICRO_BIDS = ("stitch", "growing", "warmshop", "breakfast")
REASONS = {
    "swimfirst": "The panel liked the idea and saw the need. There was not enough money for everything this time, and "
    "the pool had not yet agreed to the hour. Please come again when it has.",
    "railshow": "The panel did not see what would change for people in a priority place or group. The county's "
    "heritage fund may suit the exhibition better.",
}
SENT, CHECKED = -320, -300
FUNDED = tuple(key for key, (kind, _) in PANEL_BIDS.items() if kind == "full")


def scenes(stage: Stage) -> Iterator[Scene]:
    """The first round from its first bid to what was learnt."""
    for number, key in enumerate((*PANEL_BIDS, *MICRO_BIDS)):
        yield _bid(stage, key, SENT + number, micro=key in MICRO_BIDS)
    yield _never_sent(stage)
    yield _panel(stage)
    yield _money(stage)
    for number, key in enumerate((*FUNDED, *MICRO_BIDS)):
        yield finish_award(stage, key, pitches()[key].days[1] + 3 + number % 3, closed=-122)
    yield _over(stage)
    yield _learning(stage)


def _bid(stage: Stage, key: str, sent: int, *, micro: bool) -> Scene:
    yield from in_check(stage, key, EARLIER, begun=sent - 6, sent=sent, checked=CHECKED)
    if micro:
        at = yield stage.calendar.office(CHECKED + 2, "11:00")
        stage.decide(key, at)
        at = yield stage.calendar.office(CHECKED + 3, "10:00")
        stage.confirm(key, at)


def _never_sent(stage: Stage) -> Scene:
    at = yield stage.calendar.at(-312, "20:00")
    stage.begin("radiolapsed", EARLIER, at)
    at = yield stage.calendar.at(-311, "20:00")
    stage.write("radiolapsed", at, only=("idea", "need"))


def _panel(stage: Stage) -> Scene:
    keys, plan = list(PANEL_BIDS), CALLS[EARLIER]
    yield from allocate_and_declare(stage, keys, day=-298)
    yield from score_all(stage, {key: marks for key, (_, marks) in PANEL_BIDS.items()}, day=-293)
    motions: dict[str, dict[str, Any]] = {
        key: {"kind": kind, "reasons": REASONS.get(key, "")} for key, (kind, _) in PANEL_BIDS.items()
    }
    yield from meet(stage, EARLIER, motions, day=plan.meets[0])
    yield from confirm_and_tell(stage, keys, confirmed=-282, told=-280)


def _money(stage: Stage) -> Scene:
    keys = [*FUNDED, *MICRO_BIDS]
    yield from accept_and_enter(stage, keys, day=-276)
    yield from send_money(stage, keys, day=-265)
    for key in keys:
        at = yield stage.calendar.office(-261, "09:40")
        arrive(stage, key, at)


def _over(stage: Stage) -> Scene:
    at = yield stage.calendar.office(-118, "09:30")
    rounds.finish(stage.rounds[EARLIER], by=stage.people["grace"], at=at)


def _learning(stage: Stage) -> Scene:
    """What the reports taught becomes two themes: one is answered by the round that is open, one waits."""
    at = yield stage.calendar.office(-112, "14:00")
    anil = stage.people["anil"]
    told = learning.note(
        kind=Learning.Kind.PROCESS,
        text="Two treasurers told us that they filled in the spending page on paper first, since they did not know "
        "which receipts we wanted.",
        source="Telephone calls in the week of the reports",
        by=stage.people["carol"],
        at=at,
    )
    at = yield stage.calendar.office(-100, "10:00")
    asked = _about("tutor", "lift", "lifts", "six", "drivers")
    travel = learning.open_theme(
        title="Getting people there costs more than groups dare to ask",
        summary="Four groups told us that lifts, parking and buses cost more than they had planned, and that people "
        "who could not pay for the way stayed at home.",
        learnings=asked,
        by=anil,
        at=at,
    )
    at = yield stage.calendar.office(-70, "15:00")
    learning.answer(
        travel,
        answer=Theme.Answer.CHANGE,
        action="You can now ask for travel as a line of its own, and the guidance says what a mile or a minibus costs. "
        "The panel is told not to mark a bid down for it.",
        round=stage.rounds["open"],
        by=stage.people["grace"],
        at=at,
    )
    at = yield stage.calendar.office(-40, "10:00")
    learning.open_theme(
        title="Which receipts do you want?",
        summary="Treasurers are not sure which receipts to keep and when to send them.",
        learnings=[told],
        by=anil,
        at=at,
    )


def _about(*words: str) -> list[Learning]:
    rows = Learning.objects.filter(report__isnull=False, kind=Learning.Kind.DID_NOT).order_by("pk")
    return [row for row in rows if any(word in row.text.lower() for word in words)]
