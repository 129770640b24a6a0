"""The round that is open: bids at every step before a decision, and small grants that two officers decide all along."""

from collections.abc import Iterator

from communities.core.clock import london
from communities.core.dates import add_working_days
from communities.correspondence.models import Contact
from communities.correspondence.operations import log_contact
from communities.diligence.models import Hold
from communities.diligence.operations import set_hold
from evaluation.demonstration.agenda import Scene
from evaluation.demonstration.bids import results
from evaluation.demonstration.money import (
    accept_and_enter,
    arrive,
    enter_details,
    prepare,
    record_spending,
    say_yes,
    send_money,
    write_report,
)
from evaluation.demonstration.panel import in_check
from evaluation.demonstration.rounds import NOW
from evaluation.demonstration.stage import Stage
from evaluation.reports import operations as reports
from grants.applications.operations import withdraw
from grants.checks.operations import judging, requests, steps
from grants.decisions.models import Decision
from grants.payments.operations import mark_failed
from grants.spending import operations as spending

# micro bids that two officers decided: the day each was confirmed
DECIDED = {"bench": -37, "oars": -33, "footballs": -30, "chairs": -22, "overlock": -18, "table": -16, "storysacks": -15}
DECIDED |= {"scarves": -13, "plots": -8, "blankets": -6}


def scenes(stage: Stage) -> Iterator[Scene]:
    """The open round, bid by bid."""
    for key, day in DECIDED.items():
        yield _decided(stage, key, day)
    yield _drafts(stage)
    yield in_check(stage, "carers3", NOW, begun=-9, sent=-1)
    yield _begun_checks(stage)
    yield _asked(stage)
    yield _ineligible(stage)
    yield _proposed(stage)
    yield _declined(stage)
    yield _ready(stage)
    yield _changed_their_mind(stage)
    yield _paid(stage)
    yield _on_the_way(stage)
    yield _accepted(stage)


def _decided(stage: Stage, key: str, day: int) -> Scene:
    """Sent, checked within days, decided by two officers, offered the same hour."""
    yield from in_check(stage, key, NOW, begun=day - 7, sent=day - 4, checked=day - 2)
    at = yield stage.calendar.office(day - 1, "15:30")
    stage.decide(key, at)
    at = yield stage.calendar.office(day, "10:05")
    stage.confirm(key, at)


def _drafts(stage: Stage) -> Scene:
    """Asha has begun; Doreen's bid is complete and waits to be sent."""
    at = yield stage.calendar.at(-12, "20:10")
    stage.begin("warm", NOW, at)
    at = yield stage.calendar.at(-10, "20:40")
    stage.write("warm", at)
    at = yield stage.calendar.at(-4, "21:00")
    stage.begin("meadow2", NOW, at)
    at = yield stage.calendar.at(-3, "20:30")
    stage.write("meadow2", at, only=("idea", "where", "money"))


def _begun_checks(stage: Stage) -> Scene:
    """An officer has begun to check Vange's bid, and has rung the lead."""
    yield from in_check(stage, "summerclub", NOW, begun=-16, sent=-8)
    carol, bid = stage.people["carol"], stage.bids["summerclub"]
    at = yield stage.calendar.office(-5, "11:00")
    steps.begin_check(stage.bid("summerclub"), by=carol, at=at)
    judging.accept_findings(stage.bid("summerclub"), by=carol, at=at)
    at = yield stage.calendar.office(-5, "11:30")
    log_contact(
        case=bid.case,
        means=Contact.Means.CALL,
        happened_at=at,
        with_whom="Tunde Bello",
        note="Asked about the coach: the price is a quotation from June. He will ask again.",
        by=carol,
        at=at,
    )


def _asked(stage: Stage) -> Scene:
    yield from in_check(stage, "seeds", NOW, begun=-14, sent=-9)
    owen = stage.people["owen"]
    at = yield stage.calendar.office(-6, "10:40")
    steps.begin_check(stage.bid("seeds"), by=owen, at=at)
    judging.accept_findings(stage.bid("seeds"), by=owen, at=at)
    at = yield stage.calendar.office(-6, "11:10")
    requests.ask(
        stage.bid("seeds"),
        message="Which blocks do you mean, and does the landlord allow pots on the balconies? One sentence is enough.",
        sections=["idea"],
        due_on=add_working_days(london(at).date(), 10),
        by=owen,
        at=at,
    )


