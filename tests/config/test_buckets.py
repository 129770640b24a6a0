"""Files in a bucket: private objects under random names, given out by our own page alone. Tried on a real server."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from communities.core import jobs
from communities.core.files import StoredFile, store
from communities.core.refusals import Refused
from communities.core.scanning import scan_waiting
from communities.core.tables import Limits
from tests.cast import AT
from tests.plugins.servers import free_port

BUCKET = "fund-files"
KEYS = {"access_key": "test", "secret_key": "test"}
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 20_000 + b"\n%%EOF"  # larger than what is kept in memory


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory):
    """A process that speaks the protocol, on this machine alone."""
    port, log = free_port(), tmp_path_factory.mktemp("s3") / "log"
    with log.open("w") as lines:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        server = subprocess.Popen(command, stdout=lines, stderr=lines)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            pytest.fail(log.read_text())
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


@pytest.fixture
def bucket(endpoint, settings, db):
    options = {"bucket_name": BUCKET, "endpoint_url": endpoint, "region_name": "eu-west-2", **KEYS}
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "config.buckets.PrivateBucket", "OPTIONS": options}}
    made = default_storage.bucket
    made.create(CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    yield made
    made.objects.all().delete()
    made.delete()
    made.meta.client.close()


def sent(by, kind, content=PDF, name="Hall hire.pdf"):
    return store(SimpleUploadedFile(name, content, content_type="application/pdf"), by=by, at=AT, kind=kind)


def test_a_file_goes_to_the_bucket_under_a_name_that_says_nothing(bucket, asha, receipts):
    stored = sent(asha, receipts)
    [found] = bucket.objects.all()
    assert found.key == stored.content.name
    assert "hire" not in found.key.lower()
    assert (found.size, stored.size) == (len(PDF), len(PDF))


def test_whoever_may_open_it_gets_it_through_our_page_and_nobody_else_does(bucket, client, asha, stranger, receipts):
    stored = sent(asha, receipts)
    client.force_login(asha)
    answer = client.get(stored.get_absolute_url())
    assert answer.status_code == 200
    assert answer.getvalue() == PDF
    assert answer["Content-Disposition"] == 'attachment; filename="Hall hire.pdf"'
    assert answer["Content-Type"] == "application/pdf"
    client.force_login(stranger)
    assert client.get(stored.get_absolute_url()).status_code == 404


def test_the_object_itself_is_private_and_has_no_address(bucket, endpoint, asha, receipts):
    stored = sent(asha, receipts)
    grants = bucket.Object(stored.content.name).Acl().grants
    assert [grant["Grantee"]["Type"] for grant in grants] == ["CanonicalUser"]  # its owner, not everybody
    with pytest.raises(ValueError, match="no address"):
        stored.content.url  # noqa: B018 (asking for it is the test)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{endpoint}/{BUCKET}/{stored.content.name}", timeout=10)
    refused.value.close()
    assert refused.value.code == 403


def test_the_scanner_reads_it_from_there(bucket, asha, receipts, settings):
    settings.FILE_SCANNER = "tests.config.test_buckets.is_clean"
    stored = sent(asha, receipts)
    assert scan_waiting() == 1
    stored.refresh_from_db()
    assert stored.scan == StoredFile.Scan.CLEAN


def is_clean(content):
    return content == PDF


def test_an_import_reads_it_from_there(bucket, carol, monkeypatch):
    seen = []

    def plan(source, about):
        seen.extend(line.cells for line in source.lines)
        return jobs.Plan(new=len(seen))

    one = jobs.Importer("one", "One", lambda: [("a", "A")], lambda about: Limits(), lambda about: (), plan)
    monkeypatch.setattr(jobs, "IMPORTERS", {"one": one})
    upload = SimpleUploadedFile("a.csv", b"x,y\n1,2\n", content_type="text/csv")
    job = jobs.send(upload, kind="one", about="a", by=carol, at=AT)
    assert jobs.run_waiting() == 1
    job.refresh_from_db()
    assert (job.status, job.new) == ("ready", 2)
    assert [list(cells) for cells in seen] == [["x", "y"], ["1", "2"]]


def test_a_bucket_that_is_away_stores_nothing_and_says_so(bucket, asha, receipts, settings):
    options = settings.STORAGES["default"]["OPTIONS"] | {"endpoint_url": "http://127.0.0.1:1"}
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "config.buckets.PrivateBucket", "OPTIONS": options}}
    with pytest.raises(Refused, match="could not be uploaded"), transaction.atomic():
        sent(asha, receipts)
    assert not StoredFile.objects.exists()


def test_a_file_in_a_bucket_that_is_away_is_a_page_that_says_so(bucket, client, asha, receipts, settings):
    stored = sent(asha, receipts)
    options = settings.STORAGES["default"]["OPTIONS"] | {"endpoint_url": "http://127.0.0.1:1"}
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "config.buckets.PrivateBucket", "OPTIONS": options}}
    client.force_login(asha)
    answer = client.get(f"/files/{stored.public_id}/")
    assert answer.status_code == 409
    assert "This file cannot be opened just now." in answer.content.decode()


def test_a_file_that_is_gone_is_a_page_that_says_so(bucket, client, asha, receipts):
    stored = sent(asha, receipts)
    bucket.objects.all().delete()
    client.force_login(asha)
    assert client.get(f"/files/{stored.public_id}/").status_code == 409
