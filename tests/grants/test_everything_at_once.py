"""Everybody does everything at the same moment: nobody waits for somebody who waits for them, and all adds up."""

import random
import threading
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import OperationalError, transaction
from django.db.models import Sum

from communities.core.models import Message
from communities.core.refusals import Refused
from communities.core.sealing import seal, verify
from grants.applications import operations as applications
from grants.applications.models import Application
from grants.assessment import operations as assessment
from grants.assessment.models import Allocation
from grants.awards import operations as awards
from grants.awards.models import Award
from grants.awards.queries import lines_of
from grants.checks.models import InformationRequest
from grants.checks.operations import judging, requests, steps
from grants.decisions import operations as decisions
from grants.decisions.models import Decision, Meeting, Motion
from grants.funds.models import Budget, LedgerEntry
from grants.funds.queries import committed_by_ledger
from grants.payments import operations as payments
from grants.payments.models import PayeeAccount, Payment, PaymentBatch
from grants.rounds.models import Round
from grants.spending import operations as spending
from grants.spending.models import SpendingReturn
from tests.at_once import at_once, done, unexpected
from tests.cast import AT, account
from tests.factories import awards as make
from tests.factories.applications import ApplicationFactory, WholeRoundFactory, copied, fill_in, framework
from tests.factories.assessment import BidFactory, declare, panel_of
from tests.factories.decisions import HELD, decision_on, meeting_of
from tests.factories.groups import make_group

pytestmark = pytest.mark.django_db(transaction=True)

OCTOBER, DECEMBER = AT + timedelta(days=20), make.AGREED  # the round is closed; offers are out
EACH = 4  # rows in each state to begin with


