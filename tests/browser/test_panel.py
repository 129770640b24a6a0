"""The panel's pages in a real browser: accessible, narrow enough, and working without a script."""

from decimal import Decimal

import pytest
from django.urls import reverse

from communities.groups.models import Membership
from communities.people.models import Person
from grants.decisions import operations
from grants.decisions.models import Decision, DecisionLine, Vote
from tests.browser.pages import covered, flaws, summary_links
from tests.cast import account
from tests.factories.assessment import AT, AllocationFactory, BidFactory, declare, lead, panel_of, scored
from tests.factories.decisions import decision_on, meeting_of, motion_on

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ("Breakfast on the seafront", "Saturday repair café", "Swim and wade", "Young carers’ film club")


class Town:
    """A panel of five with four bids before it, in each of the states that pages show."""

    def __init__(self):
        people = ("Dev Okoro", "Joan Pryor", "Hassan Ali", "Ruth Lamb", "Kit Rowe")
        self.dev, self.joan, self.hassan, self.ruth, self.kit = (account(name, "panel") for name in people)
        self.all = (self.dev, self.joan, self.hassan, self.ruth, self.kit)
        self.carol, self.grace = account("Carol Reed", "officer"), account("Grace Miller", "senior_officer")
        self.asha = account("Asha Patel")
        self.panel = panel_of(*self.all)
        self.bids = [BidFactory(round=self.panel.round, title=name) for name in NAMES]
        self.first, self.second, self.third, self.fourth = self.bids
        self.small = BidFactory(
            round=self.panel.round, title="Bulbs for the green", requested=Decimal(600), minimum_viable=Decimal(400),
            tier=self.panel.round.terms.tiers.get(code="micro"),
        )  # fmt: skip

    def scores(self):
        """Everybody has declared; three have scored the first bid, and one the second, badly."""
        for bid in self.bids[:3]:
            declare(bid, *self.all)
        for user, values in ((self.hassan, (5, 4)), (self.ruth, (2, 4)), (self.kit, (4, 3))):
            scored(self.first, user, *values, overall="Well led, and the hall is booked.")
        scored(self.second, self.hassan, 1, 2, overall="The need is not shown.")
        AllocationFactory(application=self.third, user=self.hassan)

    def smaller(self):
        """The first bid is carried at £1,000, less than its least."""
        decision = decision_on(self.first, amount=Decimal(1000))
        for order, line in enumerate(self.first.lines.all()):
            DecisionLine.objects.create(
                decision=decision, order=order, category=line.category, item=line.item, asked=line.amount, amount=500
            )
        return decision


@pytest.fixture
def town(db):
    return Town()


def test_home_ties_papers_and_scores(site, town):
    Membership.objects.create(
        group=town.fourth.group, person=Person.objects.get(user=town.hassan), role="member", starts_on="2026-01-01"
    )
    town.scores()
    page = site(town.hassan, "/panel/")
    assert page.locator("h1").inner_text() == "Panel"
    assert flaws(page) == []
    page = site(town.hassan, reverse("panel:interests", args=[town.panel.round.public_id]))
    assert "You are listed as one of this group’s people." in page.locator("main").inner_text()
    assert flaws(page) == []
    page.get_by_role("button", name="Save").click()
    assert page.title().startswith("Error: ")
    assert flaws(page) == []
    assert all(focused for _, focused, _ in summary_links(page))
    page = site(town.hassan, reverse("panel:interest", args=[town.third.public_id]))
    assert flaws(page) == []
    page = site(town.hassan, reverse("panel:bid", args=[town.first.public_id]))
    assert flaws(page) == []


def test_all_criteria_on_one_page_and_each_error_leads_to_its_question(site, town):
    town.scores()
    page = site(town.hassan, reverse("panel:scores", args=[town.third.public_id]))
    assert flaws(page) == []
    page.locator("input[type=radio]").nth(5).check()
    page.get_by_role("button", name="Lock your scores").click()
    assert page.title().startswith("Error: ")
    assert flaws(page) == []
    answers = summary_links(page)
    assert len(answers) == 4
    assert all(focused and words in described for words, focused, described in answers)


