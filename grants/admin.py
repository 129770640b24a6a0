"""The officers' pages of this app, room by room (the admin looks here)."""

from grants.awards import admin as awards
from grants.payments import admin as payments
from grants.spending import admin as spending

__all__ = ["awards", "payments", "spending"]
