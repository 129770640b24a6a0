"""What everything is measured against: the least that a page, and a file, can cost on this machine."""

import csv
from collections.abc import Iterator

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template import Context, Engine

from communities.core.models import Event

FILE_ROWS = 10_000
PAGE = Engine().from_string(
    "<!doctype html><title>Floor</title><table>{% for row in rows %}<tr><td>{{ row.pk }}<td>{{ row.at }}"
    "<td>{{ row.verb }}<td>{{ row.object_model }}<td>{{ row.object_pk }}<td>{{ row.target }}</tr>{% endfor %}</table>"
)
COLUMNS = ("pk", "at", "verb", "object_model", "object_pk", "target")


@login_not_required
def page(request: HttpRequest) -> HttpResponse:
    """One indexed query, fifty rows."""
    return HttpResponse(PAGE.render(Context({"rows": Event.objects.order_by("-pk")[:50]})))


class _Echo:
    def write(self, line: str) -> str:
        return line


@login_not_required
def rows(request: HttpRequest) -> StreamingHttpResponse:
    """Ten thousand plain rows, streamed."""
    found = Event.objects.order_by("-pk").values_list(*COLUMNS)[:FILE_ROWS]

    def lines() -> Iterator[str]:
        writer = csv.writer(_Echo())
        for row in found.iterator(chunk_size=2000):
            yield writer.writerow(row)

    return StreamingHttpResponse(lines(), content_type="text/csv")
