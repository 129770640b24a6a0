"""Meetings, motions and votes; decisions proposed by one and confirmed by another; telling the groups."""

from grants.decisions.operations.confirming import ratify, ratify_many, set_aside
from grants.decisions.operations.meetings import (
    close_meeting,
    mark_attendance,
    move_meeting,
    open_meeting,
    plan_meeting,
)
from grants.decisions.operations.motions import cast_vote, cast_votes, close_motion, put_motion, put_off_without_quorum
from grants.decisions.operations.preparing import answer_about_less, ask_about_less, prepare, rank_reserve, rebase_lines
from grants.decisions.operations.proposing import propose_delegated, reconsider_reserve
from grants.decisions.operations.telling import release, release_due

__all__ = [
    "answer_about_less",
    "ask_about_less",
    "cast_vote",
    "cast_votes",
    "close_meeting",
    "close_motion",
    "mark_attendance",
    "move_meeting",
    "open_meeting",
    "plan_meeting",
    "prepare",
    "propose_delegated",
    "put_motion",
    "put_off_without_quorum",
    "rank_reserve",
    "ratify",
    "ratify_many",
    "rebase_lines",
    "reconsider_reserve",
    "release",
    "release_due",
    "set_aside",
]
