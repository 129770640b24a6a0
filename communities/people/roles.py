"""The roles people are given, in words that a manager can check. What each may do: docs/permissions.md."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """A role's code, the name people read, what somebody in it does."""

    code: str
    name: str
    description: str
    office: bool = True  # works in the office, so needs a second factor


OFFICER = Role(
    "officer",
    "Grants officer",
    "Runs rounds and cases: checks bids and groups, asks for information, prepares meetings and offers. "
    "Cannot make a decision final, or pay.",
)
SENIOR_OFFICER = Role(
    "senior_officer",
    "Senior officer",
    "Makes the panel's decisions final within the budget, releases them, approves payments and exceptions.",
)
FINANCE = Role(
    "finance",
    "Finance clerk",
    "Verifies bank details by calling back, prepares payment files, records what was paid. Cannot decide on a bid.",
)
ANALYST = Role(
    "analyst",
    "Analyst",
    "Reads results, maps targets to indicators, publishes learning. Sees no bank details and changes no case.",
)
AUDITOR = Role("auditor", "Auditor", "Reads everything but bank details, and changes nothing.")
ACCESS_MANAGER = Role(
    "access_manager",
    "Access manager",
    "Gives roles to others and ends them, never their own. Sees no bids and no money by this role.",
)
PANEL = Role(
    "panel",
    "Panel member",
    "Can be given a seat on a panel. Reads and scores the bids of that panel, once interests are declared.",
    office=False,
)

ROLES = {role.code: role for role in (OFFICER, SENIOR_OFFICER, FINANCE, ANALYST, AUDITOR, ACCESS_MANAGER, PANEL)}
OFFICE_ROLES = tuple(role.code for role in ROLES.values() if role.office)
