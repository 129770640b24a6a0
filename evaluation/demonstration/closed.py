"""The second round: it has closed; the panel met once and meets again soon. Its awards stand at every step."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from communities.core.clock import london
from communities.core.dates import add_working_days
from evaluation.demonstration.agenda import Scene
from evaluation.demonstration.money import (
    accept_and_enter,
    approve_payments,
    arrive,
    finish_award,
    record_spending,
    say_yes,
    send_money,
    write_report,
)
from evaluation.demonstration.panel import (
    agree_lines,
    allocate_and_declare,
    confirm_and_tell,
    in_check,
    meet,
    score_all,
    scorers,
)
from evaluation.demonstration.rounds import CALLS, SUMMER
from evaluation.demonstration.stage import Stage
from grants.awards.operations import turn_down
from grants.checks.models import InformationRequest
from grants.checks.operations import judging, requests, steps
from grants.decisions import operations as decisions
from grants.spending import operations as spending
from grants.spending.models import SpendingReturn

FIRST_MEETING: dict[str, tuple[str, dict[str, Any]]] = {
    "repairday": ("444445", {"kind": "full"}),
    "ring2": ("544434", {"kind": "full"}),
    "pond": ("444444", {"kind": "full"}),
    "beds2": ("334333", {"kind": "part", "amount": Decimal(2800), "against": "hassan"}),
    "mowers": ("443434", {"kind": "full"}),
    "read": (
        "444343",
        {"kind": "full", "conditions": ["Send us the safeguarding policy of each of the three schools."]},
    ),
    "lifts2": ("344334", {"kind": "full"}),
    "rowclub": ("333333", {"kind": "full"}),
    "shopwork": ("333323", {"kind": "part", "amount": Decimal(2200)}),
    "move": ("343332", {"kind": "reserve"}),
    "chessclub": ("222322", {"kind": "decline"}),
}
REASONS = {
    "move": "A good bid that the money did not reach this time. It is first on the reserve list until the round ends.",
    "chessclub": "The panel could not see whom it would reach who is not reached now. Talk to us about the schools.",
}
TIES = {
    ("ruth", "ring2"): ("related", "My nephew is one of the six who would train."),
    ("kit", "pond"): ("known", "I have been to two of their work days."),
    ("joan", "read"): ("known", "A governor at one of the schools is a friend."),
}
# bids that came to the panel late: they are on the agenda of the next meeting
LATE = {"swim": "544444", "laindonhub": "443333", "fmyc": "433342"}
TOLD = ("repairday", "ring2", "pond", "beds2", "mowers", "read", "rowclub", "move", "chessclub")


def scenes(stage: Stage) -> Iterator[Scene]:
    """The second round, bid by bid."""
    for number, key in enumerate(FIRST_MEETING):
        yield in_check(stage, key, SUMMER, begun=-100 + number, sent=-90 + number, checked=-58 + number)
    yield _first_meeting(stage)
    yield _turned_down(stage)
    yield _accepted(stage)
    yield _finished(stage)
    yield _under_way(stage)
    yield _asked_for_more(stage)
    for key in ("laindonhub", "fmyc"):
        yield in_check(stage, key, SUMMER, begun=-95, sent=-78, checked=-20)
    yield _next_meeting(stage)


def _first_meeting(stage: Stage) -> Scene:
    keys = list(FIRST_MEETING)
    yield from allocate_and_declare(stage, keys, day=-42, ties=TIES)
    yield from score_all(stage, {key: marks for key, (marks, _) in FIRST_MEETING.items()}, day=-37, ties=TIES)
    motions = {key: {**motion, "reasons": REASONS.get(key, "")} for key, (_, motion) in FIRST_MEETING.items()}
    yield from meet(stage, SUMMER, motions, day=CALLS[SUMMER].meets[0], away=("joan",))
    at = yield stage.calendar.office(-24, "10:00")
    agree_lines(stage, "beds2", at)
    at = yield stage.calendar.office(-24, "11:00")  # less than the least the shop could work with: it is asked first
    agree_lines(stage, "shopwork", at)
    decisions.ask_about_less(stage.decision("shopwork"), by=stage.people["carol"], at=at)
    yield from confirm_and_tell(stage, TOLD, confirmed=-22, told=-20)
    at = yield stage.calendar.office(-3, "15:00")  # confirmed, and told together with the next meeting's
    decisions.ratify_many([stage.decision("lifts2")], by=stage.people["grace"], at=at)


def _turned_down(stage: Stage) -> Scene:
    at = yield stage.calendar.at(-14, "19:10")
    turn_down(
        stage.award("rowclub"), reason="The boat was sold to somebody else before we could answer.",
        by=stage.lead("rowclub"), at=at,
    )  # fmt: skip


def _accepted(stage: Stage) -> Scene:
    """Half accepted; approved for payment; accepted with a condition still open. The pond's offer waits untouched."""
    yield from accept_and_enter(stage, ["beds2", "read"], day=-15)
    at = yield stage.calendar.at(-9, "20:30")
    say_yes(stage, "mowers", stage.lead("mowers"), at)
    at = yield stage.calendar.office(-4, "11:00")
    approve_payments(stage, ["beds2"], at)


