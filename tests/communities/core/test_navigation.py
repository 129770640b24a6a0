"""Everybody finds their own places from every page."""

import pytest
from django.contrib.auth.models import AnonymousUser

from communities.core import navigation
from communities.core.navigation import Navigation, place


@pytest.fixture(autouse=True)
def places(monkeypatch):
    monkeypatch.setattr(navigation, "PLACES", [])
    place("office", "Bids", "admin:sample_bid_changelist", order=20)
    place("office", "To do", "admin:index", order=10)
    place(
        "office", "Money", "admin:sample_pot_changelist", order=30, shown=lambda user: user.full_name == "Fiona Grant"
    )
    place("office", "Not built yet", "nowhere", order=40)
    place("group", "Your group", "home", order=10)


def texts(user, path="/"):
    return [link["text"] for link in Navigation(user, path).links]


def test_officers_see_the_office(carol):
    assert texts(carol) == ["To do", "Bids"]


def test_a_place_may_be_for_some_only(fiona):
    assert texts(fiona) == ["To do", "Bids", "Money"]


def test_others_see_their_own_places(asha):
    assert texts(asha) == ["Your group"]


def test_a_visitor_sees_no_places_of_others():
    assert texts(AnonymousUser()) == []


@pytest.mark.parametrize(
    ("path", "here"), [("/office/", "To do"), ("/office/sample/bid/3/change/", "Bids"), ("/office/people/", None)]
)
def test_the_place_one_is_at_is_marked(carol, path, here):
    marked = [link["text"] for link in Navigation(carol, path).links if link["here"]]

    assert marked == ([here] if here else [])
