"""The officers' pages of this app, room by room (the admin looks here)."""

from grants.funds import admin as funds
from grants.rounds import admin as rounds

__all__ = ["funds", "rounds"]
