"""What this room shows on pages that many rooms share."""

from collections.abc import Mapping, Sequence
from typing import Any

from communities.core.navigation import place
from communities.core.permissions import Actor
from communities.core.sections import section
from communities.people.models import Person, User


@section("home", "details", order=900, template="communities/people/_details.html")
def details(objects: Sequence[User], user: Actor) -> Mapping[Any, Person]:
    """Under everything else: how the council addresses this person, with a way to change it."""
    return {each.pk: each.person for each in objects if hasattr(each, "person")}


place("group", "To do", "home", order=10)
place("footer", "Help and contact", "help_contact", order=900)
place("footer", "Accessibility statement", "help_accessibility", order=910)
place("footer", "Privacy", "help_privacy", order=920)
place("footer", "Cookies", "help_cookies", order=930)
