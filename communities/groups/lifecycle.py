"""How a group begins, is stopped for a while, and ends."""

from communities.core.events import describe
from communities.core.lifecycle import Moment, Step, need
from communities.groups.models import GROUP, Group

S = Group.Status


@need("the group has a name", "Enter the name of your group.")
def has_a_name(group: Group, moment: Moment) -> bool:
    """The name is what people know the group by."""
    return bool(group.name.strip())


@need("a reason is given", "Say why: the group will read it.")
def reason_given(group: Group, moment: Moment) -> bool:
    """Nobody is stopped without being told why."""
    return bool(moment.reason.strip())


@need("the group is not closed", "This group is closed.", next_step="Ring us if that is a mistake.")
def is_not_closed(group: Group, moment: Moment) -> bool:
    """What a closed group was stays as it was."""
    return group.status != S.CLOSED


GROUP.add(
    Step(
        "start",
        (),
        S.ACTIVE,
        "communities.start_group",
        needs=(has_a_name,),
        message="group_started",
        label="Start a group",
        done="Group named",
    ),
    Step(
        "suspend",
        (S.ACTIVE,),
        S.SUSPENDED,
        "communities.suspend_group",
        needs=(reason_given,),
        message="group_suspended",
        label="Put on hold",
        done="Group put on hold",
    ),
    Step(
        "resume",
        (S.SUSPENDED,),
        S.ACTIVE,
        "communities.suspend_group",
        message="group_resumed",
        label="Take off hold",
        done="Group taken off hold",
    ),
    Step(
        "close",
        (S.ACTIVE, S.SUSPENDED),
        S.CLOSED,
        "communities.suspend_group",
        needs=(reason_given,),
        message="group_closed",
        label="Close this group",
        done="Group closed",
    ),
)
for verb, sentence in {
    "update": "Details changed",
    "add_member": "Member added",
    "update_member": "Role of a member changed",
    "correct_member": "Name or address of a member corrected",
    "end_membership": "Member left",
    "hand_over_lead": "Lead handed over",
    "declare_related": "Two people declared as related",
    "set_accountable_body": "Named who holds the money",
    "write_vision": "Vision written",
    "share_vision": "Vision of another group shared",
    "add_document": "Document added",
}.items():
    describe(f"group.{verb}", sentence)
