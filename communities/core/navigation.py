"""Where people can go from every page: a small list for each audience, and what the footer owes to all."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from communities.core.permissions import Actor, roles_of


@dataclass(frozen=True)
class Place:
    """One link of the navigation."""

    audience: str
    text: str
    address: str
    order: int
    shown: Callable[[Actor], bool]


PLACES: list[Place] = []


def to_all(user: Actor) -> bool:
    """Whoever is of the audience sees the link."""
    return True


def place(audience: str, text: str, address: str, *, order: int, shown: Callable[[Actor], bool] = to_all) -> None:
    """Put a link into the navigation of "public", "group", "panel" or "office", or into the "footer".

    `address` is the name of a page, like "admin:grants_application_changelist". A room calls this in sections.py.
    """
    PLACES.append(Place(audience, text, address, order, shown))
    PLACES.sort(key=lambda one: one.order)


def audiences(user: Any) -> set[str]:
    """The lists that are meant for this person."""
    if user is None or not user.is_authenticated:
        return {"public"}
    if user.is_staff:
        return {"office"}
    return {"group", "panel"} if "panel" in roles_of(user) else {"group"}


def navigation(request: HttpRequest) -> dict[str, Any]:
    """What the header and footer of every page print, as `navigation`."""
    user = getattr(request, "user", None)
    return {"navigation": Navigation(user, request.path)}


class Navigation:
    """Worked out only when a page prints it."""

    def __init__(self, user: Any, path: str) -> None:
        self.user, self.path = user, path

    @property
    def signed_in(self) -> bool:
        """Whether somebody is signed in."""
        return bool(self.user is not None and self.user.is_authenticated)

    @property
    def name(self) -> str:
        """Who is signed in."""
        return str(self.user) if self.signed_in else ""

    @property
    def home(self) -> str:
        """Where the fund's name leads."""
        return _address("admin:index") if "office" in audiences(self.user) else "/"

    @property
    def sign_in(self) -> str:
        """The way in."""
        return _address(settings.LOGIN_URL)

    @property
    def account(self) -> str:
        """The person's own page, where there is one."""
        return _address("account")

    @cached_property
    def links(self) -> list[dict[str, Any]]:
        """The places for this person, the one they are at marked."""
        links = self._links(audiences(self.user))
        matching = [
            link["href"]
            for link in links
            if self.path == link["href"] or (link["deep"] and self.path.startswith(link["href"]))
        ]
        here = max(matching, key=len, default=None)
        return [{**link, "here": link["href"] == here, "exact": self.path == here} for link in links]

    @property
    def footer(self) -> list[dict[str, Any]]:
        """What every page owes its readers: accessibility, privacy, about the data."""
        return self._links({"footer"})

    def _links(self, wanted: set[str]) -> list[dict[str, Any]]:
        found = [(one, _address(one.address)) for one in PLACES if one.audience in wanted and one.shown(self.user)]
        roots = {"/", _address("admin:index")}
        return [{"text": one.text, "href": href, "deep": href not in roots} for one, href in found if href]


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
