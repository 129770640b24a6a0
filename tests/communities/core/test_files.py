"""Files: only what they say they are, under random names, for those who may, as a download."""

import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from communities.core.files import FileField, store
from communities.core.forms import Form
from tests.cast import AT

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 64


def office(inner, *more):
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        for name in (inner, *more):
            packed.writestr(name, "<x/>")
    return out.getvalue()


class Send(Form):
    quote = FileField(label="Quote")


def sent(name, content, declared="application/octet-stream"):
    form = Send({}, {"quote": SimpleUploadedFile(name, content, content_type=declared)})
    return form.errors.get("quote", ["accepted"])[0]


@pytest.mark.parametrize(
    ("name", "content", "declared"),
    [
        ("quote.pdf", PDF, "application/pdf"),
        ("photo.JPG", JPG, "image/jpeg"),
        ("photo.jpeg", JPG, "image/jpeg"),
        ("plan.png", PNG, "image/png"),
        ("letter.docx", office("word/document.xml"), "application/zip"),
        ("costs.xlsx", office("xl/workbook.xml"), "application/octet-stream"),
        ("costs.csv", "what,£\nHall,520\n".encode("cp1252"), "application/vnd.ms-excel"),
        ("costs.csv", "what,£\nHall,520\n".encode(), "text/csv; charset=utf-8"),
    ],
)
def test_allowed_files_are_accepted(name, content, declared):
    assert sent(name, content, declared) == "accepted"


@pytest.mark.parametrize(
    ("name", "content", "declared", "sentence"),
    [
        (
            "setup.exe",
            b"MZ",
            "application/octet-stream",
            "The selected file must be a PDF, JPG, PNG, DOCX, XLSX or CSV",
        ),
        ("page.svg", b"<svg/>", "image/svg+xml", "The selected file must be a PDF, JPG, PNG, DOCX, XLSX or CSV"),
        ("none", PDF, "application/pdf", "The selected file must be a PDF, JPG, PNG, DOCX, XLSX or CSV"),
        ("quote.pdf", PNG, "application/pdf", "The selected file is not a PDF file, although its name says so"),
        ("quote.pdf", b"<html>", "application/pdf", "The selected file is not a PDF file, although its name says so"),
        ("quote.pdf", PDF, "text/html", "The selected file is not a PDF file, although its name says so"),
        ("a.docx", office("xl/workbook.xml"), "", "The selected file is not a DOCX file, although its name says so"),
        ("a.docx", b"PK\x03\x04broken", "", "The selected file is not a DOCX file, although its name says so"),
        (
            "a.docx",
            office("word/document.xml", "word/vbaProject.bin"),
            "",
            "The selected file is not a DOCX file, although its name says so",
        ),
        ("a.csv", b"MZ\0\0", "text/csv", "The selected file is not a CSV file, although its name says so"),
        ("a.pdf", b"", "application/pdf", "The selected file is empty"),
    ],
)
def test_other_files_are_refused_in_a_sentence(name, content, declared, sentence):
    assert sent(name, content, declared) == sentence


def test_a_file_that_is_too_large_is_told_the_limit(settings):
    settings.FILE_MAX_SIZE = 1024 * 1024

    assert sent("quote.pdf", PDF + b"\0" * 1024 * 1024) == "The selected file must be smaller than 1MB"


def test_a_missing_file_is_asked_for():
    assert Send({}, {}).errors["quote"] == ["Choose a file: quote"]


@pytest.fixture
def stored(asha, receipts, settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path, "base_url": None},
        }
    }
    upload = SimpleUploadedFile("../C:\\bills\\Hall “hire”.pdf", PDF, content_type="application/pdf")
    return store(upload, by=asha, at=AT, kind=receipts)


def test_a_file_is_kept_under_a_name_that_says_nothing(stored):
    assert stored.original_name == "Hall “hire”.pdf"
    assert "hire" not in stored.content.name
    assert (stored.size, stored.content_type, len(stored.sha256)) == (len(PDF), "application/pdf", 64)


def test_whoever_may_open_it_gets_a_download_that_no_browser_runs(client, asha, stored):
    client.force_login(asha)

    response = client.get(stored.get_absolute_url())

    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"


def test_for_anybody_else_the_file_does_not_exist(client, stranger, carol, stored, settings):
    settings.STAFF_SECOND_FACTOR = False
    for person in (stranger, carol):
        client.force_login(person)
        assert client.get(stored.get_absolute_url()).status_code == 404


def test_a_visitor_is_asked_to_sign_in(client, stored):
    assert client.get(stored.get_absolute_url()).status_code == 302


def test_a_kind_that_nobody_spoke_for_cannot_be_stored(asha):
    with pytest.raises(ValueError, match="Nobody has said"):
        store(SimpleUploadedFile("a.pdf", PDF), by=asha, at=AT, kind="mystery")
