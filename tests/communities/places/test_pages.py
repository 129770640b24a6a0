"""Visitors read about places and check a postcode without an account; nothing here is a league table."""

import pytest
from django.urls import reverse

from communities.framework.operations import load_framework
from communities.places.models import Dataset, PriorityPlace
from tests.cast import AT
from tests.communities.places.conftest import FILES, importing
from tests.communities.places.test_imports import areas  # noqa: F401  a fixture
from tests.communities.places.test_queries import loaded  # noqa: F401  a fixture


def text(response):
    return " ".join(response.content.decode().split())


def check(client, postcode):
    return client.post(reverse("postcode_check"), {"postcode": postcode})


def test_the_places_stand_in_the_papers_order_without_figures(client, facts):
    page = text(client.get(reverse("place_list")))
    names = [
        "Tendring",
        "Basildon housing estates",
        "Colchester housing estates",
        "Harlow",
        "Rural Braintree",
        "Canvey",
    ]
    assert [page.index(name) for name in names] == sorted(page.index(name) for name in names)
    assert "residents" not in page.lower()


def test_a_place_opens_with_what_people_do_there(client, facts):
    PriorityPlace.objects.filter(code="CAN").update(strengths="The carnival, the sea wall walkers, the lunch club.")
    page = text(client.get("/places/can/"))
    assert page.index("The carnival") < page.index("Where it is") < page.index("What official figures say")
    assert "Canvey Island Winter Gardens (ward of 2017)" in page


def test_a_place_without_data_reads_not_loaded_never_nought(client, facts):
    page = text(client.get("/places/ten/"))
    assert "not loaded" in page
    assert ">0<" not in page


def test_figures_of_a_place_name_their_release(client, loaded):  # noqa: F811
    page = text(client.get("/places/ten/"))
    assert "3,140" in page
    assert "Population, Census 2021; Usual residents on 21 March 2021" in page


def test_an_unsettled_place_says_so_and_asks_people_to_talk(client, facts):
    page = text(client.get("/places/bas/"))
    assert "has not been settled" in page
    assert "deciles" not in page


def test_wards_of_the_paper_stand_on_the_page_of_their_district(client, facts):
    load_framework()
    assert "Golf Green, number 10 of ten" in text(client.get("/places/ten/"))
    assert "number" not in text(client.get("/places/har/"))


@pytest.mark.parametrize("code", ["xyz", "ten2"])
def test_places_that_do_not_exist_are_not_found(client, facts, code):
    assert client.get(f"/places/{code}/").status_code == 404


def test_a_postcode_in_a_place_is_told_so_with_its_figures(client, loaded):  # noqa: F811
    response = check(client, "co152dl")
    page = text(response)
    assert response.status_code == 200
    assert "CO15 2DL is in Tendring, one of our priority places." in page
    assert "Tendring 001A" in page
    assert "Index of Multiple Deprivation 2019" in page


def test_a_postcode_on_an_unsettled_edge_is_asked_to_talk_to_us(client, small, carol):
    importing(FILES / "code_point.csv", "postcodes/Code-Point Open 2025.4", carol)
    page = text(check(client, "SS15 5BP"))
    assert "We are not sure whether SS15 5BP is in Basildon housing estates." in page
    assert "Talk to us" in page


def test_an_unknown_postcode_is_no_error(client, facts):
    response = check(client, "CM2 9AA")
    assert response.status_code == 200
    assert "That does not stop you." in text(response)


@pytest.mark.parametrize(("typed", "sentence"), [("", "Enter a postcode"), ("Clacton", "Enter a full postcode")])
def test_what_is_no_postcode_is_said_and_stays_in_the_field(client, facts, typed, sentence):
    response = check(client, typed)
    assert response.status_code == 400
    assert sentence in text(response)
    assert f'value="{typed}"' in text(response) or not typed


def test_the_data_page_credits_what_is_loaded_and_names_what_is_not(client, loaded):  # noqa: F811
    page = text(client.get(reverse("about_data")))
    assert "Contains public sector information licensed under the Open Government Licence v3.0." in page
    assert page.index("Not loaded") < page.index("Domains of deprivation 2019")
    assert page.index("Index of Multiple Deprivation 2019") < page.index("Not loaded")


def test_made_up_figures_are_marked(client, facts):
    Dataset.objects.create(
        kind="imd", release="2019", title="Index", publisher="x", licence="x", attribution="x", sha256="0" * 64, rows=1,
        imported_at=AT, is_demo=True,
    )  # fmt: skip
    page = text(client.get(reverse("about_data")))
    assert "No official figures have been loaded yet." in page
    assert "not official and describe nowhere" in page


def test_the_purpose_page_quotes_the_paper_beside_what_we_count(client, facts):
    load_framework()
    page = text(client.get(reverse("purpose")))
    assert "123,000" in page
    assert "not loaded" in page
    assert "Help people feel well and less lonely" in page
    assert "Goal 8: Good health &amp; well being" in page


def test_the_pages_cost_the_same_queries_every_time(client, loaded, django_assert_max_num_queries):  # noqa: F811
    with django_assert_max_num_queries(12):
        client.get(reverse("place_list"))
    with django_assert_max_num_queries(45):
        client.get("/places/can/")
