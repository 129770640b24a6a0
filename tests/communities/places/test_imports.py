"""Official files come in whole or not at all, each as a release of its own."""

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError

from communities.core import jobs
from communities.core.events import Event
from communities.core.jobs import Job, confirm, drop, run_waiting, send
from communities.core.refusals import Refused
from communities.places.models import Area, AreaLookup, AreaMeasure, Dataset, Postcode
from communities.places.operations.releases import withdraw
from tests.cast import AT
from tests.communities.places.conftest import FILES, as_csv, importing, planned, written

LOOKUPS = {
    "lookup/Small areas 2011 to 2021": "lsoa11_lsoa21.csv",
    "lookup/Small areas 2011 to wards 2017": "lsoa11_wd17.csv",
    "lookup/Small areas 2021 to wards 2024": "lsoa21_wd24.csv",
}


@pytest.fixture
def areas(small, carol):
    """The look-ups, imported by an officer."""
    for about, name in LOOKUPS.items():
        written(FILES / name, about, carol)


def rows_of(name):
    return [line.split(",") for line in (FILES / name).read_text(encoding="utf-8-sig").splitlines()]


def sentences(plan):
    return " ".join(sentence for _, sentence in plan.problems)


def measure(code, field, release, kind="imd"):
    return AreaMeasure.objects.get(area__code=code, field=field, dataset__release=release, dataset__kind=kind).value


# -- look-ups ---------------------------------------------------------------------------------------------------------


def test_a_lookup_brings_areas_of_both_years_and_what_became_of_them(areas):
    assert Area.objects.filter(level="lsoa", vintage=2011).count() == 4
    assert Area.objects.filter(level="lsoa", vintage=2021).count() == 5
    split = AreaLookup.objects.filter(kind="became", source__code="E01000002").values_list("target__code", flat=True)
    assert set(split) == {"E01000021", "E01000022"}
    assert Area.objects.get(code="E01000021", vintage=2021).parent.name == "Tendring"


def test_other_counties_are_left_out_and_counted(small, carol):
    job = importing(FILES / "lsoa11_lsoa21.csv", "lookup/Small areas 2011 to 2021", carol)
    assert job.skipped == 1
    assert not Area.objects.filter(code="E01099999").exists()


def test_a_lookup_that_lacks_areas_is_refused_by_count_when_nothing_is_known_yet(small):
    rows = [row for row in rows_of("lsoa11_lsoa21.csv") if row[0] != "E01000012"]
    assert "Basildon has 2 areas in 2011; the file has 1." in sentences(
        planned(as_csv(rows), "lookup/Small areas 2011 to 2021")
    )


def test_a_lookup_of_other_areas_is_refused(small):
    plan = planned((FILES / "lsoa21_wd24.csv").read_bytes(), "lookup/Small areas 2011 to 2021")
    assert "its columns are of other areas" in sentences(plan)


def test_a_code_that_is_no_code_is_named_with_its_line(small):
    rows = rows_of("lsoa11_lsoa21.csv")
    rows[1][0] = "E0100"
    assert (2, "“E0100” is not an area code.") in planned(as_csv(rows), "lookup/Small areas 2011 to 2021").problems


# -- figures ----------------------------------------------------------------------------------------------------------


def test_two_releases_of_the_index_stand_side_by_side(areas, carol):
    assert importing(FILES / "imd_2019.csv", "imd/2019", carol).status == "applied"
    assert importing(FILES / "imd_2025.csv", "imd/2025", carol).status == "applied"
    assert (measure("E01000001", "decile", "2019"), measure("E01000001", "decile", "2025")) == (1, 1)
    assert measure("E01000002", "rank", "2019") == 12_005


def test_ranks_may_be_shared(areas, carol):
    importing(FILES / "imd_2019.csv", "imd/2019", carol)
    assert AreaMeasure.objects.filter(field="rank", value=4000).count() == 2


def test_a_file_on_areas_of_another_year_is_refused(areas):
    plan = planned((FILES / "imd_2025.csv").read_bytes(), "imd/2019")
    assert "These figures are on areas of 2021" in sentences(plan)


def test_figures_before_their_areas_are_refused(small):
    assert "Import the look-up of areas first" in sentences(planned((FILES / "imd_2019.csv").read_bytes(), "imd/2019"))


