"""What this room shows on shared pages: ties and scores on a bid's page, panel work on the home pages."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from communities.core.navigation import place
from communities.core.permissions import Actor
from communities.core.sections import section
from communities.people.models import User
from grants.applications.models import Application
from grants.assessment.models import Allocation, Interest, Review
from grants.assessment.permissions import BEFORE_PANEL
from grants.assessment.queries import panels_for, short_of_scorers, standings, work
from grants.rounds.models import Panel, Round, Tier


def sits_on_a_panel(user: Actor) -> bool:
    """Whether the panel's pages have anything for this person."""
    return Panel.objects.visible_to(user).exists()


place("panel", "Panel", "panel:home", order=35, shown=sits_on_a_panel)
place("office", "Panel", "panel:home", order=35, shown=lambda user: user.has_perm("grants.allocate_scorers"))


@section("home", "panel", order=36, template="grants/assessment/_home.html")
def panel_tasks(objects: Sequence[User], user: Actor) -> Mapping[Any, Any]:
    """How many bids wait for the member's word and for their scores."""
    rounds = list(panels_for(user))
    waiting = {} if not rounds else work(user, rounds)
    shown = [{"round": each, **waiting[each.pk]} for each in rounds if waiting[each.pk]["total"]]
    return {each.pk: shown for each in objects if shown}


@section("case", "assessment", order=40, template="grants/assessment/_case.html")
def assessment(objects: Sequence[Application], user: Actor) -> Mapping[Any, Any]:
    """Who was asked to score, what ties were declared, and the scores that are locked."""
    if not user.has_perm("grants.allocate_scorers") and not Review.objects.visible_to(user).exists():
        return {}
    bids = [each for each in objects if each.status in BEFORE_PANEL]
    if not bids:
        return {}
    ties: dict[int, list[Interest]] = defaultdict(list)
    for tie in Interest.objects.visible_to(user).filter(application__in=bids).select_related("user"):
        ties[tie.application_id].append(tie)
    asked: dict[int, list[Allocation]] = defaultdict(list)
    for each in Allocation.objects.visible_to(user).filter(application__in=bids).select_related("user"):
        asked[each.application_id].append(each)
    reviews: dict[int, list[Review]] = defaultdict(list)
    locked = Review.objects.visible_to(user).filter(application__in=bids, status=Review.Status.LOCKED)
    for review in locked.select_related("reviewer").prefetch_related("scores__criterion"):
        reviews[review.application_id].append(review)
    return {
        row.application.pk: {
            "standing": row,
            "ties": ties[row.application.pk],
            "asked": asked[row.application.pk],
            "reviews": reviews[row.application.pk],
        }
        for row in standings(bids)
        if row.application.tier and row.application.tier.route == Tier.Route.PANEL
    }


@section("office_home", "scorers", order=40, template="")
def to_share_out(objects: Sequence[User], user: Actor) -> Mapping[Any, Any]:
    """Bids that have too few scorers, by round."""
    if not user.has_perm("grants.allocate_scorers"):
        return {}
    cards = [
        {
            "number": count,
            "title": "Choose scorers",
            "href": reverse("admin:grants_allocation_share", args=[round_.public_id]),
            "reason": f"{round_.title}: too few people were asked to score",
        }
        for round_, count in short_of_scorers()
    ]
    return {each.pk: cards for each in objects if cards}


@section("round_office", "scoring", order=40, template="grants/assessment/_round_office.html")
def scoring(objects: Sequence[Round], user: Actor) -> Mapping[Any, Any]:
    """The way from a round to its scorers."""
    panels = {each.round_id for each in Panel.objects.filter(round__in=objects)}
    return {each.pk: each for each in objects if each.pk in panels and user.has_perm("grants.allocate_scorers")}
