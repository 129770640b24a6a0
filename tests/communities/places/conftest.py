"""Files of the shape in which official data is published, and the real ones where they are there."""

import csv
import hashlib
import io
import os
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from communities.core.jobs import Source, confirm, run_waiting, send
from communities.core.tables import read
from tests.cast import AT

FILES = Path(__file__).parent / "files"
REFERENCE = Path(os.environ.get("REFERENCE_DATA", Path(__file__).resolve().parents[4] / "shared" / "reference"))


@pytest.fixture
def facts(db):
    """The places, districts and publications that come with the project."""
    from communities.places.operations.facts import load_places

    load_places()


@pytest.fixture
def small(facts, settings):
    """A county of two districts, as the small files have it."""
    from communities.places.models import Area, AreaCount

    settings.DISTRICT_GSS_CODES = ["E07000076", "E07000066"]
    AreaCount.objects.all().delete()
    for district in Area.objects.filter(code__in=settings.DISTRICT_GSS_CODES):
        for year in (2011, 2021):
            number = 3 if (district.name, year) == ("Tendring", 2021) else 2
            AreaCount.objects.create(district=district, level="lsoa", vintage=year, number=number)


@pytest.fixture
def reference(facts):
    """The folder of real files; the test is skipped on machines that do not have it."""
    if not (REFERENCE / "imd").is_dir():
        pytest.skip("The real files are not on this machine: set REFERENCE_DATA to their folder.")
    return REFERENCE


def importing(path, about, by, at=AT, **changes):
    """Send a file as an officer does, and say yes to its preview. Returns the finished job."""
    content = path.read_bytes() if isinstance(path, Path) else path
    name = path.name if isinstance(path, Path) else "file.csv"
    kind = "text/csv" if name.endswith("csv") else "application/octet-stream"
    job = send(SimpleUploadedFile(name, content, kind), kind="official", about=about, by=by, at=at)
    run_waiting()
    job.refresh_from_db()
    if job.status == "ready":
        confirm(job, by=by, at=at)
        run_waiting()
        job.refresh_from_db()
    return job


def planned(content, about, name="file.csv"):
    """What importing these bytes would do."""
    from communities.places.operations import releases

    lines = read(io.BytesIO(content), name, releases.limits(about), sheets_with=releases.sheets_with(about))
    return releases.plan(Source(name, hashlib.sha256(content).hexdigest(), lines), about)


def written(path, about, by, at=AT):
    """Import without the job around it: quick, for tests about what is done with the data."""
    from communities.places.operations import releases

    content = path.read_bytes()
    lines = read(io.BytesIO(content), path.name, releases.limits(about), sheets_with=releases.sheets_with(about))
    source = Source(path.name, hashlib.sha256(content).hexdigest(), lines)
    plan = releases.import_now(source, releases.publication(about), by=by, at=at)
    assert plan.problems == [], about


def as_csv(rows):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()