class Scene:
    """One budget; two rounds, one with bids on their way to a decision and one with money on its way to groups."""

    def __init__(self):
        self.asha, self.ben = account("Asha Patel"), account("Ben Carter")
        self.carol, self.owen = account("Carol Reed", "officer"), account("Owen Hughes", "officer")
        self.fiona, self.finn = account("Fiona Grant", "finance"), account("Finn Lowe", "finance")
        self.grace, self.gus = account("Grace Miller", "senior_officer"), account("Gus Marsh", "senior_officer")
        self.members = [account(f"{name} Panel{name}", "panel") for name in ("Dev", "Joan", "Hassan", "Ruth", "Kit")]
        framework()
        make.money_round(limit=Decimal(500_000))
        self.round = WholeRoundFactory(budget=Budget.objects.get())
        self._bids()
        self._panel()
        self._money()

    def _bids(self):
        first = ApplicationFactory(round=self.round, group=make_group(self.asha, self.ben), started_by=self.asha)
        fill_in(first, self.asha)
        drafts = [copied(first, make_group(self.asha, self.ben, name=f"Group {n}")) for n in range(6 * EACH)]
        for bid in drafts[: 4 * EACH]:
            applications.submit(bid, by=self.asha, at=AT)
        for bid in drafts[: 3 * EACH]:
            steps.begin_check(bid, by=self.carol, at=OCTOBER)
        for bid in drafts[:EACH]:
            self.put_question(bid)

    def _panel(self):
        self.panel = panel_of(*self.members, round=self.round)
        self.meeting = meeting_of(self.panel, *self.members)
        bids = [BidFactory(round=self.round, reference=f"CCF-2027-{number:04}") for number in range(4 * EACH)]
        for bid in bids[EACH:]:
            declare(bid, *self.members)
        for bid in bids[2 * EACH :]:
            decision_on(bid, proposed_by=self.carol)
        decisions.ratify_many(Decision.objects.order_by("pk")[:EACH], by=self.grace, at=OCTOBER)

    def _money(self):
        groups = []
        for number in range(EACH):
            group = make.FundedGroup(name=f"Friends {number}", created_by=self.asha)
            make.join(group, self.asha.person, "lead", leads=True)
            make.join(group, self.ben.person, "treasurer")
            make.bank_details(group, by=self.ben, checked_by=self.fiona)
            groups.append(group)
        offers = [
            make.offer(group, amount=1500, officer=self.carol, ratifier=self.grace, reference=f"CCF-2025-{number:04}")
            for number, group in enumerate(groups * 5)
        ]
        agreed = [make.agree(award, self.asha, self.ben) for award in offers[: 4 * EACH]]
        approved = [payments.approve(each.payments.get(), by=self.carol, at=DECEMBER) for each in agreed[: 3 * EACH]]
        for number in range(0, 2 * EACH, 2):
            batch = payments.prepare_batch(payments=approved[number : number + 2], by=self.fiona, at=DECEMBER)
            if number >= EACH:
                payments.approve_batch(batch, by=self.grace, at=DECEMBER)
                payments.export_batch(batch, by=self.fiona, at=DECEMBER)

    # -- what people do, each with a row that is ready for it when they look -------------------------------------------

    def save_a_section(self, rng):
        bid = pick(rng, Application.objects.filter(status="draft", answers__section="idea"))
        version, content = bid.answers.get(section="idea").version, {"title": "Suppers", "what": "Eat together."}
        applications.save_section(bid, section="idea", content=content, version=version, by=self.asha, at=AT)

    def send_a_bid(self, rng):
        applications.submit(pick(rng, Application.objects.filter(status="draft")), by=self.asha, at=AT)

    def withdraw_a_bid(self, rng):
        applications.withdraw(pick(rng, Application.objects.filter(round=self.round)), by=self.asha, at=OCTOBER)

    def begin_checks(self, rng):
        waiting = Application.objects.filter(status="submitted")
        steps.begin_checks(some(rng, waiting), by=self.owen, at=OCTOBER)

    def take_cases(self, rng):
        steps.take(some(rng, Application.objects.filter(status="in_check")), by=self.owen, at=OCTOBER)

    def agree_with_findings(self, rng):
        bid = pick(rng, Application.objects.filter(status="in_check"))
        judging.accept_findings(bid, by=self.carol, at=OCTOBER)

    def put_question(self, bid):
        requests.ask(
            bid, message="Which hall?", sections=["idea"], due_on=date(2026, 11, 20), by=self.carol, at=OCTOBER
        )

    def ask_a_group(self, rng):
        self.put_question(pick(rng, Application.objects.filter(status="in_check")))

    def answer_a_question(self, rng):
        asked = pick(rng, InformationRequest.objects.filter(status="open"))
        requests.answer_request(asked, reply="The old one.", by=self.asha, at=OCTOBER)

    def stop_waiting(self, rng):
        asked = pick(rng, InformationRequest.objects.filter(status="open"))
        requests.stop_waiting(asked, reason="It is clear now.", by=self.carol, at=OCTOBER)

    def declare(self, rng):
        member = rng.choice(self.members)
        assessment.declare_interests(self.round, said={}, none_for_rest=True, by=member, at=OCTOBER)

    def share_out(self, rng):
        bids = some(rng, Application.objects.filter(status="in_assessment", round=self.round))
        assessment.allocate_all({bid: rng.sample(self.members, 3) for bid in bids}, by=self.carol, at=OCTOBER)

    def score(self, rng):
        asked = pick(rng, Allocation.objects.filter(application__round=self.round))
        criteria = asked.application.terms.criteria.values_list("pk", flat=True)
        scores = {pk: (rng.randint(0, 5), "Because.") for pk in criteria}
        assessment.give_scores(
            asked.application, scores=scores, overall="Fair.", recommendation="fund", final=rng.random() < 0.5,
            by=asked.user, at=OCTOBER,
        )  # fmt: skip

    def put_a_motion(self, rng):
        bid = pick(rng, Application.objects.filter(status="in_assessment", round=self.round))
        decisions.put_motion(self.meeting, application=bid, kind="decline", reasons="Not now.", by=self.carol, at=HELD)

    def vote(self, rng):
        motion, seat = pick(rng, Motion.objects.filter(status="open")), rng.choice(self.panel.seats.all())
        decisions.cast_vote(motion, seat=seat, choice="for", by=seat.person.user, at=HELD)

    def close_the_vote(self, rng):
        decisions.close_motion(pick(rng, Motion.objects.filter(status="open")), by=self.carol, at=HELD)

    def open_the_meeting_again(self, rng):
        planned = Meeting.objects.create(panel=self.panel, held_at=HELD, status="planned")
        decisions.mark_attendance(planned, present=self.panel.seats.all(), by=self.carol, at=HELD)
        decisions.open_meeting(planned, by=self.carol, at=HELD)

    def confirm(self, rng):
        decisions.ratify_many(some(rng, Decision.objects.filter(status="proposed")), by=self.grace, at=HELD)

    def set_aside(self, rng):
        decision = pick(rng, Decision.objects.filter(status__in=("proposed", "ratified")))
        decisions.set_aside(decision, reason="By the minute.", by=self.grace, at=HELD)

    def tell(self, rng):
        decisions.release(some(rng, Decision.objects.filter(status="ratified")), by=self.gus, at=HELD)

    def set_a_day(self, rng):
        these = some(rng, Decision.objects.filter(status="ratified"))
        decisions.release(these, by=self.gus, at=HELD, not_before=HELD + timedelta(days=1))

    def tell_by_the_clock(self, rng):
        decisions.release_due(at=HELD + timedelta(days=2))

    def accept_an_offer(self, rng):
        offer, who = pick(rng, Award.objects.filter(status="offered", group__name__startswith="Friends")), rng.random()
        by = self.asha if who < 0.5 else self.ben
        awards.accept(offer, person=by.person, by=by, at=DECEMBER)

    def turn_an_offer_down(self, rng):
        awards.turn_down(pick(rng, Award.objects.filter(status="offered")), by=self.grace, at=DECEMBER)

    def give_more_time(self, rng):
        offer = pick(rng, Award.objects.filter(status="offered"))
        until = offer.offer_ends_on + timedelta(days=1)
        awards.extend_offer(offer, until=until, reason="Ill.", by=self.grace, at=DECEMBER)

    def end_offers(self, rng):
        awards.lapse_offers(at=DECEMBER + timedelta(days=rng.choice((0, 27))))

    def change_bank_details(self, rng):
        group = pick(rng, Award.objects.exclude(payments=None)).group
        payments.enter_account(
            group, name_on_account=group.name, sort_code="20-11-22", account_number=str(rng.randint(10**7, 10**8 - 1)),
            by=self.ben, at=DECEMBER,
        )  # fmt: skip

    def check_bank_details(self, rng):
        entered = pick(rng, PayeeAccount.objects.filter(status="entered"))
        payments.verify_account(
            entered, call_number=make.PHONE, spoke_to="Ben", note="In the register.", by=self.fiona, at=DECEMBER
        )

    def approve_a_payment(self, rng):
        payments.approve(pick(rng, Payment.objects.filter(status="scheduled")), by=self.carol, at=DECEMBER)

    def prepare_a_batch(self, rng):
        payments.prepare_batch(
            payments=some(rng, Payment.objects.filter(status="approved")), by=self.fiona, at=DECEMBER
        )

    def approve_a_batch(self, rng):
        payments.approve_batch(pick(rng, PaymentBatch.objects.filter(status="prepared")), by=self.grace, at=DECEMBER)

    def make_the_file(self, rng):
        payments.export_batch(pick(rng, PaymentBatch.objects.filter(status="approved")), by=self.finn, at=DECEMBER)

    def take_a_batch_apart(self, rng):
        batch = pick(rng, PaymentBatch.objects.filter(status__in=("prepared", "approved")))
        payments.cancel_batch(batch, reason="A mistake.", by=self.finn, at=DECEMBER)

    def mark_paid(self, rng):
        batch = pick(rng, PaymentBatch.objects.filter(status="exported"))
        payments.mark_batch_paid(batch, paid_on=DECEMBER.date(), by=self.fiona, at=DECEMBER)

    def mark_failed(self, rng):
        payment = pick(rng, Payment.objects.filter(status="in_transit"))
        payments.mark_failed(payment, reason="Account closed.", by=self.finn, at=DECEMBER)

    def cancel_a_payment(self, rng):
        payment = pick(rng, Payment.objects.filter(status__in=("scheduled", "approved")))
        payments.cancel(payment, reason="Not needed.", by=self.grace, at=DECEMBER)

    def write_down_spending(self, rng):
        book = pick(rng, SpendingReturn.objects.filter(status="draft"))
        spending.add_expenditure(
            book, line=lines_of(book.award)[0], spent_on=DECEMBER.date(), supplier="Hall", description="Hall",
            amount=Decimal(5), by=self.ben, at=DECEMBER,
        )  # fmt: skip

    def seal(self, rng):
        seal()


