"""The officers' pages of this app, room by room (the admin looks here)."""

from grants.applications import admin as applications
from grants.assessment import admin as assessment
from grants.awards import admin as awards
from grants.checks import admin as checks
from grants.decisions import admin as decisions
from grants.funds import admin as funds
from grants.payments import admin as payments
from grants.rounds import admin as rounds
from grants.spending import admin as spending

__all__ = ["applications", "assessment", "awards", "checks", "decisions", "funds", "payments", "rounds", "spending"]
