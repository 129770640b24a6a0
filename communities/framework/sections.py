"""What this room shows on the page of a place, and where its own page stands."""

from collections.abc import Mapping, Sequence
from typing import Any

from communities.core.navigation import place
from communities.core.permissions import Actor
from communities.core.sections import section
from communities.framework.models import NeedWard
from communities.places.models import PriorityPlace

place("footer", "What the fund is for", "purpose", order=30)


@section("place", "need_wards", order=60, template="communities/framework/_need_wards.html")
def load_need_wards(places: Sequence[PriorityPlace], user: Actor) -> Mapping[Any, Any]:
    """Wards of the place's district that the paper lists as having the highest community need."""
    wards: dict[str, list[NeedWard]] = {}
    for ward in NeedWard.objects.exclude(district_code=""):
        wards.setdefault(ward.district_code, []).append(ward)
    return {place.pk: wards[place.district_code] for place in places if place.district_code in wards}
