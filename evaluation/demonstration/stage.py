"""What the scenes share: the people, the rounds, the bids, and the acts that come again and again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from communities.core.clock import london
from communities.diligence.operations import record_check
from communities.people.models import User
from evaluation.demonstration.bids import Pitch, is_empty, latest, pitches
from evaluation.demonstration.calendar import Calendar
from evaluation.demonstration.cast import Company
from grants.applications import operations as bids
from grants.applications.models import Application
from grants.applications.queries import Part, parts
from grants.assessment import operations as assessment
from grants.awards.models import Award
from grants.checks.models import BidCheck
from grants.checks.operations import judging, steps
from grants.checks.queries.cases import bid_checks, group_checks
from grants.decisions import operations as decisions
from grants.decisions.models import Decision
from grants.rounds.models import Round

Scores = dict[str, int]
LOOKED = "Looked at it with the lead on the telephone: it is as they wrote."
EXTREME = {0: "Nothing in the bid speaks to this.", 1: "Only asserted.", 5: "I know of nobody else who does this."}


@dataclass
class Stage:
    """Everything a scene can reach."""

    calendar: Calendar
    people: Company = field(default_factory=Company)
    rounds: dict[str, Round] = field(default_factory=dict)
    bids: dict[str, Application] = field(default_factory=dict)

    def bid(self, key: str) -> Application:
        """A bid as it stands now."""
        return latest(self.bids[key])

    def award(self, key: str) -> Award:
        """The award that a bid became."""
        return Award.objects.select_related("application__tier", "group").get(application=self.bids[key])

    def decision(self, key: str) -> Decision:
        """The decision that stands about a bid."""
        return self.bid(key).decisions.exclude(status=Decision.Status.SET_ASIDE).get()

    def lead(self, key: str) -> User:
        """Who leads the group of a bid."""
        return self.people.lead(pitches()[key].group)

    def treasurer(self, key: str) -> User:
        """Who keeps the money of the group of a bid."""
        return self.people.treasurer(pitches()[key].group)

    # -- the group --------------------------------------------------------------------------------------------------

    def begin(self, key: str, round_: str, at: datetime) -> Application:
        """The lead starts a bid."""
        pitch = pitches()[key]
        group = self.people.groups[pitch.group]
        self.bids[key] = bids.start(
            round=self.rounds[round_], group=group, amount=Decimal(pitch.asked), by=self.lead(key), at=at
        )
        return self.bids[key]

    def write(self, key: str, at: datetime, only: Sequence[str] = ()) -> None:
        """Lead and treasurer write all parts of the form, or only some; the money first, since it decides the parts."""
        pitch, bid = pitches()[key], self.bid(key)
        if not only:
            self._save(bid, _part(bid, "money"), pitch, self.treasurer(key), at)
        for part in parts(latest(bid)):
            if part.key in only or (not only and part.key != "money"):
                self._save(bid, part, pitch, self.lead(key), at)

    def _save(self, bid: Application, part: Part, pitch: Pitch, by: User, at: datetime) -> None:
        answers = pitch.answers(self.calendar)
        content = {each.key: answers[each.key] for each in part.questions if not is_empty(answers.get(each.key))}
        written = bid.answers.filter(section=part.key).first()
        version = written.version if written else 0
        bids.save_section(bid, section=part.key, content=content, version=version, by=by, at=at)

    def send(self, key: str, at: datetime) -> None:
        """The lead sends the bid."""
        bids.submit(self.bids[key], by=self.lead(key), at=at)

    # -- the office -------------------------------------------------------------------------------------------------

    def check(self, key: str, officer: str, at: datetime) -> None:
        """An officer judges every check of the bid and of its group, and sends it to assessment."""
        by, bid = self.people[officer], self.bid(key)
        if bid.status == Application.Status.SUBMITTED:
            steps.begin_check(bid, by=by, at=at)
        judging.accept_findings(self.bid(key), by=by, at=at)
        bid = self.bid(key)
        rest = [each for each in bid_checks(bid) if not each.judgement]
        judged = [judging.Judged(each, BidCheck.Judgement.PASSED, LOOKED) for each in rest]
        judging.judge_many(bid, judged=judged, by=by, at=at)
        for due in group_checks(self.bid(key), london(at).date()):
            if due.is_open:
                record_check(bid.group, check_type=due.check_type, result="passed", note=LOOKED, by=by, at=at)
        steps.assess(self.bid(key), by=by, at=at)

    def decide(self, key: str, at: datetime, *, outcome: str = Decision.Outcome.FUND, reasons: str = "") -> None:
        """One officer proposes what happens with a micro bid."""
        bid, carol = self.bid(key), self.people["carol"]
        for officer in ("carol", "owen"):
            assessment.declare_interest(bid, kind="none", by=self.people[officer], at=at)
        decisions.propose_delegated(bid, outcome=outcome, reasons=reasons, by=carol, at=at)

    def confirm(self, key: str, at: datetime) -> None:
        """The other officer confirms, and the group is told at once."""
        decisions.ratify(self.decision(key), by=self.people["owen"], at=at)

    # -- the panel --------------------------------------------------------------------------------------------------

    def score(self, key: str, member: str, values: str, at: datetime, *, lock: bool = True, overall: str = "") -> None:
        """A member scores a bid, criterion by criterion: "434443"."""
        bid, by = self.bid(key), self.people[member]
        criteria = list(bid.terms.criteria.filter(weights__tier=bid.tier).order_by("order"))
        scores = {
            each.pk: (int(value), EXTREME.get(int(value), "")) for each, value in zip(criteria, values, strict=True)
        }
        mean = sum(map(int, values)) / len(values)
        recommendation = "fund" if mean >= 3.2 else "part" if mean >= 2.6 else "decline"
        words = (
            overall
            or {"fund": "Worth doing.", "part": "Good, a little dear.", "decline": "Not this time."}[recommendation]
        )
        assessment.give_scores(
            bid, scores=scores, overall=words, recommendation=recommendation, final=lock, by=by, at=at
        )


def _part(bid: Application, key: str) -> Part:
    return next(part for part in parts(bid) if part.key == key)
