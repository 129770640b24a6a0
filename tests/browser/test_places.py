"""The pages about places in a real browser."""

import os
from pathlib import Path

import pytest

from communities.core.jobs import Job, run_waiting
from communities.framework.operations import load_framework
from communities.places.models import PriorityPlace
from communities.places.operations.demonstration import make_up_figures
from communities.places.operations.facts import load_places
from tests.browser.pages import NARROW, WIDE, flaws
from tests.cast import AT
from tests.communities.places.conftest import FILES

pytestmark = pytest.mark.django_db(transaction=True)


def held(page, name):
    """Right at both widths; keeps a picture where somebody asked for pictures."""
    if folder := os.environ.get("PICTURES"):
        for size, label in ((WIDE, "wide"), (NARROW, "narrow")):
            page.set_viewport_size(size)
            page.screenshot(path=Path(folder) / f"{name}-{label}.png", full_page=True)
    assert flaws(page) == []


@pytest.fixture
def shown(db):
    load_places()
    load_framework()
    make_up_figures(at=AT)
    PriorityPlace.objects.filter(code="TEN").update(
        strengths="A lifeboat crew, a brass band, three community gardens and a pier that people mend themselves."
    )


@pytest.mark.parametrize(
    ("typed", "sentence"), [("co152dl", "is in Tendring"), ("SS15 5BP", "not sure"), ("x", "full postcode")]
)
def test_a_postcode_is_checked(shown, site, typed, sentence):
    page = site(None, "/places/check/")
    page.get_by_label("Postcode").fill(typed)
    page.get_by_role("button", name="Check").click()
    assert sentence in page.content()
    held(page, f"check-{typed.split()[0]}")


def test_an_import_from_file_to_done(shown, site, carol):
    page = site(carol, "/office/communities/job/add/")
    held(page, "import-add")
    page.get_by_label("Index of Multiple Deprivation 2019").check()
    page.get_by_label("The file as it was published").set_input_files(FILES / "imd_2019.csv")
    page.get_by_role("button", name="Send a file to import").click()
    held(page, "import-sent")
    run_waiting()
    page.reload()
    held(page, "import-read")
    page.goto(page.url.replace("/change/", "/").rsplit("/job/", 1)[0] + "/job/")
    held(page, "import-list")


def test_a_preview_is_confirmed(shown, site, carol):
    page = site(carol, "/office/communities/job/add/")
    page.get_by_label("Postcodes with their small areas, worked out from a map").check()
    page.get_by_label("The file as it was published").set_input_files(FILES / "whole_county.csv")
    page.get_by_role("button", name="Send a file to import").click()
    run_waiting()
    page.reload()
    held(page, "import-ready")
    page.get_by_role("button", name="Import it").click()
    run_waiting()
    assert Job.objects.get().status == "applied"