def test_missing_areas_are_named(areas):
    rows = [row for row in rows_of("imd_2025.csv") if row[0] not in {"E01000021", "E01000012"}]
    assert "E01000012, E01000021 are not in the file." in sentences(planned(as_csv(rows), "imd/2025"))


def test_an_area_we_do_not_know_is_named(areas):
    rows = [*rows_of("imd_2025.csv"), ["E01000077", "New", "E07000076", "Tendring", "5", "1"]]
    assert "E01000077" in sentences(planned(as_csv(rows), "imd/2025"))


@pytest.mark.parametrize(
    ("place", "text", "sentence"),
    [
        (5, "11", "not a decile"),
        (5, "", "not a number"),
        (4, "0", "not a rank"),
        (4, "1.5", "not a rank"),
        (4, "NaN", "not a number"),
    ],
)
def test_a_wrong_figure_is_named_with_its_line(areas, place, text, sentence):
    rows = rows_of("imd_2025.csv")
    rows[2][place] = text
    [(line, words)] = planned(as_csv(rows), "imd/2025").problems
    assert (line, sentence in words) == (3, True)


def test_an_area_named_twice_is_refused(areas):
    rows = rows_of("imd_2025.csv")
    assert "stands in the file twice" in sentences(planned(as_csv([*rows, rows[1]]), "imd/2025"))


def test_a_file_without_the_columns_is_refused(areas):
    assert "no column for the codes of the areas" in sentences(planned(b"a,b\n1,2\n", "imd/2019"))
    assert "no column for decile" in sentences(
        planned(as_csv([row[:5] for row in rows_of("imd_2025.csv")]), "imd/2025")
    )


