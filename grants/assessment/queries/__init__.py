"""What members are asked for, who ties whom to a bid, and how the bids stand."""

from grants.assessment.queries.members import (
    LISTED,
    Task,
    before_panel,
    has_declared,
    interests_of,
    is_out,
    listed,
    panels_for,
    people_of,
    seats_of,
    tasks,
    work,
)
from grants.assessment.queries.sharing import Share, shares, short_of_scorers, suggestion
from grants.assessment.queries.standings import (
    Marks,
    Standing,
    counted,
    criteria_of,
    ranking,
    rounded,
    scores_of,
    standings,
    words_of,
)
from grants.assessment.queries.ties import matches

__all__ = [
    "LISTED",
    "Marks",
    "Share",
    "Standing",
    "Task",
    "before_panel",
    "counted",
    "criteria_of",
    "has_declared",
    "interests_of",
    "is_out",
    "listed",
    "matches",
    "panels_for",
    "people_of",
    "ranking",
    "rounded",
    "scores_of",
    "seats_of",
    "shares",
    "short_of_scorers",
    "standings",
    "suggestion",
    "tasks",
    "words_of",
    "work",
]
