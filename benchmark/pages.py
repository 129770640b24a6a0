"""Everything that is measured: each page and act, who opens it, and how its requests are made."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import NoReverseMatch, reverse

from benchmark.browser import Browser, Form
from benchmark.people import staff
from communities.core.clock import now
from communities.framework.models import Goal
from communities.groups.models import Group
from communities.people.models import User
from communities.places.models import PriorityPlace
from evaluation.reports.models import OutcomeReport
from grants.applications.models import Application
from grants.assessment.models import Allocation
from grants.assessment.queries import before_panel, seats_of
from grants.awards.models import Award
from grants.decisions import operations as decisions
from grants.decisions.models import Meeting, Motion
from grants.rounds.models import Round, Seat

Send = tuple[str, list[tuple[str, str]]]


@dataclass(frozen=True)
class Page:
    """A page or an act. An act makes each of its requests anew, outside the measured time."""

    name: str
    kind: str
    who: User | None
    path: str = ""
    ready: Callable[[], object] | None = None  # what has to have happened before it is opened
    act: Callable[[Callable[[User], Browser]], Iterator[tuple[User, Send]]] | None = None

    @property
    def is_file(self) -> bool:
        """Whether it is taken away rather than looked at."""
        return self.kind == "export"

    @property
    def missing(self) -> bool:
        """Whether the site has no such page yet."""
        return not self.path and self.act is None


def where(name: str, *args: Any, **asked: str) -> str:
    """An address; nothing, if the site has none of this name."""
    try:
        return reverse(name, args=args) + (f"?{urlencode(asked)}" if asked else "")
    except NoReverseMatch:
        return ""


class World:
    """The rows that the pages are about."""

    def __init__(self) -> None:
        published = Round.objects.filter(status="published").order_by("opens_at")
        self.closed, self.open = published[0], published[1]
        self.draft = self._draft()
        self.lead = self._lead(self.draft.group)
        self.case = Application.objects.filter(round=self.open, status="in_check").order_by("-pk")[0]
        self.meeting = Meeting.objects.filter(panel__round=self.closed, status="planned").earliest("held_at")
        self.award = Award.objects.filter(spending_return__status="draft", application__tier__route="panel").order_by(
            "-pk"
        )[0]
        self.report = OutcomeReport.objects.filter(status="draft").order_by("-pk")[0]

    def _draft(self) -> Application:
        whole = Application.objects.filter(status="draft", answers__section="declaration", round=self.open)
        return whole.order_by("pk")[0]

    def drafts(self) -> Iterator[Application]:
        """Bids ready to be sent, each once."""
        whole = Application.objects.filter(status="draft", answers__section="declaration").exclude(pk=self.draft.pk)
        yield from whole.select_related("group").order_by("-pk")

    def _lead(self, group: Group) -> User:
        return lead_of(group)


def lead_of(group: Group) -> User:
    """Who leads a group."""
    return group.memberships.filter(role="lead", ends_on=None).select_related("person__user")[0].person.user  # type: ignore[return-value]


def treasurer_of(group: Group) -> User:
    """Who keeps its money, and may sign in."""
    found = group.memberships.filter(role="treasurer", ends_on=None, person__user__isnull=False)
    return found.select_related("person__user")[0].person.user  # type: ignore[return-value]


def pages(world: World) -> list[Page]:
    """All pages, in the order of the journey; acts that change what others show come late."""
    carol, fiona, anil, dev = (staff(name) for name in ("carol", "fiona", "anil", "dev"))
    draft, lead = world.draft, world.lead
    place, goal = PriorityPlace.objects.order_by("pk")[0], Goal.objects.order_by("pk")[0]
    found = ("admin:grants_application_changelist",)
    score = Allocation.objects.filter(user__email="kit@demo.invalid", application__status="in_assessment").exclude(
        application__reviews__reviewer__email="kit@demo.invalid", application__reviews__status="locked"
    )
    to_score = [each.application for each in score.select_related("application", "user").order_by("-pk")]
    return [
        Page("home page", "public", None, where("rounds:front")),
        Page("round", "public", None, where("rounds:round", world.open.public_id)),
        Page("rounds", "public", None, where("rounds:rounds")),
        Page("questions of the round", "public", None, where("rounds:questions", world.open.public_id)),
        Page("applicant's home", "applicant", lead, where("home")),
        Page("task list", "applicant", lead, where("applications:tasks", draft.public_id)),
        Page("section: idea", "applicant", lead, where("applications:section", draft.public_id, "idea")),
        Page("section: money", "applicant", lead, where("applications:section", draft.public_id, "money")),
        Page("check answers", "applicant", lead, where("applications:check", draft.public_id)),
        Page("save a section", "save", lead, act=lambda as_: saves(as_, world, "idea")),
        Page("save the money section", "save", lead, act=lambda as_: saves(as_, world, "money")),
        Page("submit", "submit", lead, act=lambda as_: submits(world)),
        Page("office home", "case", carol, where("admin:index")),
        Page("queue", "queue", carol, where(*found)),
        Page("queue: filtered", "queue", carol, where(*found, status="in_check", place__id__exact=str(place.pk))),
        Page("queue: one round", "queue", carol, where(*found, round__id__exact=str(world.open.pk))),
        Page("queue: search for a word", "queue", carol, where(*found, q="meadow")),
        Page("queue: search for a reference", "queue", carol, where(*found, q=world.case.reference)),
        Page("case page", "case", carol, where("admin:grants_application_case", world.case.public_id)),
        Page("panel member's list", "panel", dev, where("panel:home")),
        Page("papers of a bid", "scoring", staff("kit"), where("panel:bid", to_score[0].public_id)),
        Page("scoring page", "scoring", staff("kit"), where("panel:scores", to_score[0].public_id)),
        Page("record a score", "record", staff("kit"), act=lambda as_: scores(as_, staff("kit"), to_score)),
        Page("record a vote", "record", dev, act=lambda as_: votes(world)),
        Page(
            "meeting page: ranking and headroom",
            "meeting",
            dev,
            where("panel:meeting", world.meeting.public_id),
            ready=lambda: opened(world),
        ),
        Page("payments", "money", fiona, where("admin:grants_payment_changelist")),
        Page("payments: to prepare", "money", fiona, where("admin:grants_paymentbatch_prepare")),
        Page(
            "spending",
            "money",
            treasurer_of(world.award.group),
            where("spending:spending", world.award.public_id),
        ),
        Page(
            "report",
            "money",
            lead_of(world.report.requirement.award.group),
            where("reports:report", world.report.public_id),
        ),
        Page("evaluation: completeness", "evaluation", anil, where("evaluation:home")),
        Page("evaluation: money by place and goal", "evaluation", anil, where("evaluation:page", "money")),
        Page("evaluation: outcomes and targets", "evaluation", anil, where("evaluation:page", "outcomes")),
        Page("evaluation: pounds per head", "evaluation", anil, where("evaluation:page", "people")),
        Page(
            "evaluation: awards behind a figure",
            "evaluation",
            anil,
            where("evaluation:awards", place=place.code, goal=str(goal.number)),
        ),
        Page("CSV of all bids with answers", "export", carol, where("admin:grants_application_export", "csv")),
        Page(
            "XLSX of a round's bids",
            "export",
            carol,
            where("admin:grants_application_export", "xlsx", round__id__exact=str(world.open.pk)),
        ),
        Page("360Giving", "export", carol, where("evaluation:three_sixty")),
    ]


# -- acts: each request is made ready outside the measured time --------------------------------------------------------


def saves(as_: Callable[[User], Browser], world: World, section: str) -> Iterator[tuple[User, Send]]:
    """The lead saves a section again and again, from the page as it stands."""
    path = where("applications:section", world.draft.public_id, section)
    while True:
        form = Form(as_(world.lead).get(path).text)
        yield world.lead, (path, form.fields)


def submits(world: World) -> Iterator[tuple[User, Send]]:
    """One group after the other sends its bid."""
    for draft in world.drafts():
        yield lead_of(draft.group), (where("applications:send", draft.public_id), [])


def scores(as_: Callable[[User], Browser], member: User, bids: list[Application]) -> Iterator[tuple[User, Send]]:
    """A member scores one bid after the other, and saves."""
    while True:
        for bid in bids:
            path = where("panel:scores", bid.public_id)
            page = as_(member).get(path).text
            form = Form(page)
            names = {name for name in set(_names(page)) if name.startswith("score_")}
            yield member, (path, form.filled(act="save", overall="Worth it.", **dict.fromkeys(names, "3")))


def _names(page: str) -> Iterator[str]:
    for part in page.split('name="')[1:]:
        yield part.split('"', 1)[0]


def opened(world: World) -> tuple[Meeting, list[Seat]]:
    """The meeting, opened, and who sits there and can sign in."""
    grace, at = staff("carol"), now()
    meeting = Meeting.objects.get(pk=world.meeting.pk)
    seats = [seat for seat in seats_of(world.closed) if seat.person.user_id]
    if meeting.status == Meeting.Status.PLANNED:
        decisions.mark_attendance(meeting, present=seats, by=grace, at=at)
        decisions.open_meeting(Meeting.objects.get(pk=meeting.pk), by=grace, at=at)
        meeting.refresh_from_db()
    return meeting, seats


def votes(world: World) -> Iterator[tuple[User, Send]]:
    """Motions are put at the meeting; then members vote for themselves, one after the other."""
    grace, at = staff("carol"), now()
    meeting, seats = opened(world)
    waiting = (
        before_panel(world.closed)
        .filter(status="in_assessment")
        .exclude(Q(motions__status="open") | Q(decisions__isnull=False))
    )
    for bid in waiting.order_by("-pk")[:12]:
        motion: Motion = decisions.put_motion(
            meeting, application=bid, kind="full", override="The panel knows this place.", by=grace, at=at
        )
        out = set(bid.interests.filter(kind__in=("related", "paid")).values_list("user", flat=True))
        for seat in seats:
            user = seat.person.user
            if user is not None and user.pk not in out:
                yield user, (where("panel:vote", motion.public_id), [("choice", "for")])
