"""The officers' pages of this app, room by room (the admin looks here)."""

from evaluation.insight import admin as insight
from evaluation.learning import admin as learning
from evaluation.reports import admin as reports

__all__ = ["insight", "learning", "reports"]
