"""What this room shows on the officers' page of a round: whether the people named could carry it through."""

from collections.abc import Sequence
from typing import Any

from communities.core.navigation import place
from communities.core.permissions import Actor
from communities.core.sections import section
from grants.rounds.models import Round
from grants.rounds.queries import missing_staff, open_tiers, staff_warnings

for audience in ("public", "group"):
    place(audience, "Funding rounds", "rounds:rounds", order=20)
place("office", "To do", "admin:index", order=10)
place(
    "office",
    "Rounds",
    "admin:grants_round_changelist",
    order=50,
    shown=lambda user: user.has_perm("grants.change_round"),
)


@section("round_office", "people", order=10, template="grants/rounds/_office_people.html")
def people(objects: Sequence[Round], user: Actor) -> dict[Any, Any]:
    """Staff, panel, and what is missing before it can be published."""
    return {
        round_.pk: {
            "missing": missing_staff(round_) if round_.status == Round.Status.DRAFT else [],
            "warnings": staff_warnings(round_),
            "staff": round_.staff.select_related("user").order_by("duty"),
            "panel": getattr(round_, "panel", None),
            "seats": round_.panel.seats.select_related("person") if hasattr(round_, "panel") else [],
        }
        for round_ in objects
    }


@section("round_office", "terms", order=20, template="grants/rounds/_office_terms.html")
def terms(objects: Sequence[Round], user: Actor) -> dict[Any, Any]:
    """What the round asks and offers, with the way to its terms."""
    return {
        round_.pk: {"terms": round_.terms, "tiers": open_tiers(round_.terms), "notices": round_.notices.all()}
        for round_ in objects
    }
