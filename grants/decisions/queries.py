"""The meeting as it stands: who may decide each bid, how the votes fall, what the money allows, what is left to tell."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from communities.core.clock import now
from communities.core.money import pounds
from communities.core.permissions import Actor
from communities.people.models import User
from grants.applications.models import Application
from grants.assessment.models import Interest
from grants.assessment.queries import Standing, before_panel, ranking, seats_of
from grants.decisions.models import Attendance, Decision, Meeting, Motion, Vote
from grants.decisions.permissions import group_of
from grants.rounds.models import Round, Seat, Tier

NOTHING = Decimal(0)
NEWS = timedelta(weeks=6)
STANDING = (Decision.Status.PROPOSED, Decision.Status.ASKING)


# -- who may decide one bid ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Circle:
    """The people who may decide one bid at this meeting, after those with a tie have left."""

    quorum: int
    eligible: tuple[Seat, ...]
    out: tuple[Seat, ...] = ()
    undeclared: tuple[Seat, ...] = ()
    away: tuple[Seat, ...] = ()

    @property
    def chair(self) -> Seat | None:
        """Who takes the chair for this bid: the chair, or the vice-chair where the chair is away or has a tie."""
        by_role = {seat.role: seat for seat in self.eligible}
        return by_role.get(Seat.Role.CHAIR) or by_role.get(Seat.Role.VICE)

    @property
    def is_quorate(self) -> bool:
        """Whether enough people can decide it."""
        return len(self.eligible) >= self.quorum and self.chair is not None

    @property
    def why_not(self) -> str:
        """Why this bid cannot be decided now; nothing when it can."""
        if len(self.eligible) < self.quorum:
            return f"Only {len(self.eligible)} can vote on this bid, and {self.quorum} are needed."
        return "" if self.chair else "Neither the chair nor the vice-chair can vote on this bid."


def circles(meeting: Meeting, bids: Collection[Application]) -> dict[int, Circle]:
    """Who may decide each bid: present, and declared without a tie. Three queries, however many bids."""
    seats = seats_of(meeting.panel.round)
    present = set(Attendance.objects.filter(meeting=meeting, is_present=True).values_list("seat", flat=True))
    said: dict[int, dict[int, str]] = defaultdict(dict)
    for bid, user, kind in Interest.objects.filter(application__in=bids).values_list("application", "user", "kind"):
        said[bid][user] = kind
    return {bid.pk: _circle(meeting.panel.quorum, seats, present, said[bid.pk]) for bid in bids}


def _circle(quorum: int, seats: Sequence[Seat], present: set[int], said: dict[int, str]) -> Circle:
    parts: dict[str, list[Seat]] = defaultdict(list)
    for seat in seats:
        kind = said.get(seat.person.user_id or 0)
        if kind in Interest.OUT:
            parts["out"].append(seat)
        elif seat.pk not in present:
            parts["away"].append(seat)
        else:
            parts["eligible" if kind else "undeclared"].append(seat)
    return Circle(quorum, *(tuple(parts[name]) for name in ("eligible", "out", "undeclared", "away")))


# -- votes ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tally:
    """How the votes on a motion fall."""

    votes: tuple[Vote, ...]

    def count(self, choice: str) -> int:
        """How many members chose this."""
        return sum(vote.choice == choice for vote in self.votes if not vote.is_casting)

    @property
    def yes(self) -> int:
        """Votes for."""
        return self.count(Vote.Choice.FOR)

    @property
    def no(self) -> int:
        """Votes against."""
        return self.count(Vote.Choice.AGAINST)

    @property
    def abstained(self) -> int:
        """Members who abstained."""
        return self.count(Vote.Choice.ABSTAIN)

    @property
    def casting(self) -> str:
        """The chair's second vote, where it was given."""
        return next((vote.choice for vote in self.votes if vote.is_casting), "")

    @property
    def is_tied(self) -> bool:
        """Whether the chair has to decide."""
        return bool(self.votes) and self.yes == self.no

    @property
    def is_carried(self) -> bool:
        """A simple majority of the votes cast, or the chair's casting vote after a tie."""
        return self.casting == Vote.Choice.FOR if self.is_tied else self.yes > self.no


