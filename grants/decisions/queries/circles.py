"""Who may decide one bid at a meeting, and how their votes fall."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from grants.applications.models import Application
from grants.assessment.models import Interest
from grants.assessment.queries import seats_of
from grants.decisions.models import Attendance, Meeting, Motion, Vote
from grants.rounds.models import Seat


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
            count = f"Only {len(self.eligible)}" if self.eligible else "Nobody"
            return f"{count} can vote on this bid, and {self.quorum} are needed."
        return "" if self.chair else "Neither the chair nor the vice-chair can vote on this bid."


People = Sequence[tuple[Seat, bool]]  # the panel, and who of them is in the room


def people_at(meeting: Meeting) -> People:
    """The panel, and who of them is in the room."""
    here = set(Attendance.objects.filter(meeting=meeting, is_present=True).values_list("seat", flat=True))
    return [(seat, seat.pk in here) for seat in seats_of(meeting.panel.round)]


def circles(meeting: Meeting, bids: Collection[Application], people: People | None = None) -> dict[int, Circle]:
    """Who may decide each bid: present, and declared without a tie. Three queries, however many bids."""
    people = people_at(meeting) if people is None else people
    seats, present = [seat for seat, _ in people], {seat.pk for seat, here in people if here}
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
    return tallies([motion])[motion.pk]


def tallies(motions: Sequence[Motion]) -> dict[int, Tally]:
    """The same for many motions, in one query."""
    bid, user = OuterRef("motion__application"), OuterRef("seat__person__user")
    out = Interest.objects.filter(application=bid, user=user, kind__in=Interest.OUT)
    votes: dict[int, list[Vote]] = {motion.pk: [] for motion in motions}
    for vote in Vote.objects.filter(~Exists(out), motion__in=votes).select_related("seat__person").order_by("pk"):
        votes[vote.motion_id].append(vote)
    return {key: Tally(tuple(each)) for key, each in votes.items()}
