"""How people become known, and how roles are given and ended."""

from communities.core.lifecycle import Moment, Step, need
from communities.people.models import PERSON, ROLE_GRANT, GrantStatus, Person, PersonStatus, RoleGrant
from communities.people.roles import ROLES


@need(
    "the role is given to somebody else",
    "You cannot give yourself a role.",
    next_step="Ask another access manager.",
)
def given_to_another(grant: RoleGrant, moment: Moment) -> bool:
    """Nobody widens their own rights."""
    return bool(grant.user_id != moment.by.pk)


@need("the role is one of the fund's", "There is no such role.", next_step="Choose one from the list.")
def role_is_known(grant: RoleGrant, moment: Moment) -> bool:
    """Roles are classes in code: a misspelt one would give nothing, silently."""
    return grant.role in ROLES


@need(
    "the role is somebody else's",
    "You cannot end a role of your own.",
    next_step="Ask another access manager.",
)
def ended_for_another(grant: RoleGrant, moment: Moment) -> bool:
    """Nobody changes their own rights, not even downwards: the office would lose its last key."""
    return bool(grant.user_id != moment.by.pk)


@need("somebody is noted as living with the person", "Nobody is noted as living with this person.")
def lives_with_somebody(person: Person, moment: Moment) -> bool:
    """There is something to put right."""
    return person.household_id is not None


@need("the person has no role in the office", "This person still holds a role.", next_step="End the role first.")
def holds_no_role(person: Person, moment: Moment) -> bool:
    """An account that works in the office keeps its name on what it did."""
    return not RoleGrant.objects.filter(user=person.user_id, status=GrantStatus.CURRENT).exists()


PERSON.add(
    Step("register", (), PersonStatus.KNOWN, "communities.register_person", label="Add a person", done="Person added"),
    Step(
        "anonymise",
        (PersonStatus.KNOWN,),
        PersonStatus.ANONYMISED,
        "communities.anonymise_person",
        needs=(holds_no_role,),
        label="Remove the name",
        done="Name removed",
    ),
)
ROLE_GRANT.add(
    Step(
        "grant",
        (),
        GrantStatus.CURRENT,
        "communities.add_rolegrant",
        needs=(given_to_another, role_is_known),
        message="role_given",
        label="Give a role",
        done="Role given",
    ),
    Step(
        "end",
        (GrantStatus.CURRENT,),
        GrantStatus.ENDED,
        "communities.end_role",
        needs=(ended_for_another,),
        message="role_ended",
        label="End this role",
        done="Role ended",
    ),
)
