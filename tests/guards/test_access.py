"""Who may open which page: every address, as everybody, about one's own things and about other people's."""

import pytest
from django.urls import reverse

from tests.guards.access import NEED_A_KEY, PAGES
from tests.guards.examples import about
from tests.guards.visits import Visits, forced, wrong
from tests.guards.world import ROLES, addresses, somebody

pytestmark = pytest.mark.world


def own_pages():
    """The addresses outside the office, which has a table of its own."""
    return {name: pattern for name, pattern in addresses().items() if not name.startswith("admin:")}


def line_of(name):
    """What the list says of an address: who may, and whether it is an act."""
    is_act = f"POST {name}" in PAGES
    return PAGES[f"POST {name}" if is_act else name].split(), is_act


def may(role, words):
    """Whether the words of a line let this role in."""
    return "everyone" in words or role in words or ("signed" in words and role != "visitor")


def missing(listed, known):
    """The addresses without a line, and the lines without an address."""
    names = {name.removeprefix("POST ") for name in listed}
    return sorted(set(known) - names), sorted(names - set(known))


def test_every_address_has_its_line():
    without, gone = missing(PAGES, own_pages())
    assert not without, f"Say in tests/guards/access.py who may open {without}."
    assert not gone, f"Take {gone} out of tests/guards/access.py: there is no such address."


def test_an_address_without_a_line_is_seen():
    assert missing({"POST home": ""}, {"home": None, "new": None}) == (["new"], [])
    assert missing({"home": "", "old": ""}, {"home": None}) == ([], ["old"])


def test_visitors_can_open_what_the_list_says_and_nothing_else():
    open_ = {name for name, each in own_pages().items() if not getattr(each.callback, "login_required", True)}
    acts = {"sign_in_as"}  # answers 404 outside the demonstration: test_demonstration.py
    assert open_ - acts == {name for name, words in PAGES.items() if words == "everyone"}


@pytest.mark.parametrize("role", ROLES)
def test_every_page_opens_for_those_who_may_and_for_nobody_else(role, world, db, settings):
    settings.STAFF_SECOND_FACTOR = False
    visits, found = Visits(), []
    for name in own_pages():
        words, is_act = line_of(name)
        for example in about(name):
            if not example.opens and may(role, words):
                continue
            client = visits.as_(somebody(role, example.group))
            address = reverse(name, kwargs=example.kwargs)
            said, opens = f"{role} {name} {example.state}", example.opens and name not in NEED_A_KEY
            found += wrong(said, client, address, opens=opens, may=may(role, words), is_act=is_act)
    assert not found, "\n".join(found)


def test_what_belongs_to_another_group_cannot_be_reached_through_ones_own(world, db):
    """The second half of an address is looked up within the first."""
    from communities.groups.models import Group
    from grants.applications.models import Application
    from grants.spending.models import Expenditure

    bought = Expenditure.objects.order_by("pk")[0]
    other = bought.spending.award.group
    group = Group.objects.filter(awards__spending_return__isnull=False).exclude(pk=other.pk).order_by("pk")[0]
    stranger = other.memberships.filter(ends_on=None)[0].person
    award = group.awards.filter(spending_return__isnull=False)[0]
    bid = Application.objects.filter(group=group)[0]
    client, found = Visits().as_(somebody("member", group)), []
    addresses_ = [
        reverse(f"groups:{page}", args=[group.public_id, stranger.public_id]) for page in ("member", "name", "leaving")
    ]
    addresses_ += [reverse("spending:remove", args=[award.public_id, bought.pk])]
    addresses_ += [reverse("applications:copy", args=[bid.public_id, 99])]
    for address in addresses_:
        found += wrong(f"member {address}", client, address, is_act="remove" in address)
    assert not found, "\n".join(found)


def test_a_page_open_to_too_many_is_seen(world, db):
    """The guard itself: a page that a stranger opens and should not, and one that they should and cannot."""
    client = Visits().as_(somebody("stranger"))
    assert [*wrong("stranger home", client, "/home/")] == [
        "GET stranger home -> 200, though they may not",
    ]
    assert [*wrong("stranger office", client, "/office/", may=True)] == ["GET stranger office -> 302, though they may"]
    assert [*forced("stranger details", client, "/home/details/")] == [
        "POST stranger details -> 200, though they may not; wrote []"
    ]