ACTS = [act for name, act in vars(Scene).items() if not name.startswith("_") and name != "put_question"]


def pick(rng, rows):
    """One of these, or nothing to do."""
    found = list(rows.order_by("pk").distinct())
    if not found:
        raise Refused("There is nothing to do.")
    return rng.choice(found)


def some(rng, rows):
    """Up to three of these, in any order."""
    found = list(rows.order_by("pk"))
    return rng.sample(found, min(3, len(found)))


PEOPLE, TURNS = 6, 1


def test_all_steps_at_once_never_wait_for_each_other_and_all_adds_up():
    scene = Scene()
    did, stopped = Counter(), []

    def work(seed):
        rng = random.Random(seed)
        for act in rng.sample(ACTS * TURNS, len(ACTS) * TURNS):
            try:
                act(scene, rng)
            except Refused:
                continue
            except Exception as problem:  # noqa: BLE001 (all of them are looked at below)
                stopped.append((act.__name__, repr(problem)))
            else:
                did[act.__name__] += 1

    assert unexpected(at_once(*(lambda seed=seed: work(seed) for seed in range(PEOPLE)))) == []
    assert stopped == []
    never = {act.__name__ for act in ACTS} - set(did)
    assert len(never) <= 6, never  # nearly everything was done, not only tried
    adds_up()


