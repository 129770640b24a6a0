"""Everything that changes a round: its terms, its dates and people, its notices."""

from grants.rounds.operations.rounds import (
    MANY,
    add_notice,
    add_staff,
    draft_round,
    end_seat,
    finish,
    name_panel,
    publish,
    remove_staff,
    seat_person,
    update_round,
)
from grants.rounds.operations.terms import copy_terms, load_library

__all__ = [
    "MANY",
    "add_notice",
    "add_staff",
    "copy_terms",
    "draft_round",
    "end_seat",
    "finish",
    "load_library",
    "name_panel",
    "publish",
    "remove_staff",
    "seat_person",
    "update_round",
]
