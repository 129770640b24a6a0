"""The pages of groups and bids in a real browser: for everybody, on any screen, with a script and without."""

import pytest
from django.urls import reverse

from communities.core.clock import moved
from tests.browser.pages import flaws, summary_links
from tests.cast import AT

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _in_october():
    with moved(AT):
        yield


@pytest.fixture
def round_(db):
    """A round with the questions of the council's own library."""
    from communities.diligence.operations import load_check_types
    from communities.framework.operations import load_framework
    from communities.places.operations.facts import load_places
    from grants.rounds.models import Terms
    from grants.rounds.operations import copy_terms, load_library
    from tests.factories.rounds import RoundFactory

    load_framework()
    load_places()
    load_check_types()
    load_library()
    return RoundFactory(title="Autumn 2026", terms=copy_terms(Terms.objects.get(is_library=True), name="Autumn 2026"))


@pytest.fixture
def group(asha, ben):
    from tests.factories.groups import make_group

    return make_group(asha, ben, kind="unconstituted")


@pytest.fixture
def bid(round_, group, asha):
    from tests.factories.applications import ApplicationFactory

    return ApplicationFactory(round=round_, group=group, started_by=asha, title="Warm suppers")


def url(name, bid, *args):
    return reverse(f"applications:{name}", args=[bid.public_id, *args])


SECTIONS = ("idea", "need", "where", "led", "difference", "money", "dates", "safe", "declaration")


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_is_clean_and_its_error_summary_leads_to_the_fields(site, asha, bid, section):
    page = site(asha, url("section", bid, section))
    page.get_by_role("button", name="Save and continue").last.click()
    assert "Error: " in page.title()
    assert flaws(page) == []
    for words, is_control, described in summary_links(page):
        assert is_control, words
        assert words.split(": ", 1)[-1].lower() in described.lower() or section in ("difference", "money")


def test_two_texts_side_by_side_are_clean(site, asha, ben, bid):
    from grants.applications.operations import save_section

    page = site(asha, url("section", bid, "need"))
    save_section(bid, section="need", content={"why": "Ben’s words"}, version=0, by=ben, at=AT)
    page.get_by_role("textbox").fill("Asha’s words")
    page.get_by_role("button", name="Save and continue").last.click()
    assert page.get_by_text("Ben’s words").is_visible()
    assert page.get_by_role("textbox").input_value() == "Asha’s words"
    assert flaws(page) == []


@pytest.fixture
def old_phone(browser, live_server, client, asha, settings):
    """A small screen without scripts, signed in as Asha."""
    client.force_login(asha, backend="allauth.account.auth_backends.AuthenticationBackend")
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    yield page
    context.close()


def part(page, title):
    page.get_by_role("link", name=title, exact=True).click()


def save(page):
    page.get_by_role("button", name="Save and come back later").click()


def write_the_costs(page):
    part(page, "What it costs")
    for number, (item, kind, amount) in enumerate((("Hall hire", "venue", "520"), ("Cookers", "equipment", "360"))):
        if number:
            page.get_by_role("button", name="Add another cost").click()
        page.locator(f"#id_budget-{number}-item").fill(item)
        page.locator(f"#id_budget-{number}-category").select_option(kind)
        page.locator(f"#id_budget-{number}-amount").fill(amount)
    assert page.locator("#id_budget-0-item").input_value() == "Hall hire"
    page.get_by_label("What is the least that would still work?").fill("600")
    with page.expect_navigation():
        page.keyboard.press("Enter")  # the first button of the form is the real one


def write_the_dates(page):
    assert page.get_by_role("heading", level=1).inner_text() == "When it happens"
    for name, (day, month, year) in {"starts_on": ("8", "1", "2027"), "ends_on": ("26", "March", "2027")}.items():
        for ending, value in (("", day), ("-month", month), ("-year", year)):
            page.locator(f"#id_dates_{name}{ending}").fill(value)
    save(page)


def write_the_words(page):
    part(page, "Your idea")
    page.get_by_label("What do you call your idea?").fill("Warm suppers on Fridays")
    page.get_by_label("What do you want to do?").fill("Cook and eat together every Friday.")
    save(page)
    for title, words in (("Why it is needed", "People eat alone."), ("How local people lead it", "We asked forty.")):
        part(page, title)
        page.get_by_role("textbox").fill(words)
        save(page)


def say_where_and_for_whom(page):
    part(page, "Where it happens and who it is for")
    page.locator("#id_postcode").fill("CO15 2DL")
    page.get_by_role("button", name="Find this postcode").click()
    page.get_by_label("Tendring", exact=True).first.check()
    page.get_by_label("About how many different people will take part?").fill("60")
    save(page)
    part(page, "What will be different")
    page.get_by_label("Help people feel well and less lonely").first.check()
    page.get_by_label("In your own words").fill("People who no longer eat alone")
    page.get_by_label("What number do you aim for?").fill("60")
    save(page)


def promise(page):
    part(page, "Keeping everybody safe")
    page.get_by_label("No", exact=True).check()
    page.get_by_label("How will you keep everybody safe?").fill("Two of us are always there.")
    save(page)
    part(page, "Declaration")
    for box in page.get_by_role("checkbox").all():
        box.check()
    save(page)


def test_a_bid_is_written_and_sent_without_a_script(old_phone, live_server, group, round_):
    """As on an old phone: start, costs added one by one, everything typed, sent, receipt."""
    page = old_phone
    page.goto(f"{live_server.url}{reverse('applications:start', args=[round_.public_id])}")
    page.get_by_label("About how much will you ask for?").fill("900")
    page.get_by_role("button", name="Start").click()
    for write in (write_the_costs, write_the_dates, write_the_words, say_where_and_for_whom, promise):
        write(page)
    assert page.get_by_text("Every part is complete.").is_visible()
    page.get_by_role("button", name="Check your answers").click()
    page.get_by_role("button", name="Send your bid").click()
    assert page.get_by_text("CCF-2026-0001").is_visible()
