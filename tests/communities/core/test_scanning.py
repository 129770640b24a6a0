"""Where there is a scanner, a file is opened by nobody before it was looked at, and never when it may be harmful."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q

from communities.core import jobs, scanning
from communities.core.clock import moved
from communities.core.files import OPENERS, StoredFile, may_open, store
from communities.core.models import Event, Message
from communities.core.periodic import run_periodic
from communities.core.refusals import Refused
from communities.core.scanning import LEASE, claim, scan_waiting, settle
from communities.core.tables import Limits
from tests.at_once import at_once
from tests.cast import AT

# the test file that every virus scanner knows, written so that none finds it here
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SCANNER = "tests.communities.core.test_scanning.is_clean"
looked_at = []


def is_clean(content):
    looked_at.append(content)
    return EICAR not in content


def breaks(content):
    raise ConnectionRefusedError


@pytest.fixture(autouse=True)
def scanner(settings, tmp_path):
    settings.FILE_SCANNER = SCANNER
    looked_at.clear()
    disk = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": disk}
    OPENERS.pop("test_paper", None)
    may_open("test_paper")(lambda user: Q(uploaded_by=user.pk))
    with moved(AT):
        yield
    OPENERS.pop("test_paper")


def sent(by, content=b"a,b\n1,2\n"):
    return store(SimpleUploadedFile("a.csv", content, content_type="text/csv"), by=by, at=AT, kind="test_paper")


def opening(client, stored):
    answer = client.get(stored.get_absolute_url())
    return answer.status_code, answer.getvalue().decode()


def test_a_file_waits_until_the_scanner_found_nothing(client, asha):
    stored = sent(asha)
    client.force_login(asha)
    status, page = opening(client, stored)
    assert (status, "still being checked" in page) == (409, True)
    run_periodic("scan_files")
    assert opening(client, stored)[0] == 200


def test_without_a_scanner_a_file_opens_at_once(client, asha, settings):
    settings.FILE_SCANNER = ""
    stored = sent(asha)
    client.force_login(asha)
    assert opening(client, stored)[0] == 200
    assert scan_waiting() == 0


def test_a_harmful_file_is_opened_by_nobody_and_whoever_sent_it_is_told(client, asha):
    stored = sent(asha, EICAR)
    run_periodic("scan_files")
    client.force_login(asha)
    status, page = opening(client, stored)
    assert (status, "may be harmful" in page) == (409, True)
    letter = Message.objects.get(template="file_harmful")
    assert letter.recipient == asha.email
    assert "a.csv" in letter.body
    assert "a.csv" not in letter.subject
    assert Event.objects.filter(verb="stored_file.harmful", object_pk=str(stored.pk)).count() == 1


def test_looked_at_twice_it_is_told_once(asha):
    stored = sent(asha, EICAR)
    settle(stored, clean=False)
    settle(stored, clean=False)
    settle(stored, clean=True)  # a second worker with older definitions, a moment later
    stored.refresh_from_db()
    assert stored.scan == StoredFile.Scan.HARMFUL
    assert Message.objects.filter(template="file_harmful").count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_workers_share_the_files_and_look_at_each_once(asha):
    for number in range(12):
        sent(asha, b"row,%d\n" % number)
    assert not [each for each in at_once(*[scan_waiting] * 8) if isinstance(each, Exception)]
    scan_waiting()  # what a busy claimer left
    assert sorted(looked_at) == sorted(b"row,%d\n" % number for number in range(12))
    assert set(StoredFile.objects.values_list("scan", flat=True)) == {"clean"}


def test_a_killed_worker_keeps_its_file_no_longer_than_its_lease_and_others_go_ahead(asha):
    first, second = sent(asha), sent(asha, b"c,d\n")
    assert claim() == first  # and its worker is killed
    assert claim() == second
    assert claim() is None
    with moved(AT + LEASE):
        assert claim() == first


def test_a_file_that_kills_every_worker_comes_round_ever_more_seldom(asha):
    stored, at, waits = sent(asha), AT, []
    for _ in range(4):
        with moved(at):
            assert claim() == stored
        stored.refresh_from_db()
        waits.append(stored.scan_at - at)
        at = stored.scan_at
    assert waits == [LEASE, 2 * LEASE, 4 * LEASE, 8 * LEASE]


def test_while_the_scanner_is_away_files_wait_and_each_is_tried_every_minute(asha, settings):
    settings.FILE_SCANNER = "tests.communities.core.test_scanning.breaks"
    stored = sent(asha)
    for minute in range(3):
        with moved(AT + timedelta(minutes=minute)), pytest.raises(ConnectionRefusedError):
            scan_waiting()
    settings.FILE_SCANNER = SCANNER
    with moved(AT + timedelta(minutes=3)):
        assert scan_waiting() == 1
    stored.refresh_from_db()
    assert stored.scan == StoredFile.Scan.CLEAN


def test_an_import_does_not_read_a_file_before_the_scanner_did(db, carol, monkeypatch):
    one = jobs.Importer(
        "one", "One", lambda: [("a", "A")], lambda about: Limits(), lambda about: (), lambda *_: jobs.Plan()
    )
    monkeypatch.setattr(jobs, "IMPORTERS", {"one": one})
    upload = SimpleUploadedFile("a.csv", b"x,y\n" + EICAR, content_type="text/csv")
    job = jobs.send(upload, kind="one", about="a", by=carol, at=AT)
    assert jobs.run_waiting() == 0
    with pytest.raises(Refused, match="still being checked"):
        job.file.opened()
    scan_waiting()
    assert jobs.run_waiting() == 1
    job.refresh_from_db()
    assert job.status == jobs.Job.Status.UNUSABLE
    assert "may be harmful" in str(job.problems)


def test_the_turn_ends_after_twenty_files_so_that_it_ends_in_time(asha, monkeypatch):
    monkeypatch.setattr(scanning, "AT_ONCE", 3)
    for number in range(5):
        sent(asha, b"row,%d\n" % number)
    assert [scan_waiting(), scan_waiting()] == [3, 2]
