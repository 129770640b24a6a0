"""Where the pages about places stand in the navigation, and what an import shows on its page."""

from collections.abc import Mapping, Sequence
from typing import Any

from communities.core.jobs import Job
from communities.core.navigation import place
from communities.core.permissions import Actor
from communities.core.sections import section

place("public", "Places", "place_list", order=30)
place("group", "Places", "place_list", order=60)
place("footer", "About the data", "about_data", order=40)


@section("import", "preview", order=10, template="communities/places/_import.html")
def load_preview(jobs: Sequence[Job], user: Actor) -> Mapping[Any, Any]:
    """What the file holds, and what importing it does."""
    return {job.pk: job for job in jobs}
