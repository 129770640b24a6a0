"""What a group is told about a hold."""

from collections.abc import Iterable

from communities.core.events import Moment
from communities.core.outbox import Recipient, message
from communities.diligence.models import Hold
from communities.groups.models import Group, Membership

# A person rings about these; a letter by machine could do harm.
BY_VOICE = (Hold.Kind.SAFEGUARDING, Hold.Kind.FRAUD_REVIEW)


def leaders(group: Group) -> Iterable[Recipient]:
    """The people who lead the group and have an address."""
    found = Membership.objects.filter(group=group, is_leader=True, ends_on=None).exclude(person__email="")
    for membership in found.select_related("person__user"):
        yield Recipient(membership.person.email, membership.person.full_name, membership.person.user)


@message("hold_set", subject="We cannot make your group a new offer for now")
def hold_set(hold: Hold, moment: Moment) -> Iterable[Recipient]:
    """The group's leaders, unless it is something that is said in person."""
    return [] if hold.kind in BY_VOICE else leaders(hold.group)


@message("hold_cleared", subject="We can make your group new offers again")
def hold_cleared(hold: Hold, moment: Moment) -> Iterable[Recipient]:
    """Whoever was told of the hold."""
    return [] if hold.kind in BY_VOICE else leaders(hold.group)
