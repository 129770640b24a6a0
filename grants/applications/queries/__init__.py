"""What can be asked about bids: what they are asked, what is left to do, how they stand, what was sent."""

from grants.applications.queries.asked import Asked, Frame, Part, frame, parts, tier_of, title_of
from grants.applications.queries.bids import (
    OPEN,
    Happened,
    Shown,
    answers,
    bids_of,
    by_section,
    closes_for,
    first_submission,
    group_timeline,
    latest_submission,
    own_bids,
    shown_status,
    shown_statuses,
    told,
)
from grants.applications.queries.copies import Names, freeze, shown_answers
from grants.applications.queries.rules import Problem, asked_of_grant, cost_of, part_problems
from grants.applications.queries.tasks import Task, all_problems, is_complete, problems, task_list, to_write

__all__ = [
    "OPEN",
    "Asked",
    "Frame",
    "Happened",
    "Names",
    "Part",
    "Problem",
    "Shown",
    "Task",
    "all_problems",
    "answers",
    "asked_of_grant",
    "bids_of",
    "by_section",
    "closes_for",
    "cost_of",
    "first_submission",
    "frame",
    "freeze",
    "group_timeline",
    "is_complete",
    "latest_submission",
    "own_bids",
    "part_problems",
    "parts",
    "problems",
    "shown_answers",
    "shown_status",
    "shown_statuses",
    "task_list",
    "tier_of",
    "title_of",
    "to_write",
    "told",
]
