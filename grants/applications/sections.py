"""What this room shows on pages that many rooms share."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from communities.core.clock import now
from communities.core.permissions import Actor
from communities.core.sections import section
from communities.groups.models import Group
from communities.people.models import User
from grants.applications.models import Application
from grants.applications.queries import bids_of, own_bids, shown_statuses
from grants.rounds.models import Round
from grants.rounds.queries import open_rounds


def _with_states(bids: Sequence[Application]) -> list[dict[str, Any]]:
    shown = shown_statuses(bids)
    return [{"bid": bid, "shown": shown[bid.pk]} for bid in bids]


@section("group", "bids", order=100, template="grants/applications/_bids.html")
def bids_of_group(objects: Sequence[Group], user: Actor) -> Mapping[Any, Any]:
    """The bids of a group, with how each stands, and the rounds it could bid to."""
    by_group: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in _with_states(list(bids_of(objects))):
        by_group[row["bid"].group_id].append(row)
    rounds = list(open_rounds(now()))
    return {
        group.pk: {"bids": by_group[group.pk], "rounds": _without_draft(rounds, by_group[group.pk])}
        for group in objects
    }


def _without_draft(rounds: Sequence[Round], rows: Sequence[dict[str, Any]]) -> list[Round]:
    """The rounds in which no bid is waiting to be sent."""
    begun = {row["bid"].round_id for row in rows if row["bid"].status == Application.Status.DRAFT}
    return [round_ for round_ in rounds if round_.pk not in begun]


@section("office_group", "bids", order=200, template="grants/applications/_office_bids.html")
def bids_for_officers(objects: Sequence[Group], user: Actor) -> Mapping[Any, Any]:
    """For officers: the bids of a group, with the state as the office calls it."""
    by_group: dict[int, list[Application]] = defaultdict(list)
    for bid in bids_of(objects):
        by_group[bid.group_id].append(bid)
    return {group.pk: by_group[group.pk] for group in objects if by_group[group.pk]}


@section("round_office", "bids", order=30, template="grants/applications/_round_office.html")
def bids_of_round(objects: Sequence[Round], user: Actor) -> Mapping[Any, Any]:
    """The way from a round, however long ago it was, to its bids."""
    return {each.pk: each for each in objects if user.has_perm("grants.view_application")}


@section("home", "bids", order=100, template="grants/applications/_home.html")
def own(objects: Sequence[User], user: Actor) -> Mapping[Any, Any]:
    """A person's bids: those to finish first, then how the others stand; and the way into an open round."""
    rows = _with_states(list(own_bids(user)))
    drafts = [row for row in rows if row["bid"].status == Application.Status.DRAFT]
    asked = [row for row in rows if row["bid"].status == Application.Status.MORE_INFO]
    others = [row for row in rows if row not in drafts and row not in asked]
    value: dict[str, Any] = {"drafts": drafts, "asked": asked, "others": others}
    value["rounds"] = _without_draft(list(open_rounds(now())), rows)
    visible = bool(rows) or not getattr(user, "is_staff", False)
    return {each.pk: value for each in objects if each.pk == user.pk and visible}
