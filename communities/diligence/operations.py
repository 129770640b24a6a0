"""Checks on a group: the kinds of check the fund knows."""

import json
from pathlib import Path

from django.db import transaction

from communities.core.events import record_event
from communities.core.jobs import Loaded, load_missing
from communities.diligence.models import CheckType

DATA = Path(__file__).parent / "data"


def load_check_types() -> dict[str, Loaded]:
    """Add the kinds of check that are not there yet; what officers changed stays."""
    rows = json.loads((DATA / "checks.json").read_text(encoding="utf-8"))
    with transaction.atomic():
        loaded = load_missing(CheckType, rows, key=("code",))
        if loaded.new:
            record_event("check_type.load", detail={"check types": loaded.new})
    return {"check types": loaded}
