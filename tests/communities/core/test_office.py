"""The office shows people what they may see, and keeps a record of what they change."""

import pytest
from django.urls import reverse

from communities.core.models import Event
from tests.sample.models import Bid, Pot, Room, Venue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def pot():
    return Pot.objects.create(limit=500)


@pytest.fixture
def bid(pot, asha):
    return Bid.objects.create(pot=pot, owner=asha, status="sent", title="A shed", amount=75)


@pytest.fixture
def venue(bid):
    return Venue.objects.create(name="Swan Meadow", best=bid)


def page(client, user, address, **kwargs):
    client.force_login(user)
    return client.get(address, **kwargs)


def form(venue, **more):
    rows = {f"{prefix}-{name}": "0" for prefix in ("rooms", "rooms-2") for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    fields = {"name": venue.name, "rent": "10", "seats": "3", "kind": "hall", "about": "", "opens_0": "", "opens_1": ""}
    return {**fields, **rows, **more}


def test_people_who_do_not_work_there_are_refused(client, asha):
    assert page(client, asha, "/office/", follow=True).status_code == 403


def test_visitors_are_asked_to_sign_in_and_come_back(client):
    response = client.get("/office/sample/bid/")

    assert response.status_code == 302
    assert "next=/office/sample/bid/" in response["Location"]


def test_the_first_page_lists_only_what_a_role_may_see(client, carol, fiona):
    assert "/office/sample/pot/" in page(client, carol, "/office/").content.decode()
    assert "/office/sample/pot/" not in page(client, fiona, "/office/").content.decode()


def test_a_list_shows_names_amounts_and_states(client, carol, bid):
    html = page(client, carol, "/office/sample/bid/").content.decode()

    assert "A shed<span" in html
    assert "£75" in html
    assert '<strong class="govuk-tag">Received</strong>' in html


@pytest.mark.parametrize("suffix", ["change/", "history/", "delete/", "step/fund/"])
def test_what_somebody_may_not_see_does_not_exist(client, fiona, bid, suffix):
    assert page(client, fiona, f"/office/sample/bid/{bid.pk}/{suffix}").status_code in (403, 404)


def test_a_thing_that_is_not_there_is_not_found(client, carol):
    assert page(client, carol, "/office/sample/venue/99/change/").status_code == 404


def test_those_who_may_only_look_cannot_change(client, fiona, venue):
    html = page(client, fiona, f"/office/sample/venue/{venue.pk}/change/").content.decode()
    answer = client.post(f"/office/sample/venue/{venue.pk}/change/", form(venue, name="Mine"))

    assert 'name="_save"' not in html
    assert answer.status_code == 403


@pytest.mark.parametrize("act", ["import", "export"])
def test_taking_rows_out_or_in_is_a_right_of_its_own(client, carol, fiona, act):
    assert page(client, carol, f"/office/sample/venue/{act}/").status_code == 200
    assert page(client, fiona, f"/office/sample/venue/{act}/").status_code == 403


def test_an_export_is_recorded_and_safe(client, carol, venue):
    Venue.objects.update(about="=cmd()")
    client.force_login(carol)

    response = client.post("/office/sample/venue/export/", {"format": "0", "resource": "0"})

    assert "'=cmd()" in response.content.decode()
    event = Event.objects.get(verb="venue.exported")
    assert (event.actor, event.detail.data) == (carol, {"rows": 1})


def test_an_edit_leaves_an_event_with_before_and_after(client, carol, venue):
    client.force_login(carol)

    response = client.post(f"/office/sample/venue/{venue.pk}/change/", form(venue, rent="£12.50"))

    assert response.status_code == 302
    event = Event.objects.get(verb="venue.changed")
    assert event.actor == carol
    assert event.detail.data["rent"] == ["0.00", "12.50"]


def test_the_history_of_a_row_is_its_events(client, carol, venue):
    client.force_login(carol)
    client.post(f"/office/sample/venue/{venue.pk}/change/", form(venue, seats="40"))

    html = client.get(f"/office/sample/venue/{venue.pk}/history/").content.decode()

    assert "Changed" in html
    assert "Carol Reed" in html


def test_errors_of_fields_and_rows_are_listed_with_links(client, carol, venue):
    Room.objects.create(venue=venue, name="Kitchen")
    client.force_login(carol)
    typed = form(venue, name="", rent="lots")

    html = client.post(f"/office/sample/venue/{venue.pk}/change/", typed).content.decode()

    assert "<title>Error: " in html
    assert '<a href="#id_name">Enter the name</a>' in html
    assert '<a href="#id_rent">The amount must be a number' in html
    assert 'value="lots"' in html


def test_status_and_version_cannot_be_typed_in(client, carol, bid):
    client.force_login(carol)
    client.post(f"/office/sample/bid/{bid.pk}/change/", {"status": "funded", "version": 9})

    bid.refresh_from_db()
    assert (bid.status, bid.version) == ("sent", 1)


def test_nothing_can_be_deleted_unless_a_room_says_so(client, carol, venue):
    assert page(client, carol, f"/office/sample/venue/{venue.pk}/delete/").status_code == 403
    assert "delete_selected" not in client.get("/office/sample/venue/").content.decode()


def test_the_lookup_offers_only_what_the_person_may_see(client, carol, fiona, bid):
    query = {"term": "shed", "app_label": "sample", "model_name": "venue", "field_name": "best"}

    client.force_login(carol)
    assert [row["id"] for row in client.get("/office/autocomplete/", query).json()["results"]] == [str(bid.pk)]
    client.force_login(fiona)
    assert client.get("/office/autocomplete/", query).status_code == 403


def test_a_filter_names_only_what_the_person_may_see(client, carol, fiona, venue):
    assert f"best__id__exact={venue.best_id}" in page(client, carol, "/office/sample/venue/").content.decode()
    assert "best__id__exact=" not in page(client, fiona, "/office/sample/venue/").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_costs_the_same_queries_however_long(client, carol, bid, rows, django_assert_max_num_queries):
    for number in range(rows):
        Venue.objects.create(name=f"Hall {number}")
    client.force_login(carol)
    client.get("/office/sample/venue/")

    with django_assert_max_num_queries(14):
        client.get("/office/sample/venue/")


def test_a_list_without_end_is_counted_up_to_a_point_and_can_be_turned_further(client, carol, bid, monkeypatch):
    from communities.core.paging import CountedSoFar

    monkeypatch.setattr(CountedSoFar, "MOST", 50)
    Bid.objects.bulk_create(Bid(pot=bid.pot, owner=bid.owner, title=f"Shed {n}", amount=1) for n in range(130))
    html = page(client, carol, "/office/sample/bid/").content.decode()
    assert "more than 50 bids" in html
    assert 'href="?p=3"' in html
    further = page(client, carol, "/office/sample/bid/?p=6")
    assert len(further.context["cl"].result_list) == 6  # 131 are five pages of 25 and these
    assert 'href="?p=7"' in further.content.decode()


def test_a_list_with_an_end_is_counted_to_it(client, carol, bid):
    Bid.objects.bulk_create(Bid(pot=bid.pot, owner=bid.owner, title=f"Shed {n}", amount=1) for n in range(29))
    last = page(client, carol, "/office/sample/bid/?p=2")
    assert "30 bids" in last.content.decode()
    assert len(last.context["cl"].result_list) == 5
    assert page(client, carol, "/office/sample/bid/?p=3").status_code == 302


def test_the_page_of_all_components_is_for_the_office_only(client, carol, asha):
    assert page(client, carol, reverse("admin:components")).status_code == 200
    assert page(client, asha, reverse("admin:components"), follow=True).status_code == 403


def test_no_style_or_script_stands_in_a_page(client, carol, bid, venue):
    for address in (
        "/office/",
        "/office/sample/venue/",
        f"/office/sample/venue/{venue.pk}/change/",
        "/office/components/",
    ):
        html = page(client, carol, address).content.decode()
        assert "<style" not in html
        assert " style=" not in html
        assert "onclick" not in html
        assert [tag for tag in html.split("<script")[1:] if "src=" not in tag.split(">")[0]] == []


def test_money_that_is_only_read_is_shown_as_money(client, fiona, venue):
    Venue.objects.update(rent="1250.50")
    Room.objects.create(venue=venue, name="Kitchen", rent=25)
    html = page(client, fiona, f"/office/sample/venue/{venue.pk}/change/").content.decode()
    assert '<div class="app-readonly">£1,250.50</div>' in html
    assert "<p>£25</p>" in html
    assert "1250.50" not in html
