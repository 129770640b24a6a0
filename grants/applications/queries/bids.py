"""Reading bids: whose they are, how they stand in the words a group reads, what happened to them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from communities.core.events import Entry, timeline
from communities.core.locking import fetched
from communities.core.permissions import SYSTEM, Actor
from communities.core.sections import assemble
from communities.groups.models import Group
from communities.groups.queries import current, members_of
from grants.applications.models import Application, SectionAnswer, Submission

S = Application.Status
OPEN = (S.DRAFT, S.SUBMITTED, S.IN_CHECK, S.MORE_INFO, S.INELIGIBLE_PROPOSED, S.IN_ASSESSMENT)
# what a group may know has happened; later rooms add theirs with `told`
TOLD = {f"application.{step}" for step in ("start", "submit", "withdraw", "lapse", "begin_check", "ask", "answer")}


def told(*verbs: str) -> None:
    """Let events of these verbs show on the timeline a group sees. What is not named here stays inside the council."""
    TOLD.update(verbs)


def own_bids(user: Actor) -> QuerySet[Application]:
    """The bids of the groups a person belongs to, the latest first; nobody else's, whatever role they have."""
    rows = Application.objects.filter(group__in=members_of(user).order_by().values("group"))
    return rows.select_related("round", "group", "tier", "terms").defer("search_text").order_by("-started_at", "-pk")


def bids_of(groups: Iterable[Group]) -> QuerySet[Application]:
    """The bids of groups, the latest first."""
    rows = Application.objects.filter(group__in=list(groups))
    return rows.select_related("round", "tier").order_by("-started_at", "-pk")


COMMON = 1000  # bids with the same word


def with_word(bids: QuerySet[Application], word: str) -> QuerySet[Application]:
    """Those of the bids that have this in their reference, title or group's name."""
    # Each table is searched by its own index, and no further than it takes to know whether the word is a common one:
    # the newest bids that have a common word are met sooner by reading bids in order than by sorting all that have it.
    by_words, by_group = Q(reference__icontains=word) | Q(title__icontains=word), Q(group__name__icontains=word)
    all_, groups = Application.objects.order_by(), Group.objects.order_by().filter(name__icontains=word)
    in_groups = all_.filter(group__in=groups.values("pk")).values_list("pk", flat=True)
    found = list(all_.filter(by_words).values_list("pk", flat=True).union(in_groups, all=True)[: COMMON + 1])
    return bids.filter(by_words | by_group) if len(found) > COMMON else bids.filter(pk__in=found)


def closes_for(bid: Application) -> datetime:
    """The last moment for a bid that was begun before the deadline: the deadline and the minutes of grace."""
    return bid.round.last_moment


def answers(bid: Application) -> dict[str, SectionAnswer]:
    """What has been written so far, by section. What a step fetched with the bid is not fetched again."""
    written = bid.answers.all() if fetched(bid, "answers") else bid.answers.select_related("updated_by")
    return {answer.section: answer for answer in written}


def latest_submission(bid: Application) -> Submission | None:
    """The bid as it was sent last."""
    return bid.submissions.select_related("sent_by").order_by("-number").first()


def first_submission(bid: Application) -> Submission | None:
    """The bid as it was sent first: its receipt names who sent it and when."""
    return bid.submissions.select_related("sent_by").order_by("number").first()


# -- how it stands, in the words of the group --------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A state as a group reads it."""

    label: str
    colour: str = ""


IN_WORDS = {
    S.DRAFT: Shown("Not sent", "grey"),
    S.SUBMITTED: Shown("Received", "blue"),
    S.IN_CHECK: Shown("Being checked", "yellow"),
    S.MORE_INFO: Shown("We need something from you", "orange"),
    S.INELIGIBLE_PROPOSED: Shown("Being checked", "yellow"),  # a proposal is not an answer
    S.INELIGIBLE: Shown("Not eligible", "red"),
    S.IN_ASSESSMENT: Shown("Being assessed", "yellow"),
    S.DECIDED: Shown("Being assessed", "yellow"),  # until the decision is released, when its room says so
    S.WITHDRAWN: Shown("Withdrawn", "grey"),
    S.LAPSED: Shown("Not sent in time", "grey"),
}


def shown_statuses(bids: Sequence[Application], user: Actor = SYSTEM) -> dict[int, Shown]:
    """How bids stand, as their groups read it.

    Rooms after this one speak up through the "bid_state" page: {pk: {"label": "Funded", "colour": "green"}} for
    decisions that were released.
    """
    later = assemble("bid_state", bids, user)
    shown = {}
    for bid in bids:
        shown[bid.pk] = IN_WORDS[S(bid.status)]
        for part in later[bid.pk]:
            shown[bid.pk] = Shown(part.value["label"], part.value.get("colour", ""))
    return shown


def shown_status(bid: Application, user: Actor = SYSTEM) -> Shown:
    """How a bid stands, as its group reads it."""
    return shown_statuses([bid], user)[bid.pk]


# -- what happened, in the words of the group --------------------------------------------------------------------------


@dataclass(frozen=True)
class Happened:
    """One line of the timeline a group reads."""

    title: str
    at: datetime
    who: str
    note: str = ""


def group_timeline(bid: Application) -> list[Happened]:
    """What the group may know has happened to its bid, the latest first. Officers appear as the council."""
    members = {membership.person.user_id for membership in current(bid.group)} | {
        bid.started_by_id,
        bid.submitted_by_id,
    }
    return [_line(entry, members) for entry in reversed(timeline(bid.case, verbs=sorted(TOLD)))]


def _line(entry: Entry, members: Iterable[Any]) -> Happened:
    own = entry.event.actor_id is not None and entry.event.actor_id in members
    note = entry.reason if own or entry.event.verb == "application.ask" else ""
    return Happened(entry.sentence, entry.at, entry.who if own else settings.COUNCIL_NAME, note)


def by_section(found: Iterable[Any]) -> Mapping[str, list[Any]]:
    """Problems by the section they are in."""
    sorted_: dict[str, list[Any]] = {}
    for each in found:
        sorted_.setdefault(each.section, []).append(each)
    return sorted_