def _ineligible(stage: Stage) -> Scene:
    """One bid is proposed as not eligible and waits for the other officer; another was confirmed."""
    yield from in_check(stage, "trains", NOW, begun=-41, sent=-36)
    carol, owen = stage.people["carol"], stage.people["owen"]
    at = yield stage.calendar.office(-34, "10:00")
    steps.begin_check(stage.bid("trains"), by=carol, at=at)
    at = yield stage.calendar.office(-33, "10:00")
    steps.propose_ineligible(
        stage.bid("trains"),
        reason="The yard was begun in the summer and part of the track is paid for. We cannot pay for what has been "
        "started before our offer.",
        signpost="The Heritage Railway Association has small grants for models of lines that are gone.",
        by=carol,
        at=at,
    )
    at = yield stage.calendar.office(-32, "10:00")
    steps.confirm_ineligible(stage.bid("trains"), by=owen, at=at)
    yield from in_check(stage, "traders", NOW, begun=-13, sent=-10)
    at = yield stage.calendar.office(-7, "10:00")
    steps.begin_check(stage.bid("traders"), by=owen, at=at)
    at = yield stage.calendar.office(-3, "10:00")
    steps.propose_ineligible(
        stage.bid("traders"),
        reason="The signs are for nine shops that trade for private profit. The fund cannot pay for that.",
        signpost="Tendring's business support team can help with shop fronts.",
        by=owen,
        at=at,
    )


def _proposed(stage: Stage) -> Scene:
    """One officer proposes to fund a ramp; the other has still to confirm."""
    yield from in_check(stage, "ramp", NOW, begun=-15, sent=-11, checked=-7)
    at = yield stage.calendar.office(-2, "14:00")
    stage.decide("ramp", at)


def _declined(stage: Stage) -> Scene:
    yield from in_check(stage, "chessbench", NOW, begun=-40, sent=-35, checked=-31)
    at = yield stage.calendar.office(-29, "14:00")
    stage.decide(
        "chessbench",
        at,
        outcome=Decision.Outcome.DECLINE,
        reasons="We could not see what would change for people who live near the park. Ring Owen Marsh: there may be a "
        "better idea in it.",
    )
    at = yield stage.calendar.office(-28, "10:30")
    stage.confirm("chessbench", at)


def _ready(stage: Stage) -> Scene:
    """A radio's bid waits for two officers; there is a hold on its group until a paper of last year is found."""
    yield from in_check(stage, "aerial", NOW, begun=-20, sent=-14, checked=-9)
    at = yield stage.calendar.office(-8, "16:00")
    set_hold(
        stage.people.groups["radio"],
        kind=Hold.Kind.DEBT,
        reason="£40 of a grant from another department was never returned. The letter may not have arrived.",
        by=stage.people["grace"],
        at=at,
    )


def _changed_their_mind(stage: Stage) -> Scene:
    yield from in_check(stage, "tonight", NOW, begun=-23, sent=-20)
    at = yield stage.calendar.at(-17, "19:00")
    withdraw(stage.bid("tonight"), reason="The school gave us the hall for nothing.", by=stage.lead("tonight"), at=at)


def _paid(stage: Stage) -> Scene:
    """Warm kit: paid, spent, and told of; the officer has still to read it. The bank sent the dads' money back."""
    yield from accept_and_enter(stage, ["oars", "footballs"], day=-27)
    yield from send_money(stage, ["oars", "footballs"], day=-20)
    fiona = stage.people["fiona"]
    at = yield stage.calendar.office(-17, "09:30")
    arrive(stage, "oars", at)
    at = yield stage.calendar.office(-17, "09:50")
    mark_failed(stage.award("footballs").payments.get(), reason="Account closed.", by=fiona, at=at)
    at = yield stage.calendar.at(-4, "18:30")
    book = record_spending(stage, "oars", at, share=results()["oars"]["spent"])
    spending.submit(book, by=stage.treasurer("oars"), at=at)
    at = yield stage.calendar.at(-3, "20:30")
    reports.submit(write_report(stage, "oars", at), by=stage.lead("oars"), at=at)


def _on_the_way(stage: Stage) -> Scene:
    """Chairs: the money is on its way. Sewing: put into a batch that waits for the manager."""
    yield from accept_and_enter(stage, ["chairs", "overlock"], day=-13)
    yield from send_money(stage, ["chairs"], day=-2)
    at = yield stage.calendar.office(-1, "09:15")
    prepare(stage, ["overlock"], at)


def _accepted(stage: Stage) -> Scene:
    """No bank details yet, details that nobody has checked, and an offer to which one of two has said yes."""
    at = yield stage.calendar.at(-11, "17:30")
    say_yes(stage, "table", stage.lead("table"), at)
    say_yes(stage, "table", stage.treasurer("table"), at)
    at = yield stage.calendar.at(-9, "17:30")
    say_yes(stage, "storysacks", stage.lead("storysacks"), at)
    say_yes(stage, "storysacks", stage.treasurer("storysacks"), at)
    at = yield stage.calendar.at(-7, "17:30")
    enter_details(stage, "storysacks", at)
    at = yield stage.calendar.at(-5, "17:30")
    say_yes(stage, "scarves", stage.lead("scarves"), at)
