"""Rows that leave the office as CSV or XLSX: streamed, recorded, and never a formula."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any, TypeVar, cast

import tablib
from django.db import models
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.safestring import SafeString, mark_safe
from import_export import resources
from import_export.admin import ImportExportModelAdmin
from import_export.formats import base_formats
from import_export.forms import ExportForm
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from communities.core.events import record_event
from communities.core.office import OfficeAdmin

M = TypeVar("M", bound=models.Model)

# What a spreadsheet may take for the start of a formula, the wide forms of other keyboards included.
TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")
NUMBERS = (int, float, Decimal)


def safe(value: object) -> object:
    """A value for a cell: numbers stay numbers, text that could become a formula gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, NUMBERS) and not isinstance(value, bool):
        return value
    text = str(value)
    trimmed = text.lstrip(" \u00a0\u3000")
    return f"'{text}" if text.startswith(TRIGGERS) or trimmed.startswith(TRIGGERS) else text


def unsafe(value: object) -> object:
    """What `safe` made of a text, undone: for files of ours that come back."""
    if isinstance(value, str) and value.startswith("'") and safe(value[1:]) == value:
        return value[1:]
    return value


class _Echo:
    """A file that gives each line straight on."""

    def write(self, line: str) -> str:
        return line


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of a CSV file, with the mark that lets Excel read accents."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([safe(cell) for cell in header])
    for row in rows:
        yield writer.writerow([safe(cell) for cell in row])


def csv_response(filename: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """A CSV file, sent while it is written: any number of rows in little memory."""
    response = StreamingHttpResponse(csv_lines(header, rows), content_type="text/csv; charset=utf-8")
    return _as_download(response, filename)


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def xlsx_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """An Excel file in which every text is text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Rows")
    for row in (header, *rows):
        sheet.append([_cell(sheet, safe(value)) for value in row])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def xlsx_response(filename: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """An Excel file to download."""
    return _as_download(HttpResponse(xlsx_bytes(header, rows), content_type=XLSX), filename)


def _cell(sheet: Any, value: object) -> WriteOnlyCell:
    if isinstance(value, NUMBERS):
        return WriteOnlyCell(sheet, value)
    printable = "".join(letter for letter in str(value) if letter >= " " or letter in "\t\n\r")
    cell = WriteOnlyCell(sheet, printable)
    cell.data_type = "s"
    return cell


R = TypeVar("R", HttpResponse, StreamingHttpResponse)


def _as_download(response: R, filename: str) -> R:
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["Cache-Control"] = "private, no-store"
    return response


# -- the admin's own import and export -----------------------------------------------------------------------------


class SafeCSV(base_formats.CSV):  # type: ignore[misc]
    """CSV for the admin's export page."""

    def get_title(self) -> str:
        """The name in the list of formats."""
        return "CSV"

    def create_dataset(self, in_stream: Any, **kwargs: Any) -> tablib.Dataset:
        """Rows as read; the library would look for a reader called by our title."""
        return tablib.import_set(in_stream.removeprefix("\ufeff"), format="csv", **kwargs)

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> str:
        """The whole file as text."""
        return "".join(csv_lines(dataset.headers or [], dataset))


class SafeXLSX(base_formats.XLSX):  # type: ignore[misc]
    """XLSX for the admin's export page."""

    def get_title(self) -> str:
        """The name in the list of formats."""
        return "Excel (XLSX)"

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        """The whole file."""
        return xlsx_bytes(dataset.headers or [], dataset)


class PlainDiff(resources.Diff):  # type: ignore[misc]
    """The preview's differences without inline styles, which our content policy would refuse."""

    def as_html(self) -> list[SafeString]:
        """Each cell with what goes and what comes; the escaping is the library's, only the style goes."""
        return [mark_safe(re.sub(r' style="[^"]*"', "", str(cell))) for cell in super().as_html()]


class Resource(resources.ModelResource):  # type: ignore[misc]
    """Which columns go out and come in: subclass it with a `Meta` that names `model` and `fields`."""

    def get_diff_class(self) -> type[PlainDiff]:
        """The preview's differences."""
        return PlainDiff

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        """Take the apostrophes off that our own export put on."""
        row |= {name: unsafe(value) for name, value in row.items()}
        super().before_import_row(row, **kwargs)


class DataAdmin(OfficeAdmin[M], ImportExportModelAdmin):  # type: ignore[misc]
    """An office page with import and export, each with a permission of its own and an event."""

    formats = [SafeCSV, SafeXLSX]
    export_form_class = ExportForm
    skip_admin_log = True
    show_change_form_export = False

    def get_export_data(self, file_format: Any, request: HttpRequest, queryset: Any, **kwargs: Any) -> Any:
        """Rows that leave are recorded: who, when, how many."""
        data = super().get_export_data(file_format, request, queryset, **kwargs)
        record_event(
            f"{self.opts.model_name}.exported", by=cast("Any", request.user), detail={"rows": queryset.count()}
        )
        return data

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        """Rows that came in are recorded: who, when, how many of each sort."""
        record_event(f"{self.opts.model_name}.imported", by=cast("Any", request.user), detail=dict(result.totals))
        return cast("HttpResponse", super().process_result(result, request))
