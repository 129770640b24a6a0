"""What leaves the office is never a formula, and stays what it was when it comes back."""

import csv
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from communities.core.exports import TRIGGERS, csv_lines, csv_response, safe, unsafe, xlsx_bytes


@pytest.mark.parametrize("text", ["=1+1", "+44", "-1", "@SUM", "\t=1", "\r=1", "\n=1", "  =1", "\uff1d1", "\u00a0@x"])
def test_text_that_could_be_a_formula_gets_an_apostrophe(text):
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("value", [Decimal("-12.50"), -3, 0, 1.5])
def test_numbers_stay_numbers_even_below_zero(value):
    assert safe(value) == value


def test_plain_words_dates_and_nothing_are_left_alone():
    assert [safe(value) for value in ("Hall hire", date(2027, 2, 5), None, True)] == [
        "Hall hire",
        "2027-02-05",
        "",
        "True",
    ]


@given(st.text())
def test_no_cell_of_a_csv_file_starts_a_formula(text):
    file = "".join(csv_lines(["note"], [[text]]))

    [_, row] = csv.reader(StringIO(file.removeprefix("\ufeff"), newline=""))
    assert not row[0].lstrip(" ").startswith(TRIGGERS)
    assert unsafe(row[0]) == text or row[0] == text


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc"))))
def test_no_cell_of_an_excel_file_is_a_formula(text):
    sheet = load_workbook(BytesIO(xlsx_bytes(["note", "amount"], [[text, Decimal("-1.50")]]))).active

    assert sheet["A2"].data_type != "f"
    assert sheet["B2"].value == -1.5


def test_a_csv_file_is_sent_while_it_is_written():
    taken = []

    def rows():
        for number in range(3):
            taken.append(number)
            yield [number]

    response = csv_response("bids.csv", ["number"], rows())
    stream = iter(response.streaming_content)
    next(stream)

    assert taken == []
    assert response["Content-Disposition"] == 'attachment; filename="bids.csv"'
    assert len(list(stream)) == 3
