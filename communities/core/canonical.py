"""One spelling of a value as bytes, so that its digest is the same today and in ten years."""

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces, no floats that are not numbers."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain)


def digest(value: Any, *, salt: str = "") -> str:
    """SHA-256 of the canonical text, in hex."""
    return hashlib.sha256((salt + canonical(value)).encode()).hexdigest()


def _plain(value: Any) -> str:
    # Django's own encoder cuts microseconds: a forged time would go unseen.
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, Decimal | UUID | date):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no canonical form.")
