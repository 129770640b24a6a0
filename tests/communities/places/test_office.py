"""Officers' pages: imports with a preview, boundaries, releases; nothing is renamed in place."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from communities.core.jobs import Job, run_waiting
from communities.framework.models import Cohort, Goal, Indicator
from communities.framework.operations import load_framework
from communities.places.models import Area, Dataset, PlaceDefinition, PriorityPlace, Publication
from tests.communities.places.conftest import FILES, importing
from tests.communities.places.test_imports import areas  # noqa: F401  a fixture


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def office(client):
    def visit(user):
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return visit


def text(response):
    return " ".join(response.content.decode().split())


def page(model, kind, *args):
    return reverse(f"admin:communities_{model}_{kind}", args=args)


def upload(name="imd_2019.csv", content=None):
    return SimpleUploadedFile(name, content or (FILES / name).read_bytes(), "text/csv")


def test_an_officer_sends_a_file_sees_the_preview_and_says_yes(areas, carol, office):  # noqa: F811
    client = office(carol)
    response = client.post(page("job", "add"), {"what": "official:imd/2019", "file": upload()})
    job = Job.objects.latest("pk")
    assert response["Location"] == page("job", "change", job.pk)
    assert "The file is being read" in text(client.get(response["Location"]))
    run_waiting()
    preview = text(client.get(response["Location"]))
    assert "Ready to import" in preview
    assert "4 small areas with 2 figures each" in preview
    assert "E01000001" in preview
    client.post(page("job", "step", job.pk, "confirm"))
    run_waiting()
    job.refresh_from_db()
    assert job.status == "applied"
    assert "Imported" in text(client.get(response["Location"]))


def test_problems_are_shown_by_line_and_nothing_can_be_confirmed(areas, carol, office):  # noqa: F811
    client = office(carol)
    content = (FILES / "imd_2019.csv").read_bytes().replace(b",4000,2", b",4000,12", 1)
    client.post(page("job", "add"), {"what": "official:imd/2019", "file": upload(content=content)})
    run_waiting()
    job = Job.objects.latest("pk")
    shown = text(client.get(page("job", "change", job.pk)))
    assert "Line 4: E01000011: “12” is not a decile from 1 to 10." in shown
    assert "Import it" not in shown
    assert client.post(page("job", "step", job.pk, "confirm")).status_code == 409


@pytest.mark.parametrize(
    ("what", "file", "sentence"),
    [
        ("", "imd_2019.csv", "Select what is in the file"),
        ("official:imd/2019", None, "Choose a file"),
        ("official:imd/2019", "x.pdf", "must be a CSV or XLSX"),
    ],
)
def test_a_wrong_upload_is_told_and_keeps_the_choice(facts, carol, office, what, file, sentence):
    content = upload(file, b"%PDF-1.7") if file == "x.pdf" else upload(file) if file else ""
    response = office(carol).post(page("job", "add"), {"what": what, "file": content})
    assert response.status_code == 400
    assert sentence in text(response)
    assert not Job.objects.exists()


def test_those_who_may_not_import_do_not_find_the_page(facts, fiona, office):
    client = office(fiona)
    assert client.get(page("job", "add")).status_code == 404
    assert client.post(page("job", "add"), {"what": "official:imd/2019", "file": upload()}).status_code == 404


def test_groups_find_nothing_of_the_office(facts, asha, office):
    client = office(asha)
    for address in (page("job", "changelist"), page("dataset", "changelist"), page("priorityplace", "changelist")):
        assert client.get(address).status_code in {302, 403, 404}


def test_a_boundary_is_drawn_anew_from_codes(areas, grace, office):  # noqa: F811
    client, place = office(grace), PriorityPlace.objects.get(code="BAS")
    assert "Draw the boundary anew" in text(client.get(page("priorityplace", "change", place.pk)))
    typed = {
        "areas": "lsoa 2021", "codes": "E01000011\nE01000012", "certainty": "certain", "decided_by": "Cabinet",
        "valid_from_day": "1", "valid_from_month": "9", "valid_from_year": "2026", "note": "The estates.",
    }  # fmt: skip
    response = client.post(page("priorityplace", "act", place.pk, "boundary"), typed)
    assert response["Location"] == page("priorityplace", "change", place.pk)
    assert PlaceDefinition.objects.get(place=place, valid_to=None).parts.count() == 2


def test_a_boundary_with_unknown_codes_keeps_what_was_typed(areas, grace, office):  # noqa: F811
    place = PriorityPlace.objects.get(code="BAS")
    typed = {
        "areas": "lsoa 2021", "codes": "E01000099", "certainty": "candidate", "valid_from_day": "1",
        "valid_from_month": "9", "valid_from_year": "2026", "note": "The estates of the north.",
    }  # fmt: skip
    response = office(grace).post(page("priorityplace", "act", place.pk, "boundary"), typed)
    assert response.status_code == 400
    assert "We do not know E01000099." in text(response)
    assert "The estates of the north." in text(response)
    typed["certainty"] = "certain"
    assert "Enter who decided it" in text(office(grace).post(page("priorityplace", "act", place.pk, "boundary"), typed))


def test_what_a_place_is_called_cannot_be_edited(facts, carol, office):
    place = PriorityPlace.objects.get(code="TEN")
    typed = {
        "name": "Other",
        "code": "OTH",
        "strengths": "The pier.",
        "definitions-TOTAL_FORMS": 0,
        "definitions-INITIAL_FORMS": 0,
    }
    office(carol).post(page("priorityplace", "change", place.pk), typed)
    place.refresh_from_db()
    assert (place.name, place.code, place.strengths) == ("Tendring", "TEN", "The pier.")


def test_a_senior_officer_withdraws_a_release_with_a_reason(areas, carol, grace, office):  # noqa: F811
    importing(FILES / "imd_2019.csv", "imd/2019", carol)
    row = Dataset.objects.get(kind="imd")
    assert office(carol).get(page("dataset", "act", row.pk, "withdraw")).status_code == 404
    client = office(grace)
    assert client.post(page("dataset", "act", row.pk, "withdraw"), {"reason": ""}).status_code == 400
    client.post(page("dataset", "act", row.pk, "withdraw"), {"reason": "The wrong file."})
    row.refresh_from_db()
    assert row.withdrawn_because == "The wrong file."
    assert "Withdrawn: The wrong file." in text(client.get(page("dataset", "changelist")))


def test_an_imported_release_keeps_its_name(areas, carol, office):  # noqa: F811
    importing(FILES / "imd_2019.csv", "imd/2019", carol)
    used = Publication.objects.get(kind="imd", release="2019")
    free = Publication.objects.get(kind="imd", release="2025")
    client = office(carol)
    assert 'name="release"' not in text(client.get(page("publication", "change", used.pk)))
    assert 'name="release"' in text(client.get(page("publication", "change", free.pk)))


@pytest.mark.parametrize("model", ["area", "areameasure", "postcode", "placedefinition"])
def test_official_data_is_read_only(areas, carol, office, model):  # noqa: F811
    client = office(carol)
    assert client.get(page(model, "changelist")).status_code == 200
    assert client.get(page(model, "add")).status_code == 403


def test_areas_can_be_searched_and_read(areas, carol, office):  # noqa: F811
    client = office(carol)
    assert "Tendring 001A" in text(client.get(page("area", "changelist"), {"q": "E01000001"}))
    area = Area.objects.get(code="E01000001", vintage=2011)
    assert client.get(page("area", "change", area.pk)).status_code == 200


def test_an_import_that_waits_is_on_the_front_page(areas, carol, fiona, office):  # noqa: F811
    client = office(carol)
    client.post(page("job", "add"), {"what": "official:imd/2019", "file": upload()})
    run_waiting()
    assert "Look at imports" in text(client.get(reverse("admin:index")))
    assert "Look at imports" not in text(office(fiona).get(reverse("admin:index")))


# -- the framework ----------------------------------------------------------------------------------------------------


@pytest.fixture
def framework(db):
    load_framework()


def test_a_cohort_is_reworded_by_a_new_row(framework, grace, office):
    cohort = Cohort.objects.get(code="WF")
    client = office(grace)
    assert "Working families" in text(client.get(page("cohort", "act", cohort.pk, "reword")))
    typed = {
        "wording": "Working families on low incomes", "short_name": "Working families", "plain": "Families on low pay",
        "valid_from_day": "1", "valid_from_month": "9", "valid_from_year": "2026",
    }  # fmt: skip
    client.post(page("cohort", "act", cohort.pk, "reword"), typed)
    assert set(Cohort.objects.filter(code="WF").values_list("wording", flat=True)) == {
        "Working families",
        "Working families on low incomes",
    }


def test_an_indicator_is_reworded_by_a_new_version(framework, anil, office):
    row = Indicator.objects.get(code="HC6")
    typed = {"name": "People new to volunteering", "question": "How many people?", "unit": "people"}
    office(anil).post(page("indicator", "act", row.pk, "reword"), typed)
    assert list(Indicator.objects.filter(code="HC6").order_by("version").values_list("active", flat=True)) == [
        False,
        True,
    ]


def test_only_the_plain_sentence_of_a_goal_can_be_edited(framework, grace, office):
    goal = Goal.objects.get(number=8)
    office(grace).post(page("goal", "change", goal.pk), {"plain": "Help people feel well", "name": "Other"})
    goal.refresh_from_db()
    assert (goal.plain, goal.name) == ("Help people feel well", "Good health & well being")


@pytest.mark.parametrize("model", ["outcomearea", "chainelement", "principle", "needward", "headlinefigure"])
def test_the_papers_words_are_read_only(framework, grace, office, model):
    client = office(grace)
    assert client.get(page(model, "changelist")).status_code == 200
    assert client.get(page(model, "add")).status_code == 403


def test_the_catalogue_goes_out_as_a_file_and_never_comes_in(framework, anil, carol, office):
    client = office(anil)
    fields = {f"indicatorresource_{name}": "on" for name in ("code", "name")} | {"resource": "0", "format": "0"}
    response = client.post(page("indicator", "export"), fields)
    assert "HC6,1,New volunteers" in response.content.decode()
    assert client.get(page("indicator", "import")).status_code == 403
    assert office(carol).get(page("indicator", "export")).status_code == 403