def tally(motion: Motion) -> Tally:
    """The votes that count: those of members who have no tie to the bid."""
    out = Interest.objects.filter(application=motion.application_id, kind__in=Interest.OUT).values("user")
    votes = motion.votes.exclude(seat__person__user__in=out).select_related("seat__person").order_by("pk")
    return Tally(tuple(votes))


# -- the meeting page ----------------------------------------------------------------------------------------------


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
        return [*([] if self.circle.is_quorate or self.decision else [self.circle.why_not]), *self.standing.below, *wide]


OUTCOMES = {
    Decision.Outcome.FUND: ("Funded", "green"),
    Decision.Outcome.DECLINE: ("Not funded", "red"),
    Decision.Outcome.RESERVE: ("Reserve list", "yellow"),
}


def is_put_off(motion: Motion) -> bool:
    """Whether this motion left the bid for another meeting."""
    deferred = motion.status == Motion.Status.CARRIED and motion.kind == Motion.Kind.DEFER
    return deferred or motion.status == Motion.Status.DEFERRED


def agenda(meeting: Meeting, user: Any) -> list[Item]:
    """The bids before the panel, best first. A bid to which the reader has a tie shows its name and nothing else."""
    rows = ranking(meeting.panel.round)
    bids = [row.application for row in rows]
    who = circles(meeting, bids)
    motions: dict[int, list[Motion]] = defaultdict(list)
    for motion in Motion.objects.filter(application__in=bids).order_by("pk"):
        motions[motion.application_id].append(motion)
    decisions = {each.application_id: each for each in standing_decisions(bids)}
    seat = next((each for each in seats_of(meeting.panel.round) if each.person.user_id == user.pk), None)
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


def people_at(meeting: Meeting) -> list[tuple[Seat, bool]]:
    """The panel, and who of them is in the room."""
    here = set(meeting.attendance.filter(is_present=True).values_list("seat", flat=True))
    return [(seat, seat.pk in here) for seat in seats_of(meeting.panel.round)]


def draft_minute(meeting: Meeting) -> str:
    """What was decided, as a start of the minute."""
    present = ", ".join(str(seat.person) for seat, here in people_at(meeting) if here)
    lines = [f"Present: {present or 'nobody noted'}."]
    for motion in meeting.motions.select_related("application").order_by("pk"):
        votes = tally(motion)
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


# -- decisions -----------------------------------------------------------------------------------------------------


def told(application: Application) -> Decision | None:
    """What the group has been told last. A decision that is being looked at again does not take back the letter."""
    return Decision.objects.filter(application=application, released_at__isnull=False).order_by("-released_at", "-pk").first()


def lines_total(decision: Decision) -> Decimal:
    """What the lines of a decision add up to."""
    return sum((line.amount for line in decision.lines.all()), NOTHING)


def is_below_least(decision: Decision) -> bool:
    """Whether the sum is less than the group said would still work."""
    least = decision.application.minimum_viable
    return bool(decision.amount is not None and least is not None and decision.amount < least)


def unsettled(round_: Round) -> list[str]:
    """Why the panel's decisions of a round cannot be told together yet, one sentence each; empty when they can."""
    bids = before_panel(round_).filter(status=Application.Status.IN_ASSESSMENT)
    waiting = bids.exclude(decisions__in=Decision.objects.exclude(status=Decision.Status.SET_ASIDE))
    last: dict[int, Motion] = {each.application_id: each for each in Motion.objects.filter(application__in=waiting).order_by("pk")}
    open_bids = [bid for bid in waiting if bid.pk not in last or not is_put_off(last[bid.pk])]
    unconfirmed = Decision.objects.filter(application__round=round_, route=Decision.Route.PANEL, status__in=STANDING)
    sentences = []
    if open_bids:
        sentences.append(f"{_bids(len(open_bids))} still to be decided: {', '.join(bid.reference for bid in open_bids)}.")
    if count := unconfirmed.count():
        sentences.append(f"{count} decision{'s' if count > 1 else ''} still to be confirmed.")
    return sentences


def _bids(count: int) -> str:
    return "1 bid is" if count == 1 else f"{count} bids are"


def ready_to_tell(round_: Round) -> QuerySet[Decision]:
    """The panel's confirmed decisions of a round, not yet told to the groups."""
    return Decision.objects.filter(
        application__round=round_, route=Decision.Route.PANEL, status=Decision.Status.RATIFIED
    ).select_related("application__group")


