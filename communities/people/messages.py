"""What people are told about their access."""

from collections.abc import Iterator

from communities.core.lifecycle import Moment
from communities.core.outbox import Recipient, message
from communities.people.models import RoleGrant
from communities.people.roles import ROLES


@message("role_given", subject="You have been given a role in the fund")
def role_given(grant: RoleGrant, moment: Moment) -> Iterator[Recipient]:
    """The person learns what they may now do, and who gave it."""
    yield _holder(grant)


@message("role_ended", subject="A role of yours in the fund has ended")
def role_ended(grant: RoleGrant, moment: Moment) -> Iterator[Recipient]:
    """The person learns that they can no longer act in it."""
    yield _holder(grant)


def _holder(grant: RoleGrant) -> Recipient:
    holder = grant.user
    return Recipient(holder.email, holder.full_name, holder, {"role": ROLES.get(grant.role)})
