"""What every page knows: the council, the fund, whom to ring."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def council(request: HttpRequest) -> dict[str, Any]:
    """The council's facts, as `council.name`, `council.fund`, `council.phone` ..."""
    return {"council": settings.COUNCIL, "demonstration": settings.DEMONSTRATION}