def reserve_list(round_: Round) -> list[Decision]:
    """The reserve list of a round, in order."""
    found = Decision.objects.filter(application__round=round_, outcome=Decision.Outcome.RESERVE).exclude(
        status=Decision.Status.SET_ASIDE
    )
    return list(found.select_related("application__group").order_by("reserve_rank", "pk"))


def delegated_bids() -> QuerySet[Application]:
    """Small bids that two officers decide, assessed and without a proposal yet."""
    return (
        Application.objects.filter(status=Application.Status.IN_ASSESSMENT, tier__route=Tier.Route.DELEGATED)
        .exclude(decisions__in=Decision.objects.exclude(status=Decision.Status.SET_ASIDE))
        .select_related("group", "round")
    )


def to_ratify(user: Actor) -> QuerySet[Decision]:
    """Decisions that wait for this person's confirmation."""
    return (
        Decision.objects.allowed_to(user, "grants.ratify_decision")
        .filter(status=Decision.Status.PROPOSED)
        .exclude(proposed_by=user.pk)
        .select_related("application__group", "application__round")
    )


def asked_of(user: Any, bids: Iterable[Application] | None = None) -> QuerySet[Decision]:
    """Questions about a smaller sum that this person's groups have to answer."""
    asking = Decision.objects.allowed_to(user, "grants.answer_about_less").filter(status=Decision.Status.ASKING)
    asking = asking.select_related("application__group")
    return asking if bids is None else asking.filter(application__in=list(bids))


def told_of(bids: Iterable[Application]) -> dict[int, Decision]:
    """What each bid's group has been told last."""
    found = Decision.objects.filter(application__in=list(bids), released_at__isnull=False)
    return {each.application_id: each for each in found.order_by("released_at", "pk")}


def news_for(user: Any) -> QuerySet[Decision]:
    """Decisions told to this person's groups in the last six weeks, newest first."""
    mine = Decision.objects.filter(group_of(user), released_at__gte=now() - NEWS).distinct()
    return mine.exclude(status=Decision.Status.SET_ASIDE).select_related("application").order_by("-released_at")


def lines_to_agree() -> QuerySet[Decision]:
    """Decisions with a smaller sum whose lines no officer has agreed."""
    return Decision.objects.filter(
        status=Decision.Status.PROPOSED, amount__lt=F("application__requested"), lines_agreed_at=None
    )


def to_ask() -> QuerySet[Decision]:
    """Decisions below the group's least about which the group has not been asked."""
    return Decision.objects.filter(
        status=Decision.Status.PROPOSED, amount__lt=F("application__minimum_viable"), below_least_agreed_at=None
    )


def rounds_without_meeting() -> list[Round]:
    """Rounds whose panel has bids to decide and no meeting to do it at."""
    bids = Application.objects.filter(status=Application.Status.IN_ASSESSMENT, tier__route=Tier.Route.PANEL)
    waiting = bids.exclude(decisions__in=Decision.objects.exclude(status=Decision.Status.SET_ASIDE))
    planned = Meeting.objects.exclude(status=Meeting.Status.CLOSED).values("panel__round")
    rounds = Round.objects.filter(pk__in=waiting.values("round"), panel__isnull=False).exclude(pk__in=planned)
    return list(rounds.order_by("closes_at"))


def rounds_to_tell(user: Actor) -> list[tuple[Round, int]]:
    """Rounds with confirmed decisions that nobody has been told, and how many."""
    ready = Decision.objects.allowed_to(user, "grants.release_decision").filter(
        status=Decision.Status.RATIFIED, release_due_at=None
    )
    counts = Counter(ready.values_list("application__round", flat=True))
    return [(each, counts[each.pk]) for each in Round.objects.filter(pk__in=counts).order_by("closes_at")]


def decisions_of(round_: Round) -> list[Decision]:
    """The decisions of a round that stand, as the office's page lists them."""
    found = Decision.objects.filter(application__round=round_).exclude(status=Decision.Status.SET_ASIDE)
    return list(found.select_related("application__group").order_by("outcome", "reserve_rank", "application__reference"))


def leaders(application: Application) -> list[tuple[str, str, User | None]]:
    """The leaders of the bid's group who can be written to: address, name, account."""
    memberships = application.group.memberships.filter(Q(is_leader=True), ends_on=None).exclude(person__email="")
    return [
        (each.person.email, each.person.full_name, each.person.user) for each in memberships.select_related("person__user")
    ]
