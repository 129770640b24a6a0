"""Frozen starting points, to read."""

from django.contrib import admin

from communities.core.office import ReadOnlyAdmin, date_column
from evaluation.insight.models import Baseline


@admin.register(Baseline)
class BaselineAdmin(ReadOnlyAdmin[Baseline]):
    """Where indicators stood for places when we began."""

    list_display = ("indicator", "place", "value", "source", date_column("as_at", "As at"))
    list_select_related = ("indicator", "place")