def test_the_meeting_and_one_bid_on_a_tablet(site, town):
    town.scores()
    meeting = meeting_of(town.panel, *town.all)
    decision_on(town.third)
    motion = motion_on(meeting, town.first, kind="part", amount=Decimal(1500), conditions=["Insurance"])
    page = site(town.carol, reverse("panel:meeting", args=[meeting.public_id]))
    assert flaws(page) == []
    page.set_viewport_size({"width": 768, "height": 1024})
    assert covered(page) == []
    for user, bid in (
        (town.carol, town.first),
        (town.hassan, town.first),
        (town.carol, town.second),
        (town.dev, town.second),
    ):
        page = site(user, reverse("panel:item", args=[meeting.public_id, bid.public_id]))
        assert page.locator("h1").inner_text() == bid.title
        assert flaws(page) == []
    Vote.objects.create(motion=motion, seat=seat(town, town.dev), choice="for", cast_at=AT, recorded_by=town.dev)
    Vote.objects.create(motion=motion, seat=seat(town, town.joan), choice="against", cast_at=AT, recorded_by=town.joan)
    for user in (town.carol, town.dev):
        page = site(user, reverse("panel:item", args=[meeting.public_id, town.first.public_id]))
        assert flaws(page) == []
    for name in ("attendance", "close_meeting"):
        page = site(town.carol, reverse(f"panel:{name}", args=[meeting.public_id]))
        assert flaws(page) == []


def seat(town, user):
    return town.panel.seats.get(person__user=user)


def test_a_motion_that_was_typed_wrongly_comes_back_whole(site, town):
    town.scores()
    meeting = meeting_of(town.panel, *town.all)
    page = site(town.dev, reverse("panel:item", args=[meeting.public_id, town.second.public_id]))
    page.get_by_label("Fund in part").check()
    page.get_by_label("How much, where it is a part?").fill("9999")
    page.get_by_label("Conditions").fill("A plan for rain")
    page.get_by_role("button", name="Put the motion").click()
    assert page.get_by_label("Conditions").input_value() == "A plan for rain"
    assert flaws(page) == []
    assert all(focused for _, focused, _ in summary_links(page))


def test_the_pages_of_the_group(site, town):
    lead(town.first.group, town.asha.person)
    decision = town.smaller()
    operations.rebase_lines(decision, amounts={}, by=town.carol, at=AT)
    operations.ask_about_less(decision, by=town.carol, at=AT)
    page = site(town.asha, "/home/")
    assert flaws(page) == []
    page.get_by_role("link", name="Would a smaller sum still work?").click()
    assert flaws(page) == []
    page.get_by_role("button", name="Send our answer").click()
    assert all(focused for _, focused, _ in summary_links(page))
    page.get_by_label("Yes").check()
    page.get_by_role("button", name="Send our answer").click()
    decision.refresh_from_db()
    operations.ratify(decision, by=town.grace, at=AT)
    operations.release([decision], by=town.grace, at=AT)
    page = site(town.asha, reverse("decisions:decision", args=[town.first.public_id]))
    assert "£1,000" in page.locator("main").inner_text()
    assert flaws(page) == []


def test_papers_that_are_suggested(site, town):
    page = site(town.carol, reverse("admin:grants_allocation_share", args=[town.panel.round.public_id]) + "?suggest=1")
    assert page.locator("h1").count() == 1
    assert flaws(page) == []


@pytest.mark.parametrize("scripts", [False])
def test_a_vote_without_a_script(browser, live_server, client, settings, town, scripts):
    declare(town.first, *town.all)
    meeting = meeting_of(town.panel, *town.all)
    with browser.new_context(java_script_enabled=scripts) as context:
        page = context.new_page()

        def be(user):
            settings.STAFF_SECOND_FACTOR = False
            client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
            page.goto(live_server.url + reverse("panel:item", args=[meeting.public_id, town.first.public_id]))

        be(town.dev)
        page.get_by_label("Fund in full").check()
        page.get_by_role("button", name="Put the motion").click()
        page.get_by_role("button", name="For", exact=True).click()
        be(town.carol)
        for name in ("Joan Pryor", "Hassan Ali"):
            page.get_by_role("group", name=name).get_by_label("For").check()
        page.get_by_role("button", name="Note these votes").click()
        page.get_by_role("button", name="Close the vote").click()
        assert "carried" in page.locator("main").inner_text().lower()
    assert (Decision.objects.get().outcome, Vote.objects.count()) == ("fund", 3)
