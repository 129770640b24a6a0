"""What is said of a postcode, a place and a figure; and what is said when nothing is loaded."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communities.places import queries
from communities.places.models import Area, PriorityPlace, Publication
from communities.places.operations.boundaries import NewPart, define
from communities.places.queries.boundaries import Spot, boundary, current_places, small_areas, verdict
from tests.cast import AT
from tests.communities.places.conftest import FILES, importing, written
from tests.communities.places.test_imports import areas  # noqa: F401  a fixture

FIGURES = {
    "postcodes/Code-Point Open 2025.4": "code_point.csv",
    "postcodes/Postcodes to small areas 2025": "postcode_lsoa.csv",
    "imd/2019": "imd_2019.csv",
    "imd/2025": "imd_2025.csv",
    "population/Mid-2015": "denominators.csv",
    "population/Census 2021": "census.csv",
    "rural_urban/2021": "rural.csv",
    "cni/2019": "need.csv",
}


@pytest.fixture
def loaded(areas, carol):  # noqa: F811
    for about, name in FIGURES.items():
        written(FILES / name, about, carol)


def readings(found):
    return {each.key: each.value for each in found.readings}


@pytest.mark.parametrize("typed", ["CO15 2DL", "co152dl", " Co15  2dl. ", "CO1 52DL"])
def test_postcodes_are_read_however_they_are_typed(typed):
    assert queries.normalise(typed) == "CO15 2DL"


@pytest.mark.parametrize("typed", ["", "CO15", "12345", "CO15 2DLX", "C015 2DL!!x"])
def test_what_is_no_postcode_is_not_made_into_one(typed):
    assert queries.normalise(typed) == ""


def test_a_postcode_finds_its_areas_place_and_deciles_with_their_release(loaded):
    found = queries.lookup("co15 2dl")
    assert (found.pcds, found.lsoa, found.district) == ("CO15 2DL", "Tendring 001A", "Tendring")
    assert found.ward == "Seaside and Pier"
    assert (found.verdict.answer, found.place.code) == ("in", "TEN")
    assert found.verdict.sentence == "CO15 2DL is in Tendring, one of our priority places."
    assert readings(found) == {
        "imd-2019-decile": "1",
        "imd-2025-decile": "1",
        "rural_urban-2021-rural": "Urban: Further from a major town or city",
        "cni-2019-rank": "10",
    }


def test_many_postcodes_are_told_apart_for_the_queries_of_one(loaded, django_assert_num_queries):
    typed = ["CO15 2DL", "co16 1aa", "SS15 5BP", "CM2 9AA", "nowhere", "-"]
    with CaptureQueriesContext(connection) as one:
        queries.lookup("CO15 2DL")
    with django_assert_num_queries(len(one)):
        found = queries.lookups(typed)
    assert found == {each: queries.lookup(each) for each in typed}
    assert len({each.verdict for each in found.values()}) > 3


def test_each_release_is_read_on_the_areas_of_its_own_year(loaded):
    values = readings(queries.lookup("CO16 1AA"))
    assert (values["imd-2019-decile"], values["imd-2025-decile"]) == ("4", "4")
    assert values["cni-2019-rank"] == "1,514"


def test_a_candidate_boundary_never_says_no(loaded, carol):
    outside_the_rule = queries.verdict(Spot("E07000066", {}, {2011: "E01000099"}), "SS15 5BP")
    assert (outside_the_rule.answer, outside_the_rule.place.code) == ("not_sure", "BAS")
    assert "talk to us" in outside_the_rule.advice.lower()


def test_inside_a_candidate_boundary_is_said_with_care(loaded):
    found = queries.lookup("SS15 5BP")
    assert (found.verdict.answer, found.place.code) == ("in", "BAS")
    assert "looks to be in" in found.verdict.sentence


def test_elsewhere_in_the_county_is_pointed_to_the_cohorts(loaded):
    said = verdict(Spot("E07000070", {}, {}), "CM2 9AA")
    assert (said.answer, said.place) == ("elsewhere", None)
    assert "anywhere in the county" in said.advice


def test_an_unknown_postcode_is_no_refusal(loaded):
    found = queries.lookup("CM2 9AA")
    assert (found.known, found.verdict.answer, found.place) == (False, "unknown", None)
    assert "does not stop you" in found.verdict.advice


def test_without_any_data_the_measures_read_not_loaded(facts):
    found = queries.lookup("CO15 2DL")
    assert found.verdict.answer == "unknown"
    assert set(readings(found).values()) == {"not loaded"}
    assert str(queries.residents()) == "not loaded"
    assert str(queries.deprived_residents()) == "not loaded"
    assert "Index of Multiple Deprivation, 2019" in queries.deprived_residents().source
    assert {str(each) for each in queries.residents_by_decile().values()} == {"not loaded"}


def test_a_certain_district_needs_no_data_but_the_postcode(small, carol):
    importing(FILES / "code_point.csv", "postcodes/Code-Point Open 2025.4", carol)
    assert queries.place_of("CO15 2DL").code == "TEN"
    assert queries.lookup("SS15 5BP").verdict.answer == "not_sure"
    assert queries.lookup("CO15 2DL").ward == ""


def test_wards_of_either_year_make_canvey(facts):
    for spot in (Spot("E07000069", {0: "E05015694"}), Spot("E07000069", {2017: "E05004085"})):
        assert verdict(spot, "SS8 0AA").place.code == "CAN"
    assert verdict(Spot("E07000069", {0: "E05015700"})).answer == "not_sure"
    assert verdict(Spot("E07000069", {2017: "E05004080", 2024: "E05015690"})).answer == "elsewhere"


def test_people_in_the_most_deprived_fifth_are_counted_with_index_and_base_named(loaded):
    figure = queries.deprived_residents("2019", "Mid-2015")
    assert (figure.value, figure.areas) == (1500 + 1700 + 1400, 3)
    assert (
        figure.source
        == "Index of Multiple Deprivation, 2019; Population, Mid-2015; Residents in mid-2015, without prisoners"
    )
    assert queries.deprived_residents("2025", "Census 2021").value == 1510 + 1420
    assert queries.deprived_residents("2019", "Mid-2015", field="age_0_15").value == 300 + 350 + 200


def test_an_index_and_a_population_of_different_years_are_not_added(loaded):
    figure = queries.deprived_residents("2019", "Census 2021")
    assert (figure.value, str(figure)) == (None, "not loaded")
    assert "different years" in figure.source


def test_the_tenths_add_up_to_everybody(loaded):
    tenths = queries.residents_by_decile("2019", "Mid-2015")
    assert sum(figure.value for figure in tenths.values()) == 6200
    assert tenths[10].value == 0


def test_residents_of_a_place_follow_its_boundary(loaded):
    places = {place.code: place for place in current_places()}
    assert queries.residents("Census 2021", places["TEN"]).value == 1510 + 810 + 820
    assert queries.residents("Census 2021", places["BAS"]).value == 1710 + 1420
    assert queries.residents("Mid-2015", places["BAS"]).value == 1700 + 1400
    assert queries.residents("Census 2021", places["HAR"]).value is None


def test_small_areas_are_carried_to_another_year_and_back(loaded, carol):
    tendring = PriorityPlace.objects.get(code="TEN")
    parts = [NewPart("lsoa", "E01000021", 2021), NewPart("lsoa", "E01000001", 2021)]
    define(
        tendring,
        parts,
        certainty="candidate",
        decided_by="",
        note="Half.",
        valid_from=date(2026, 1, 1),
        by=carol,
        at=AT,
    )
    definition = boundary(next(each for each in current_places() if each.code == "TEN"))
    assert small_areas(definition, 2021) == {"E01000001", "E01000021"}
    assert small_areas(definition, 2011) == {"E01000001", "E01000002"}


def test_what_a_bid_keeps_of_a_postcode(loaded):
    kept = queries.lookup("CO15 2DL").as_facts()
    assert (kept["place"], kept["lsoa"]) == ("TEN", {"2011": "E01000001", "2021": "E01000001"})
    assert kept["measures"]["imd-2019-decile"] == "1"


def test_a_lookup_costs_the_same_however_much_is_loaded(loaded, django_assert_max_num_queries):
    with django_assert_max_num_queries(11):
        queries.lookup("SS15 5BP")


def test_every_release_the_council_uses_is_shown_even_when_missing(facts):
    Publication.objects.create(
        kind="imd", release="2030", layout="imd", title="Index of 2030", file_name="x", publisher="x", licence="x",
        attribution="x", level="lsoa", vintage=2021,
    )  # fmt: skip
    assert "imd-2030-decile" in readings(queries.lookup("CO15 2DL"))


def test_made_up_areas_are_no_part_of_what_a_file_must_hold(areas, carol):  # noqa: F811
    Area.objects.create(level="lsoa", code="E01999999", vintage=2011, name="Made up", is_demo=True)
    assert importing(FILES / "imd_2019.csv", "imd/2019", carol).status == "applied"
