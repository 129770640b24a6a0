"""The real published files, where this machine has them: they import, and the known figures come out."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from communities.core.jobs import Job, run_waiting
from communities.places import queries
from communities.places.models import Area, Dataset, Postcode, PriorityPlace

pytestmark = pytest.mark.slow

RELEASES = {
    "lookup/Small areas 2011 to 2021": "geography/lsoa11_lsoa21_lad22_essex.csv",
    "lookup/Small areas 2011 to wards 2017": "geography/lsoa11_wd17_lad17_essex.csv",
    "lookup/Small areas 2021 to wards 2024": "geography/lsoa21_wd24_lad24_essex.csv",
    "lookup/Wards 2025": "geography/wd25_lad25_essex.csv",
    "postcodes/Code-Point Open 2025.4": "postcodes/codepoint_open_2025_11_essex.csv",
    "postcodes/Postcodes to small areas 2025": "postcodes/postcode_lsoa_ward_essex.csv",
    "postcodes/ONSPD November 2025": "postcodes/onspd_nov2025_shape_essex_sample.csv",
    "imd/2019": "imd/iod2019_file1_imd_essex.csv",
    "imd/2025": "imd/iod2025_file1_imd_essex.csv",
    "domains/2019": "imd/iod2019_domain_ranks_deciles_essex.csv",
    "domains/2025": "imd/iod2025_domain_scores_ranks_deciles_essex.csv",
    "population/Mid-2015": "imd/iod2019_file6_population_denominators_essex.csv",
    "population/Mid-2020": "population/mid2020_lsoa11_single_year_of_age_essex.csv",
    "population/Census 2021": "population/census2021_usual_residents_lsoa21_essex.csv",
    "rural_urban/2021": "geography/ruc21_lsoa21_essex.csv",
    "cni/2019": "cni/cni2019_ward17_essex.csv",
}


def imported(client, path, about):
    """As an officer does it: send the file on the page, look at the preview, press the button."""
    upload = SimpleUploadedFile(path.name, path.read_bytes(), "text/csv")
    client.post(reverse("admin:communities_job_add"), {"what": f"official:{about}", "file": upload})
    run_waiting()
    client.post(reverse("admin:communities_job_step", args=[Job.objects.latest("pk").pk, "confirm"]))
    run_waiting()
    return Job.objects.latest("pk")


def test_the_published_files_import_and_give_the_known_figures(reference, carol, client, settings):
    settings.STAFF_SECOND_FACTOR = False
    client.force_login(carol, backend="allauth.account.auth_backends.AuthenticationBackend")
    for about, name in RELEASES.items():
        job = imported(client, reference / name, about)
        assert (job.about, job.status, job.problems) == (about, "applied", [])
    assert Area.objects.filter(level="lsoa", vintage=2011).count() == 872
    assert Area.objects.filter(level="lsoa", vintage=2021).count() == 903
    assert Postcode.objects.filter(dataset__release="Code-Point Open 2025.4").count() == 39_926
    assert Dataset.objects.get(kind="imd", release="2025").rows == 903

    most_deprived = queries.deprived_residents("2019", "Mid-2015")
    assert (most_deprived.value, most_deprived.areas) == (123_640, 75)
    assert str(most_deprived) == "123,640"
    assert queries.deprived_residents("2019", "Mid-2020").value == 127_406
    assert queries.deprived_residents("2025", "Census 2021").value == 146_957
    assert queries.deprived_residents("2019", "Mid-2015", field="age_0_15").value == 26_413
    assert queries.deprived_residents("2019", "Census 2021").value is None

    jaywick = queries.lookup("co152dl")
    assert (jaywick.lsoa, jaywick.place.code, jaywick.verdict.answer) == ("Tendring 018A", "TEN", "in")
    deciles = {each.release: each.value for each in jaywick.readings if each.key.startswith("imd")}
    assert deciles == {"2019": "1", "2025": "1"}

    laindon = queries.lookup("SS15 5BP")
    assert (laindon.verdict.answer, laindon.verdict.place.code) == ("not_sure", "BAS")
    assert {each.key: each.value for each in laindon.readings}["cni-2019-rank"] == "1"

    places = {place.code: place for place in PriorityPlace.objects.all()}
    expected = {"TEN": 148_294, "HAR": 93_338, "CAN": 38_335, "BRA": 54_091, "BAS": 43_894, "COL": 19_548}
    assert {code: queries.residents("Census 2021", place).value for code, place in places.items()} == expected
