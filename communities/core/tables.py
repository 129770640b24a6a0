"""Tables from outside: read line by line, within limits, each column found by its heading."""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

import openpyxl

from communities.core.refusals import Refused

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """How much of a file is read before it is refused. Checked before and while it is unpacked."""

    size: int = 5 * MEGABYTE
    rows: int = 5_000
    columns: int = 200
    unpacked: int = 50 * MEGABYTE
    ratio: int = 100
    entries: int = 1_000


@dataclass(frozen=True)
class Line:
    """One row of a table: where it stands in the file, and its cells as text."""

    number: int
    cells: tuple[str, ...]


def unreadable(sentence: str, next_step: str = "Save it again as CSV (UTF-8) or as an .xlsx workbook.") -> Refused:
    """The refusal of a file that is not what it should be."""
    return Refused(sentence, next_step, status=400)


def read(file: IO[bytes], name: str, limits: Limits, *, sheets_with: Sequence[str] = ()) -> Iterator[Line]:
    """The lines of a CSV file, an .xlsx workbook or a .zip of CSV files.

    Of a workbook the first sheet is read whose opening rows hold all of `sheets_with` (official files open with notes).
    """
    if file.seek(0, io.SEEK_END) > limits.size:
        raise unreadable(f"The file is larger than {limits.size // MEGABYTE} MB.", "Check that it is the right file.")
    file.seek(0)
    if file.read(4) == b"PK\x03\x04":
        file.seek(0)
        lines = _workbook(file, limits, sheets_with) if _is_workbook(file, limits) else _zipped(file, limits)
    else:
        if not name.lower().endswith((".csv", ".txt")):
            raise unreadable("The file is neither CSV nor an .xlsx workbook.")
        file.seek(0)
        lines = _csv(file)
    return _counted(lines, limits)


def _counted(lines: Iterator[Line], limits: Limits) -> Iterator[Line]:
    for count, line in enumerate(lines, 1):
        if count > limits.rows:
            raise unreadable(f"The file has more than {limits.rows:,} rows.", "Check that it is the right file.")
        if len(line.cells) > limits.columns:
            raise unreadable(f"Row {line.number} has more than {limits.columns} columns.")
        yield line


def _csv(file: IO[bytes]) -> Iterator[Line]:
    # published files often start with a byte-order mark
    reader = csv.reader(codecs.iterdecode(file, "utf-8-sig"), strict=True)
    try:
        for cells in reader:
            if any(cells):
                yield Line(reader.line_num, tuple(cell.strip() for cell in cells))
    except UnicodeDecodeError:
        raise unreadable("The file is not UTF-8 text.") from None
    except csv.Error as error:
        raise unreadable(f"Row {reader.line_num} cannot be read: {error}.") from None


# -- zip: nothing is trusted that the archive says of itself --------------------------------------------------------


def _open(file: IO[bytes]) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError):
        raise unreadable("The file is damaged.") from None


def _is_workbook(file: IO[bytes], limits: Limits) -> bool:
    """Whether it is a workbook; refuses archives that would unpack to more than the limits."""
    archive = _open(file)
    entries = archive.infolist()
    packed, claimed = sum(entry.compress_size for entry in entries), sum(entry.file_size for entry in entries)
    if len(entries) > limits.entries or claimed > limits.unpacked or claimed > limits.ratio * max(packed, 1):
        raise unreadable("The file unpacks to far more than it should.", "Check where it came from.")
    names = {entry.filename for entry in entries}
    if any(entry.flag_bits & 1 for entry in entries):
        raise unreadable("The file is locked with a password.", "Save it without a password.")
    if "xl/workbook.xml" in names:
        _walk(archive, limits)
        return True
    return False


def _walk(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Unpack everything once, counting and throwing away: an archive may lie about its sizes."""
    left = limits.unpacked
    for entry in archive.infolist():
        try:
            with archive.open(entry) as part:
                first = True
                while chunk := part.read(64 * 1024):
                    left -= len(chunk)
                    if left < 0:
                        raise unreadable("The file unpacks to far more than it should.", "Check where it came from.")
                    if first and b"<!DOCTYPE" in chunk[:4096].upper():
                        raise unreadable("The workbook holds something no spreadsheet needs.", "Save it again.")
                    first = False
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
            raise unreadable("The file is damaged.") from None


def _zipped(file: IO[bytes], limits: Limits) -> Iterator[Line]:
    archive, left = _open(file), limits.unpacked
    tables = [
        entry
        for entry in archive.infolist()
        if entry.filename.lower().endswith(".csv") and "Doc/" not in entry.filename
    ]
    if not tables:
        raise unreadable("The archive holds no CSV file.")
    for entry in tables:
        with archive.open(entry) as part:
            content = part.read(left + 1)
        left -= len(content)
        if left < 0:
            raise unreadable("The file unpacks to far more than it should.", "Check where it came from.")
        yield from _csv(io.BytesIO(content))


def _workbook(file: IO[bytes], limits: Limits, sheets_with: Sequence[str]) -> Iterator[Line]:
    file.seek(0)
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Exception:  # noqa: BLE001  openpyxl raises whatever the broken part made it stumble over
        raise unreadable("The workbook is damaged.") from None
    try:
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # read_only trusts a size written in the file; count for ourselves
            rows = sheet.iter_rows(values_only=True, max_col=limits.columns + 1)
            head = [Line(number, _texts(cells)) for number, cells in zip(range(1, 21), rows)]  # noqa: B905
            seen = {heading(cell) for line in head for cell in line.cells}
            if all(any(wanted in cell for cell in seen) for wanted in sheets_with):
                yield from (line for line in head if any(line.cells))
                numbered = ((number, _texts(cells)) for number, cells in enumerate(rows, len(head) + 1))
                yield from (Line(number, cells) for number, cells in numbered if any(cells))
                return
    finally:
        book.close()
    raise unreadable("No sheet of the workbook has the columns that are needed.", "Check that it is the right file.")


def _texts(cells: Iterable[Any]) -> tuple[str, ...]:
    texts = [_text(cell) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))  # spreadsheets keep whole numbers as 3.0
    return str(cell).strip()


# -- headings --------------------------------------------------------------------------------------------------------


def heading(text: str) -> str:
    """A heading as it is compared: small letters, single spaces, no byte-order mark."""
    return " ".join(text.replace("\ufeff", "").lower().split())


def columns(line: Line, wanted: Mapping[str, str]) -> dict[str, int]:
    """Where each wanted column stands, found by its heading (patterns, tried from the start), never by its place."""
    headings = [heading(cell) for cell in line.cells]
    found = {}
    for key, pattern in wanted.items():
        places = [place for place, text in enumerate(headings) if re.match(pattern, text)]
        if places:
            found[key] = places[0]
    return found


def cell(line: Line, place: int | None) -> str:
    """The text of one cell; empty where the row is short or the file has no such column."""
    return line.cells[place] if place is not None and place < len(line.cells) else ""
