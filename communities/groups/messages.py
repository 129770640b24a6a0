"""What a group's people are told about their group."""

from collections.abc import Iterable, Iterator

from communities.core.lifecycle import Moment
from communities.core.outbox import Recipient, message
from communities.groups.models import Group, Membership
from communities.groups.queries import addressees, leads


@message("group_started", subject="Your group is on our list")
def group_started(group: Group, moment: Moment) -> Iterator[Recipient]:
    """Whoever named the group reads what to do next."""
    yield Recipient(group.created_by.email, group.created_by.full_name, group.created_by)


@message("member_added", subject="You were named as a member of a community group")
def member_added(membership: Membership, moment: Moment) -> Iterator[Recipient]:
    """Somebody named by others reads by whom, and what to do if it is a mistake."""
    person = membership.person
    email = person.user.email if person.user else person.email
    if email and person.user_id != moment.by.pk:
        yield Recipient(email, person.full_name, person.user, {"group": membership.group})


@message("lead_changed", subject="Your group has a new lead")
def lead_changed(group: Group, moment: Moment) -> Iterable[Recipient]:
    """Everybody in the group reads who speaks for it now."""
    lead = group.memberships.filter(role=Membership.Role.LEAD, ends_on=None).select_related("person").first()
    return addressees(group, extra={"lead": lead.person if lead else None})


@message("group_suspended", subject="Your group’s bids and offers are on hold")
def group_suspended(group: Group, moment: Moment) -> Iterable[Recipient]:
    """The leaders read why, and whom to ring."""
    return addressees(group, only=leads)


@message("group_resumed", subject="Your group can bid again")
def group_resumed(group: Group, moment: Moment) -> Iterable[Recipient]:
    """The leaders read that all is well again."""
    return addressees(group, only=leads)


@message("group_closed", subject="Your group is closed on our list")
def group_closed(group: Group, moment: Moment) -> Iterable[Recipient]:
    """The leaders read that no more bids can be made for the group."""
    return addressees(group, only=leads)