def adds_up():
    """What the ledger, the budgets, the awards and the payments say of the money is one and the same."""
    budget = Budget.objects.get()
    paid = Payment.objects.filter(status="paid").aggregate(total=Sum("amount"))["total"] or 0
    assert budget.committed == committed_by_ledger(budget) <= budget.limit
    assert budget.paid == paid == (Award.objects.aggregate(total=Sum("paid"))["total"] or 0)
    assert paid == (LedgerEntry.objects.filter(kind="pay").aggregate(total=Sum("amount"))["total"] or 0)
    cancelled = Payment.objects.filter(status="cancelled").aggregate(total=Sum("amount"))["total"] or 0
    standing = Decision.objects.filter(status__in=("ratified", "released"), outcome="fund")
    given_up = Award.objects.filter(status__in=("declined", "lapsed"))
    promised = standing.aggregate(total=Sum("amount"))["total"] - (
        given_up.aggregate(total=Sum("amount"))["total"] or 0
    )
    assert budget.committed == promised - cancelled
    seal()
    assert verify().findings == []
    assert Message.objects.exists()


@pytest.mark.postgresql
def test_two_who_wait_for_each_other_would_be_noticed():
    """The control: PostgreSQL ends one of them, and the test above would show it."""

    rounds = [WholeRoundFactory() for _ in range(2)]
    both_hold_one = threading.Barrier(2)

    def cross(first, second):
        with transaction.atomic():
            Round.objects.select_for_update().get(pk=first.pk)
            both_hold_one.wait(20)
            Round.objects.select_for_update().get(pk=second.pk)
        return True

    met = at_once(lambda: cross(*rounds), lambda: cross(*reversed(rounds)))
    assert len(done(met)) == 1
    [stopped] = unexpected(met)
    assert isinstance(stopped, OperationalError)
    assert "deadlock detected" in str(stopped)
