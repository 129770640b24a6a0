"""The officers' pages of this app, room by room (the admin looks here)."""

from grants.applications import admin as applications
from grants.checks import admin as checks
from grants.funds import admin as funds
from grants.rounds import admin as rounds

__all__ = ["applications", "checks", "funds", "rounds"]
from grants.assessment import admin as assessment
from grants.decisions import admin as decisions

__all__ = ["assessment", "decisions"]
from grants.awards import admin as awards
from grants.payments import admin as payments
from grants.spending import admin as spending

__all__ = ["awards", "payments", "spending"]
