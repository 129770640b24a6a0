"""What this room shows on pages that many rooms share."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from communities.core.clock import london, now
from communities.core.money import pounds
from communities.core.navigation import place
from communities.core.permissions import Actor
from communities.core.sections import section
from communities.groups.models import Group
from communities.people.models import Person
from grants.applications.models import Application
from grants.applications.queries import told
from grants.awards.models import Award
from grants.awards.queries import Signer, current_version, lines_of, own_awards, person_of, signers, standing

S = Award.Status
OPEN = (S.OFFERED, S.ACCEPTED, S.ACTIVE)
COLOURS: dict[str, str] = {
    S.OFFERED: "blue",
    S.ACCEPTED: "green",
    S.ACTIVE: "green",
    S.COMPLETED: "green",
    S.CLOSED: "grey",
}

told(
    *(
        f"award.{verb}"
        for verb in ("offer", "sign", "accept", "turn_down", "lapse", "extend", "meet_condition", "complete")
    )
)

place("group", "Awards", "awards:awards", order=41)
place(
    "office", "Awards", "admin:grants_award_changelist", order=41, shown=lambda user: user.has_perm("grants.view_award")
)


def awards_of(bids: Sequence[Application], user: Actor) -> dict[Any, Award]:
    """The awards of these bids that this person may see, by the bid's key, in one query for a page.

    The rooms that ask in turn are given the same bids, and share the answer through them.
    """
    seen = f"_awards_of_{user.pk}"
    if any(seen not in bid.__dict__ for bid in bids):
        found = Award.objects.visible_to(user).filter(application__in=[bid.pk for bid in bids])
        known = {each.application_id: each for each in found.select_related("group", "application__tier", "held_by")}
        for bid in bids:
            bid.__dict__[seen] = known.get(bid.pk)
    return {bid.pk: bid.__dict__[seen] for bid in bids if bid.__dict__[seen] is not None}


@section("award", "offer", order=411, template="grants/awards/_offer.html")
def offer(awards: Sequence[Award], user: Actor) -> Mapping[Any, Any]:
    """Who has said yes, who still can, and until when."""
    person = person_of(user)
    return {each.pk: _offer(each, signers(each), person) for each in awards}


def _offer(award: Award, found: Sequence[Signer], person: Person | None) -> dict[str, Any]:
    return {
        "signers": found,
        "is_open": award.status == S.OFFERED,
        "said": any(one.acceptance for one in found),
        "mine": next((one for one in found if one.person == person), None),
        "days": (award.offer_ends_on - london(now()).date()).days,
    }


@section("award", "agreed", order=412, template="grants/awards/_agreed.html")
def agreed(awards: Sequence[Award], user: Actor) -> Mapping[Any, Any]:
    """What the money is for, and the conditions."""
    return {each.pk: {"lines": lines_of(each), "conditions": list(each.conditions.all())} for each in awards}


@section("case", "award", order=411, template="grants/awards/_case.html")
def case(bids: Sequence[Application], user: Actor) -> Mapping[Any, Any]:
    """On the officers' page of a bid: what was offered and how it stands."""
    return {
        bid: {"award": each, "said": standing(each), "open": each.conditions.filter(met_at=None).count()}
        for bid, each in awards_of(bids, user).items()
    }


@section("award_office", "agreement", order=411, template="grants/awards/_office.html")
def office_page(awards: Sequence[Award], user: Actor) -> Mapping[Any, Any]:
    """On the officers' page of an award: who said yes and how, the conditions, the lines, the places."""
    return {
        each.pk: {
            "signers": signers(each),
            "lines": lines_of(each),
            "conditions": list(each.conditions.select_related("met_by")),
            "places": list(each.places.select_related("place")),
            "version": current_version(each),
        }
        for each in awards
    }


@section("bid", "award", order=411, template="grants/awards/_bid.html")
def bid(bids: Sequence[Application], user: Actor) -> Mapping[Any, Any]:
    """On the group's page of its bid: the way to the offer."""
    return awards_of(bids, user)


@section("group", "awards", order=411, template="grants/awards/_group.html")
def group(groups: Sequence[Group], user: Actor) -> Mapping[Any, Any]:
    """On the page of a group: what it was offered and given."""
    rows: dict[Any, list[Award]] = {}
    for each in Award.objects.visible_to(user).filter(group__in=[one.pk for one in groups]):
        rows.setdefault(each.group_id, []).append(each)
    return rows


@section("office_group", "awards", order=411, template="grants/awards/_office_group.html")
def office_group(groups: Sequence[Group], user: Actor) -> Mapping[Any, Any]:
    """On the officers' page of a group: its awards."""
    return group(groups, user)


@section("bid_state", "award", order=411, template="")
def bid_state(bids: Sequence[Application], user: Actor) -> Mapping[Any, Any]:
    """How a funded bid stands is how its award stands."""
    return {
        bid: {"label": each.get_status_display(), "colour": COLOURS.get(S(each.status), "")}
        for bid, each in awards_of([bid for bid in bids if bid.submitted_at], user).items()
    }


@section("home", "awards", order=411, template="grants/awards/_home.html")
def home(objects: Sequence[Any], user: Actor) -> Mapping[Any, Any]:
    """A person's offers to say yes to, and the awards of their groups that go on."""
    rows: list[dict[str, Any]] = [
        {"award": each, "said": each.said}  # type: ignore[attr-defined]
        for each in own_awards(user)
        if each.status in OPEN
    ]
    rows.sort(key=lambda row: (row["award"].status != S.OFFERED, row["said"]))  # what waits for an answer comes first
    return {user.pk: rows} if rows else {}


@section("award_summary", "award", order=411, template="")
def summary(awards: Sequence[Award], user: Actor) -> Mapping[Any, Any]:
    """For the committee's page: asked, given, and what is still to be agreed or done."""
    return {each.pk: {"facts": _facts(each), "to_do": _to_do(each)} for each in awards}


def _facts(award: Award) -> list[dict[str, Any]]:
    return [
        {"label": "Asked for", "value": pounds(award.application.requested)},
        {"label": "Given", "value": pounds(award.amount)},
        {"label": "Paid so far", "value": pounds(award.paid)},
    ]


def _to_do(award: Award) -> list[dict[str, Any]]:
    rows = []
    if award.status == S.OFFERED:
        rows.append({"what": "Two people say yes to the offer", "by": award.offer_ends_on})
    if award.status in OPEN:
        waiting = award.conditions.filter(met_at=None)
        rows += [{"what": each.text, "by": each.due_on} for each in waiting]
    return rows


@section("office_home", "awards", order=411, template="")
def office_home(objects: Sequence[Any], user: Actor) -> Mapping[Any, Any]:
    """For officers: offers that end soon, conditions nobody has settled."""
    if not user.has_perm("grants.change_awardcondition"):
        return {}
    counted = (
        Award.objects.visible_to(user)
        .filter(status__in=OPEN)
        .aggregate(
            waiting=Count("pk", distinct=True, filter=Q(status=S.OFFERED)),
            conditions=Count("pk", distinct=True, filter=Q(conditions__met_at=None, conditions__isnull=False)),
        )
    )
    page = reverse("admin:grants_award_changelist")
    cards = [
        {
            "number": counted["waiting"],
            "title": "Offers to be accepted",
            "href": f"{page}?status__exact=offered",
            "reason": "Groups have not all said yes or no",
        },
        {
            "number": counted["conditions"],
            "title": "Conditions to settle",
            "href": f"{page}?conditions=open",
            "reason": "Say when they are met",
        },
    ]
    return {each.pk: shown for each in objects if (shown := [card for card in cards if card["number"]])}
