"""Where the pages about places stand in the navigation, and what an import shows on its page."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

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


@section("office_home", "imports", order=90, template="")
def load_waiting_imports(users: Sequence[Any], user: Actor) -> Mapping[Any, Any]:
    """Files that somebody sent and nobody has said yes or no to."""
    ready = Job.objects.allowed_to(user, "communities.add_job").filter(status=Job.Status.READY).count()
    href = f"{reverse('admin:communities_job_changelist')}?status__exact=ready"
    card = {"number": ready, "title": "Look at imports", "href": href, "reason": "Read, waiting for a yes or no"}
    return {user.pk: card} if ready else {}
