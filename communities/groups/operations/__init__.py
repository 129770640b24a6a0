"""Everything that changes a group."""

from communities.groups.operations.about import (
    FIELDS,
    add_document,
    close,
    resume,
    set_accountable_body,
    share_vision,
    start_group,
    suspend,
    update_group,
    write_vision,
)
from communities.groups.operations.people import (
    add_member,
    correct_member,
    declare_related,
    end_membership,
    hand_over_lead,
    update_member,
)

__all__ = [
    "FIELDS",
    "add_document",
    "add_member",
    "close",
    "correct_member",
    "declare_related",
    "end_membership",
    "hand_over_lead",
    "resume",
    "set_accountable_body",
    "share_vision",
    "start_group",
    "suspend",
    "update_group",
    "update_member",
    "write_vision",
]
