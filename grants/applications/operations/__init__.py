"""Everything that changes a bid."""

from grants.applications.operations.drafts import StaleAnswer, begin, save_section, start
from grants.applications.operations.reminders import remind
from grants.applications.operations.sending import lapse, lapse_all, next_submission, submit, withdraw
from grants.applications.queries import freeze

__all__ = [
    "StaleAnswer",
    "begin",
    "freeze",
    "lapse",
    "lapse_all",
    "next_submission",
    "remind",
    "save_section",
    "start",
    "submit",
    "withdraw",
]
