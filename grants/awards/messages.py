"""What the people of a group are told about an offer and about their award."""

from collections.abc import Iterator
from typing import Any

from communities.core.lifecycle import Moment
from communities.core.outbox import Recipient, message
from communities.groups.models import Group, Membership
from communities.groups.queries import PEOPLE, addressees, keeps_money, leads
from grants.awards.models import Award
from grants.awards.queries import lines_of, signers

TOLD = (f"group.{PEOPLE}",)  # what a batch of these letters reads


def people_told(group: Group, **context: Any) -> list[Recipient]:
    """Those who lead the group, keep its money or sign for it."""

    def has_a_part(member: Membership) -> bool:
        return keeps_money(member) or leads(member) or member.is_signatory

    return addressees(group, only=has_a_part, extra=context)


@message(
    "offer_made",
    subject="Good news about {object.reference}: an offer for your group",
    loads=(*TOLD, "versions.lines", "conditions"),
)
def offer_made(award: Award, moment: Moment) -> Iterator[Recipient]:
    """The group learns what it is offered, for what, and how to say yes or no."""
    yield from people_told(award.group, lines=lines_of(award), conditions=list(award.conditions.all()))


@message("second_yes_needed", subject="{object.reference}: one more yes is needed")
def second_yes_needed(award: Award, moment: Moment) -> Iterator[Recipient]:
    """Those who can be the second person learn that the first has said yes."""
    found = signers(award)
    first = [each.person for each in found if each.acceptance]
    can = {each.person.pk for each in found if not each.acceptance and not each.why_not}
    yield from addressees(award.group, only=lambda member: member.person_id in can, extra={"first": first})


@message("agreement_made", subject="{object.reference}: your group has accepted the offer")
def agreement_made(award: Award, moment: Moment) -> Iterator[Recipient]:
    """The group learns that it is agreed, and what comes next."""
    yield from people_told(award.group, said=[each.person for each in signers(award) if each.acceptance])


@message("offer_turned_down", subject="{object.reference}: you have turned the offer down")
def offer_turned_down(award: Award, moment: Moment) -> Iterator[Recipient]:
    """Everybody who could have accepted learns that somebody said no."""
    yield from people_told(award.group)


@message("offer_reminder", subject="{object.reference}: your offer is open until {ends}", loads=TOLD)
def offer_reminder(award: Award, moment: Moment) -> Iterator[Recipient]:
    """A week before the last day, the group is reminded."""
    yield from people_told(award.group, ends=_day(award), missing=_missing(award))


@message("offer_ends_soon", subject="{object.reference}: your offer ends on {ends}", loads=TOLD)
def offer_ends_soon(award: Award, moment: Moment) -> Iterator[Recipient]:
    """Two days before the last day, the group is reminded once more."""
    yield from people_told(award.group, ends=_day(award), missing=_missing(award))


@message("offer_extended", subject="{object.reference}: you have more time, until {ends}")
def offer_extended(award: Award, moment: Moment) -> Iterator[Recipient]:
    """The group learns that it has more time to say yes."""
    yield from people_told(award.group, ends=_day(award))


@message("offer_lapsed", subject="{object.reference}: the offer has ended", loads=TOLD)
def offer_lapsed(award: Award, moment: Moment) -> Iterator[Recipient]:
    """The group learns that the time is over, and whom to ring."""
    yield from people_told(award.group)


@message("award_completed", subject="{object.reference}: thank you, your award is complete")
def award_completed(award: Award, moment: Moment) -> Iterator[Recipient]:
    """The group is thanked and learns that nothing more is owed."""
    yield from people_told(award.group)


def _day(award: Award) -> str:
    return f"{award.offer_ends_on.day} {award.offer_ends_on:%B %Y}"


def _missing(award: Award) -> int:
    return 2 - min(len([each for each in signers(award) if each.acceptance]), 2)
