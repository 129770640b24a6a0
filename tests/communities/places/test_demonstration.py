"""Made-up figures show how the pages look, say that they are made up, and give way to real ones."""

from communities.places import queries
from communities.places.models import Area, Dataset
from communities.places.operations.demonstration import make_up_figures
from communities.places.queries.boundaries import current_places
from tests.cast import AT
from tests.communities.places.conftest import FILES, written
from tests.communities.places.test_imports import LOOKUPS


def test_every_place_has_people_and_every_figure_is_marked(facts):
    make_up_figures(at=AT)
    for place in current_places():
        figure = queries.residents("Census 2021", place)
        assert figure.value, place
        assert figure.is_demo
    assert queries.deprived_residents().is_demo
    assert set(Dataset.objects.values_list("is_demo", flat=True)) == {True}


def test_the_postcodes_of_the_demonstration_answer(facts):
    make_up_figures(at=AT)
    answers = {code: queries.lookup(code).verdict for code in ("CO15 2DL", "SS15 5BP", "SS8 0AA", "CM2 9AA")}
    assert [str(each.answer) for each in answers.values()] == ["in", "not_sure", "in", "elsewhere"]
    assert answers["SS8 0AA"].place.code == "CAN"
    assert all(each.is_demo for each in queries.lookup("CO15 2DL").readings)


def test_making_them_up_again_changes_nothing(facts):
    make_up_figures(at=AT)
    before = Area.objects.count()
    make_up_figures(at=AT)
    assert Area.objects.count() == before


def test_real_releases_take_their_place(small, carol):
    make_up_figures(at=AT)
    Area.objects.create(level="ward", code="E05000101", vintage=2017, name="Made up", is_demo=True)
    for about, name in {**LOOKUPS, "imd/2019": "imd_2019.csv", "population/Mid-2015": "denominators.csv"}.items():
        written(FILES / name, about, carol)
    assert Area.objects.get(code="E05000101", vintage=2017).name == "Seaside"
    figure = queries.deprived_residents("2019", "Mid-2015")
    assert (figure.value, figure.is_demo) == (4600, False)
    written(FILES / "postcode_lsoa.csv", "postcodes/Postcodes to small areas 2025", carol)
    assert queries.lookup("CO15 2DL").lsoa == "Tendring 001A"