def test_the_workbook_as_published_is_read_past_its_notes(areas, carol, tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    book.active.append(["The English Indices of Deprivation 2025"])
    sheet = book.create_sheet("IMD25")
    for row in rows_of("imd_2025.csv"):
        sheet.append([int(cell) if cell.isdigit() else cell for cell in row])
    path = tmp_path / "File_1.xlsx"
    book.save(path)
    job = importing(path, "imd/2025", carol)
    assert (job.status, job.problems, job.new) == ("applied", [], 5)


def test_population_rurality_and_need_come_with_their_own_fields(areas, carol):
    for about, name in {
        "population/Mid-2015": "denominators.csv",
        "population/Census 2021": "census.csv",
        "rural_urban/2021": "rural.csv",
        "cni/2019": "need.csv",
    }.items():
        job = importing(FILES / name, about, carol)
        assert (job.status, job.problems) == ("applied", []), about
    assert measure("E01000001", "working_age", "Mid-2015", "population") == 735
    assert measure("E01000022", "total", "Census 2021", "population") == 820
    assert AreaMeasure.objects.get(area__code="E01000021", field="rural").label.startswith("Larger rural")
    assert (measure("E05000111", "rank", "2019", "cni"), measure("E05000101", "left_behind", "2019", "cni")) == (1, 1)


def ages(total):
    head = ["LSOA Code", "LSOA Name", "All Ages", *map(str, range(90)), "90+"]
    codes = ["E01000001", "E01000002", "E01000011", "E01000012"]
    return as_csv([head, *([code, "x", total, *["10"] * 91] for code in codes)])


def test_single_years_of_age_become_bands(areas):
    plan = planned(ages("910"), "population/Mid-2020")
    assert (plan.problems, plan.new) == ([], 4)


def test_ages_that_do_not_add_up_are_refused(areas):
    assert "the ages add up to 910, not to 911" in sentences(planned(ages("911"), "population/Mid-2020"))


def domains(year="2011", lads="2019"):
    head = [f"LSOA code ({year})", f"LSOA name ({year})", f"Local Authority District code ({lads})", "Name"]
    names = (
        "Income", "Employment", "Education, Skills and Training", "Health Deprivation and Disability", "Crime",
        "Barriers to Housing and Services", "Living Environment",
    )  # fmt: skip
    for name in names:
        head += [f"{name} Rank (where 1 is most deprived)", f"{name} Decile (where 1 is most deprived 10% of LSOAs) "]
    codes = {"E01000001": "E07000076", "E01000002": "E07000076", "E01000011": "E07000066", "E01000012": "E07000066"}
    return as_csv([head, *([code, "x", home, "x", *["5", "1"] * 7] for code, home in codes.items())])


def test_the_seven_domains_come_with_rank_and_decile(areas, carol):
    job = importing(domains(), "domains/2019", carol)
    assert (job.status, job.problems) == ("applied", [])
    assert AreaMeasure.objects.filter(dataset__kind="domains", area__code="E01000001").count() == 14


# -- postcodes --------------------------------------------------------------------------------------------------------


def test_code_point_open_has_no_headings_and_gives_ward_and_district(small, carol):
    job = importing(FILES / "code_point.csv", "postcodes/Code-Point Open 2025.4", carol)
    assert (job.status, job.problems, job.new, job.skipped) == ("applied", [], 4, 1)
    row = Postcode.objects.get(pcds="CO16 1AA")
    assert (row.ward, row.lsoa21, row.easting, row.approximate) == ("E05000102", "", 612_000, False)
    assert Postcode.objects.get(pcds="SS16 5AA").easting is None


def test_the_derived_table_is_marked_as_approximate(small, carol):
    importing(FILES / "postcode_lsoa.csv", "postcodes/Postcodes to small areas 2025", carol)
    assert Postcode.objects.get(pcds="SS15 5BP").approximate


@pytest.mark.parametrize(("name", "number"), [("directory_2018.csv", 3), ("directory_2025.csv", 2)])
def test_old_and_new_layouts_of_the_directory_are_read(small, carol, name, number):
    job = importing(FILES / name, "postcodes/ONSPD November 2025", carol)
    assert (job.status, job.problems, job.new) == ("applied", [], number)
    assert Postcode.objects.get(pcds="CO15 2DL").lsoa11 == "E01000001"


def test_closed_postcodes_are_kept_and_marked(small, carol):
    importing(FILES / "directory_2018.csv", "postcodes/ONSPD November 2025", carol)
    closed = Postcode.objects.get(pcds="CO15 3XX")
    assert (str(closed.terminated_on), closed.latitude) == ("1996-06-01", None)


def test_one_part_of_a_postcode_file_is_refused(small):
    part = b'"CO15 2DL",10,613000,213000,"E92000001","","","E10000012","E07000076","E05000201"\n'
    assert "No postcode of Basildon is in the file" in sentences(planned(part, "postcodes/Code-Point Open 2025.4"))


def test_what_is_no_postcode_is_named(small):
    content = (FILES / "code_point.csv").read_bytes().replace(b"CO161AA", b"NOT ONE")
    assert "“NOT ONE” is not a postcode." in sentences(planned(content, "postcodes/Code-Point Open 2025.4"))


# -- releases and jobs ------------------------------------------------------------------------------------------------


def test_the_same_file_again_changes_nothing(areas, carol):
    importing(FILES / "imd_2019.csv", "imd/2019", carol)
    before = AreaMeasure.objects.count()
    job = importing(FILES / "imd_2019.csv", "imd/2019", carol)
    assert (job.status, job.new, job.unchanged) == ("applied", 0, 4)
    assert (AreaMeasure.objects.count(), Dataset.objects.filter(kind="imd").count()) == (before, 1)


def test_another_file_under_the_same_release_is_refused(areas, carol):
    importing(FILES / "imd_2019.csv", "imd/2019", carol)
    changed = (FILES / "imd_2019.csv").read_bytes().replace(b",1,1\n", b",2,1\n")
    assert "never written over" in sentences(planned(changed, "imd/2019"))


def test_after_a_withdrawal_the_release_can_be_imported_anew(areas, carol, grace):
    importing(FILES / "imd_2019.csv", "imd/2019", carol)
    withdraw(Dataset.objects.get(kind="imd"), by=grace, at=AT, reason="The wrong file.")
    changed = (FILES / "imd_2019.csv").read_bytes().replace(b",1,1\n", b",2,1\n")
    assert importing(changed, "imd/2019", carol).status == "applied"
    assert Dataset.objects.filter(kind="imd").count() == 2


def test_a_withdrawal_needs_a_reason_and_the_right(areas, carol, grace):
    importing(FILES / "imd_2019.csv", "imd/2019", carol)
    row = Dataset.objects.get(kind="imd")
    for by, reason in ((grace, " "), (carol, "Because.")):
        with pytest.raises(Refused):
            withdraw(row, by=by, at=AT, reason=reason)
    withdraw(row, by=grace, at=AT, reason="The wrong file.")
    with pytest.raises(Refused):
        withdraw(row, by=grace, at=AT, reason="Again.")


def test_one_bad_row_leaves_nothing_behind(areas, carol):
    before = Dataset.objects.count(), AreaMeasure.objects.count()
    rows = rows_of("imd_2025.csv")
    rows[3][5] = "12"
    job = importing(as_csv(rows), "imd/2025", carol)
    assert (job.status, job.problem_count) == ("unusable", 1)
    assert (Dataset.objects.count(), AreaMeasure.objects.count()) == before


def sent(by, name="imd_2019.csv", about="imd/2019"):
    upload = SimpleUploadedFile(name, (FILES / name).read_bytes(), "text/csv")
    return send(upload, kind="official", about=about, by=by, at=AT)


def test_nothing_is_written_before_somebody_says_yes(areas, carol):
    job = sent(carol)
    run_waiting()
    job.refresh_from_db()
    assert (job.status, job.new, job.rows_read, len(job.sample["rows"])) == ("ready", 4, 6, 4)
    assert not Dataset.objects.filter(kind="imd").exists()


def test_a_file_that_was_set_aside_is_never_imported(areas, carol):
    job = sent(carol)
    run_waiting()
    job.refresh_from_db()
    drop(job, by=carol, at=AT)
    with pytest.raises(Refused):
        confirm(job, by=carol, at=AT)
    assert run_waiting() == 0


def test_only_those_who_may_import_can_send(areas, asha, fiona):
    for by in (asha, fiona):
        with pytest.raises(Refused):
            sent(by)
    assert not Job.objects.filter(about="imd/2019").exists()


def test_what_cannot_be_imported_is_refused(areas, carol):
    with pytest.raises(Refused):
        sent(carol, about="imd/1066")


def test_every_import_leaves_its_trail(areas, carol):
    job = importing(FILES / "imd_2019.csv", "imd/2019", carol)
    verbs = list(Event.objects.filter(case=job.case).order_by("id").values_list("verb", flat=True))
    assert verbs == ["job.send", "job.preview", "job.confirm", "job.apply"]
    dataset = Dataset.objects.get(kind="imd")
    assert (dataset.imported_by, dataset.sha256, dataset.rows) == (carol, job.file.sha256, 4)


def test_a_job_in_hand_is_left_to_the_one_who_has_it(areas, carol):
    job = sent(carol)
    Job.objects.filter(pk=job.pk).update(lease_until=AT.replace(year=2999))
    assert run_waiting() == 0
    Job.objects.filter(pk=job.pk).update(lease_until=AT.replace(year=2020))
    assert run_waiting() == 1


def test_an_import_that_stops_its_worker_each_time_ends_as_failed(areas, carol, monkeypatch):
    job = sent(carol)
    monkeypatch.setattr(jobs, "preview", killed)
    for _ in range(jobs.GIVE_UP_TRIES):
        with pytest.raises(SystemExit):
            run_waiting()
        Job.objects.filter(pk=job.pk).update(lease_until=AT.replace(year=2020))
    assert run_waiting() == 1
    job.refresh_from_db()
    assert job.status == "failed"
    assert "stopped our server each time" in job.problems[0][1]


def test_an_import_waits_for_a_database_that_is_away(areas, carol, monkeypatch):
    job = sent(carol)
    with monkeypatch.context() as away:
        away.setattr(jobs, "preview", lambda *a, **k: (_ for _ in ()).throw(OperationalError("gone")))
        with pytest.raises(OperationalError):
            run_waiting()
    Job.objects.filter(pk=job.pk).update(lease_until=AT.replace(year=2020))
    run_waiting()
    job.refresh_from_db()
    assert job.status == "ready"


def killed(*args, **kwargs):
    raise SystemExit  # as near to kill -9 as one process comes: nothing catches it


def test_an_import_confirmed_by_somebody_who_lost_the_right_fails(areas, carol):
    from communities.people.models import RoleGrant

    job = sent(carol)
    run_waiting()
    job.refresh_from_db()
    confirm(job, by=carol, at=AT)
    RoleGrant.objects.filter(user=carol).delete()
    run_waiting()
    job.refresh_from_db()
    assert job.status == "failed"
    assert not Dataset.objects.filter(kind="imd").exists()
