"""The officers' pages of this app, room by room (the admin looks here)."""

from grants.assessment import admin as assessment
from grants.decisions import admin as decisions

__all__ = ["assessment", "decisions"]
