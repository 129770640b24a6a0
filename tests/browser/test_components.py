"""The gallery and the office's own pages in a real browser."""

from datetime import UTC, datetime

import pytest

from tests.browser.pages import covered, flaws, summary_links

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("address", ["/office/components/", "/office/components/?errors=1"])
def test_every_component_is_accessible_and_fits_a_small_screen(site, carol, address):
    page = site(carol, address)

    assert page.locator("h1").inner_text() == "Components"
    assert flaws(page) == []


def test_each_line_of_the_error_summary_leads_to_its_field(site, carol):
    page = site(carol, "/office/components/?errors=1")

    answers = summary_links(page)

    assert page.title().startswith("Error: Components")
    assert len(answers) == 12
    for words, is_control, described in answers:
        assert is_control, words
        assert words.split(": ")[-1].lower() in described.lower()


def test_the_summary_has_the_focus_when_the_page_opens(site, carol):
    page = site(carol, "/office/components/?errors=1")

    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"


def test_rows_are_added_and_removed_without_a_script(browser, live_server, client, carol, settings):
    settings.STAFF_SECOND_FACTOR = False
    client.force_login(carol, backend="allauth.account.auth_backends.AuthenticationBackend")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/office/components/")

    page.fill("#id_lines-1-what", "Two cookers")
    page.get_by_role("button", name="Add another cost").click()
    assert page.input_value("#id_lines-1-what") == "Two cookers"
    assert page.locator("#id_lines-2-what").count() == 1
    assert page.locator(".govuk-error-message").count() == 0

    page.get_by_role("button", name="Remove cost 1").click()
    assert page.input_value("#id_lines-0-what") == "Two cookers"
    context.close()


def test_enter_presses_the_pages_own_button_and_removes_nothing(site, carol):
    page = site(carol, "/office/components/")

    page.focus("#id_lines-0-what")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert page.input_value("#id_lines-0-what") == "Hall hire"
    assert page.title().startswith("Error:")


@pytest.mark.parametrize("size", [(1280, 900), (390, 844), (1280, 400)])
def test_the_action_bar_never_covers_what_has_the_focus(site, carol, size):
    page = site(carol, "/office/components/")
    page.set_viewport_size({"width": size[0], "height": size[1]})

    assert covered(page) == []


@pytest.fixture
def bids(asha):
    from tests.sample.models import Bid, Pot

    pot = Pot.objects.create(limit=5000)
    return [Bid.objects.create(pot=pot, owner=asha, status="sent", title=f"A shed {n}") for n in range(30)]


@pytest.fixture
def venue(bids):
    from tests.sample.models import Room, Venue

    for n in range(26):
        Venue.objects.create(name=f"Hall {n}", opens=datetime(2026, 1 + n % 3, 5, 9, tzinfo=UTC))
    venue = Venue.objects.create(name="Swan Meadow", kind="park", best=bids[3])
    Room.objects.create(venue=venue, name="Kitchen")
    return venue


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        ("/office/sample/bid/?q=shed&status__exact=sent&o=-2", "Bids"),
        ("/office/sample/bid/?q=nothing", "Bids"),
        ("/office/sample/venue/?kind__exact=hall&_facets=True", "Venues"),
        ("/office/sample/venue/add/", "Add venue"),
        ("/office/sample/venue/{venue}/change/", "Swan Meadow"),
        ("/office/sample/venue/export/", "Export"),
        ("/office/sample/venue/import/", "Import"),
        ("/office/no-such-page/", "Page not found"),
    ],
)
def test_office_pages_are_accessible_and_fit_a_small_screen(site, carol, venue, address, heading):
    page = site(carol, address.format(venue=venue.pk))

    assert page.locator("h1").inner_text() == heading
    assert flaws(page) == []


def test_a_page_to_read_only_is_accessible(site, fiona, venue):
    page = site(fiona, f"/office/sample/venue/{venue.pk}/change/")

    assert page.locator("h1").inner_text() == "Swan Meadow"
    assert page.locator("main input[type=text], main button").count() == 0
    assert flaws(page) == []


def test_a_change_page_with_errors_is_accessible_and_its_links_work(site, carol, venue):
    page = site(carol, f"/office/sample/venue/{venue.pk}/change/")
    page.fill("#id_rent", "lots")
    page.fill("#id_opens_0", "31/02/2027")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator(".govuk-error-summary").wait_for()

    answers = summary_links(page)

    assert page.title().startswith("Error:")
    assert [is_control for _, is_control, _ in answers] == [True, True]
    assert flaws(page) == []


def test_the_lookup_finds_as_you_type(site, carol, bids, venue):
    page = site(carol, f"/office/sample/venue/{venue.pk}/change/")
    field = page.get_by_role("combobox", name="Best")

    field.fill("shed 17")
    page.get_by_role("option", name="Bid").first.wait_for()
    assert flaws(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert field.input_value() == "Bid " + str(bids[17].pk)
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator(".govuk-notification-banner--success").wait_for()

    venue.refresh_from_db()
    assert venue.best == bids[17]


def test_a_row_is_added_to_a_table_and_saved(site, carol, venue):
    page = site(carol, f"/office/sample/venue/{venue.pk}/change/")

    page.get_by_role("button", name="Add another Room").first.click()
    page.fill("#id_rooms-1-name", "Hall")
    assert flaws(page) == []
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator(".govuk-notification-banner--success").wait_for()

    assert list(venue.rooms.values_list("name", flat=True)) == ["Kitchen", "Hall"]


def test_ticked_rows_are_acted_on(site, carol, venue):
    page = site(carol, "/office/sample/venue/")
    page.get_by_role("checkbox").nth(1).check()
    page.select_option("select[name=action]", "close")
    page.get_by_role("button", name="Go").click()
    page.wait_for_load_state()

    assert type(venue).objects.filter(is_open=False).count() == 1


def test_an_import_shows_what_it_would_change_first(site, carol, venue):
    page = site(carol, "/office/sample/venue/import/")
    content = b"id,name,rent,seats,about\n,New hall,20,30,'=1+1\n"
    page.set_input_files("#id_import_file", {"name": "venues.csv", "mimeType": "text/csv", "buffer": content})
    page.select_option("#id_format", label="CSV")
    page.get_by_role("button", name="Show what would change").click()

    page.get_by_role("cell", name="New hall").wait_for()
    assert flaws(page) == []
    page.get_by_role("button", name="Import these rows").click()
    page.get_by_text("Import finished").wait_for()
    assert type(venue).objects.get(name="New hall").about == "=1+1"
