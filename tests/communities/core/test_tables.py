"""Files from outside are read within limits."""

import io
import zipfile

import openpyxl
import pytest

from communities.core.refusals import Refused
from communities.core.tables import Limits, columns, heading, read

SMALL = Limits(size=200_000, rows=50, columns=10, unpacked=500_000, ratio=100)


def lines(content, name="file.csv", limits=SMALL, **options):
    return [line.cells for line in read(io.BytesIO(content), name, limits, **options)]


def workbook(*sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive(**entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def refusal(content, name="file.csv", limits=SMALL, **options):
    with pytest.raises(Refused) as caught:
        lines(content, name, limits, **options)
    assert caught.value.next_step
    return caught.value.sentence


def test_a_csv_is_read_with_or_without_a_byte_order_mark():
    assert lines(b"a,b\n1, two \n\n") == [("a", "b"), ("1", "two")]
    assert lines("\ufeffa,b\nü,2\n".encode()) == [("a", "b"), ("ü", "2")]


def test_lines_carry_their_number_in_the_file():
    assert [line.number for line in read(io.BytesIO(b"a\n\n\nb\n"), "x.csv", SMALL)] == [1, 4]


def test_the_sheet_with_the_right_columns_is_read_not_the_notes():
    content = workbook(("Notes", [["About this file"]]), ("IMD", [["LSOA code (2011)", "Rank"], ["E01000001", 3.0]]))
    assert lines(content, "file.xlsx", sheets_with=("lsoa",)) == [("LSOA code (2011)", "Rank"), ("E01000001", "3")]


def test_a_workbook_without_such_a_sheet_is_refused():
    assert "No sheet" in refusal(workbook(("Notes", [["x"]])), "file.xlsx", sheets_with=("lsoa",))


def test_too_many_rows_columns_or_bytes_are_refused():
    assert "more than 50 rows" in refusal(b"1\n" * 51)
    assert "more than 10 columns" in refusal(b",".join([b"1"] * 11))
    assert "larger than" in refusal(b"1" * 200_001)
    assert "more than 50 rows" in refusal(workbook(("A", [["1"]] * 51)), "file.xlsx")


def test_what_is_no_table_is_refused():
    assert "neither CSV nor" in refusal(b"%PDF-1.7", "file.pdf")
    assert "not UTF-8" in refusal("ä".encode("latin-1"))
    assert "cannot be read" in refusal(b'a,"b')
    assert "damaged" in refusal(b"PK\x03\x04" + b"x" * 50, "file.xlsx")
    assert "no CSV" in refusal(archive(readme="x"), "file.zip")


def test_a_bomb_is_refused_before_it_is_unpacked():
    bomb = archive(**{"xl__workbook.xml": "x" * 10, "xl__worksheets__sheet1.xml": "0" * 400_000})
    assert len(bomb) < 5_000
    assert "far more than it should" in refusal(bomb, "file.xlsx")


def test_an_archive_that_lies_about_its_size_is_stopped_while_counting():
    honest = archive(**{"xl__workbook.xml": "x", "xl__big.xml": "0123456789" * 40_000})
    lying = honest.replace((400_000).to_bytes(4, "little"), (400).to_bytes(4, "little"))
    assert refusal(lying, "file.xlsx", Limits(size=200_000, unpacked=300_000, ratio=1_000))


def test_a_workbook_with_entities_is_refused():
    bad = archive(**{"xl__workbook.xml": '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><workbook/>'})
    assert "no spreadsheet needs" in refusal(bad, "file.xlsx")


def test_the_tables_of_an_archive_are_read_one_after_the_other():
    content = archive(
        Data__CSV__cm="", **{"Data__CSV__cm.csv": "1,2\n", "Data__CSV__co.csv": "3,4\n", "Doc__codes.csv": "no\n"}
    )
    assert lines(content, "file.zip") == [("1", "2"), ("3", "4")]


def test_columns_are_found_by_heading_not_by_place():
    head = next(read(io.BytesIO(b"B , a Rank (1 is most)\n"), "x.csv", SMALL))
    assert columns(head, {"rank": "a rank", "b": "b$", "c": "c"}) == {"rank": 1, "b": 0}
    assert heading("\ufeff LSOA  Code ") == "lsoa code"