def _finished(stage: Stage) -> Scene:
    """The repair day is over, paid for, told of and completed; the coaches are under way."""
    yield from accept_and_enter(stage, ["repairday", "ring2"], day=-19)
    yield from send_money(stage, ["repairday", "ring2"], day=-13)
    for key in ("repairday", "ring2"):
        at = yield stage.calendar.office(-11, "09:40")
        arrive(stage, key, at)
    yield from finish_award(stage, "repairday", -6)


def _under_way(stage: Stage) -> Scene:
    """The coaches' spending was sent early, and an officer has a question about it. Their report is only begun."""
    at = yield stage.calendar.at(-5, "18:00")
    book = record_spending(stage, "ring2", at, share=40)
    at = yield stage.calendar.at(-5, "19:00")
    spending.submit(book, by=stage.treasurer("ring2"), at=at)
    at = yield stage.calendar.office(-2, "10:00")
    spending.query(
        SpendingReturn.objects.get(pk=book.pk),
        question="Thank you for sending this so early. Was the mentor paid for the whole course already?",
        by=stage.people["owen"],
        at=at,
    )
    at = yield stage.calendar.at(-1, "08:10")
    write_report(stage, "ring2", at, only_begun=True)


def _asked_for_more(stage: Stage) -> Scene:
    """Wade and Swim was asked where its swimmers live, answered, and so came too late for the first meeting."""
    yield from in_check(stage, "swim", SUMMER, begun=-96, sent=-76)
    owen = stage.people["owen"]
    at = yield stage.calendar.office(-60, "10:00")
    steps.begin_check(stage.bid("swim"), by=owen, at=at)
    due = add_working_days(london(at).date(), 10)
    requests.ask(
        stage.bid("swim"),
        message="Some of your swimmers come from Southend. How many, and has its council been asked for a share?",
        sections=["need", "where"], due_on=due, by=owen, at=at,
    )  # fmt: skip
    at = yield stage.calendar.at(-52, "21:15")
    stage.write("swim", at, only=("where",))
    requests.answer_request(
        InformationRequest.objects.get(application=stage.bid("swim")),
        reply="Twelve of forty. Southend has no such fund; their families pay £2 more a lesson.",
        by=stage.lead("swim"), at=at,
    )  # fmt: skip
    at = yield stage.calendar.office(-21, "09:15")
    judging.set_place(
        stage.bid("swim"), place=None, verdict="elsewhere",
        reason="The pool is in no priority place. Nearly all swimmers belong to a priority group of people.",
        by=owen, at=at,
    )  # fmt: skip
    stage.check("swim", "owen", at)


def _next_meeting(stage: Stage) -> Scene:
    yield from allocate_and_declare(stage, list(LATE), day=-13)
    for number, (key, marks) in enumerate(LATE.items()):
        # swim is scored by all, Laindon by two of three, and of the caravan week one has only a draft
        for turn, name in enumerate(scorers(number, key, {})[: 3 - number]):
            at = yield stage.calendar.at(-8 + turn, "20:00")
            stage.score(key, name, marks, at, lock=key != "fmyc")
