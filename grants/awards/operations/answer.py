"""The group's yes or no, the days it has for it, and the reminders before they are over."""

from datetime import date, datetime, timedelta

from communities.core.clock import london
from communities.core.files import StoredFile
from communities.core.lifecycle import Moment, unit
from communities.core.models import Message
from communities.core.outbox import queue
from communities.core.permissions import SYSTEM, Actor
from communities.core.refusals import Refused
from communities.people.models import Person
from grants.awards.lifecycle import group_is_clear, offer_is_open
from grants.awards.models import AWARD, Acceptance, Award
from grants.awards.queries import (
    current_version,
    offers_ending,
    person_of,
    standing,
    unrelated_pair,
    why_not_recorded,
    why_not_say_yes,
)
from grants.funds.operations import give_back


def accept(
    award: Award,
    *,
    person: Person,
    means: str = Acceptance.Means.ONLINE,
    note: str = "",
    evidence: StoredFile | None = None,
    by: Actor,
    at: datetime,
) -> Award:
    """Say yes for the group. The second yes, from somebody who is not related to the first, makes the agreement."""
    detail = {"person": person.pk, "means": means, "note": note}
    needs = (offer_is_open, group_is_clear)
    with unit():
        with AWARD.record("sign", award, by=by, at=at, who="grants.accept_award", needs=needs, detail=detail) as offer:
            said, person = standing(offer), Person.objects.get(pk=person.pk)
            _refuse_yes(offer, person, means, note, evidence, said, by)
            Acceptance.objects.create(
                award=offer,
                version=current_version(offer),
                person=person,
                means=means,
                note=note,
                evidence=evidence,
                recorded_by_id=by.pk,
                accepted_at=at,
            )
        if not unrelated_pair(offer, standing(offer)):
            queue("second_yes_needed", [offer], Moment(by, at))
            return offer
        with AWARD.step("accept", offer, by=by, at=at) as agreed:
            agreed.accepted_at = at
    return agreed


def _refuse_yes(
    award: Award,
    person: Person,
    means: str,
    note: str,
    evidence: StoredFile | None,
    said: list[Acceptance],
    by: Actor,
) -> None:
    """Raise the reason why this yes does not count."""
    if why := why_not_say_yes(award, person, said):
        raise Refused(why, "Ask somebody else who signs for your group, or ring us about adding one.")
    mine = person_of(by)
    if means == Acceptance.Means.ONLINE:
        if mine != person:
            raise Refused("Everybody says yes for themselves.", f"Ask {person} to sign in and say yes.", status=403)
        return
    if not by.has_perm("grants.record_acceptance", award) or mine == person:
        raise Refused(
            "A yes on paper or by telephone is written down by an officer.", "Ring the grants team.", status=403
        )
    if why := why_not_recorded(award, person, said):
        raise Refused(why, "They can ask for a code by e-mail and do it from their own telephone or computer.")
    if means == Acceptance.Means.SIGNED and evidence is None:
        raise Refused("The signed page is missing.", "Add a photo or a scan of the page they signed.")
    if not note.strip():
        raise Refused("Say how they said yes.", "Write the number you rang, whom you spoke to and when.")


def turn_down(award: Award, *, reason: str = "", by: Actor, at: datetime) -> Award:
    """Say no to the offer. The money goes back to the round."""
    with AWARD.step("turn_down", award, by=by, at=at, reason=reason) as offer:
        _free(offer, "turned down", by, at)
    return offer


def lapse_offers(*, at: datetime) -> int:
    """End the offers whose last day is over; their money goes back to the round."""
    over = Award.objects.filter(status=Award.Status.OFFERED, offer_ends_on__lt=london(at).date())
    ended = 0
    for award in over.order_by("pk"):
        # one by one, and refused where somebody accepted it or gave it more time meanwhile
        with AWARD.step_many("lapse", [award], by=SYSTEM, at=at) as batch:
            for offer in batch.done:
                _free(offer, "not accepted in time", SYSTEM, at)
        ended += len(batch.done)
    return ended


def _free(award: Award, why: str, by: Actor, at: datetime) -> None:
    budget = award.application.round.budget
    give_back(budget, amount=award.amount, case=award.case, key=f"award-{award.pk}-freed", by=by, at=at, note=why)


REMINDERS = (("offer_ends_soon", 2), ("offer_reminder", 7))


def remind_of_offers(*, at: datetime) -> int:
    """Remind groups of an open offer a week before its last day, and two days before."""
    told, day = 0, london(at).date()
    for template, days in REMINDERS:
        for award in offers_ending(day, within=days):
            since = at - timedelta(days=days + 1)
            before = Message.objects.filter(template=template, object_model=award._meta.label, object_pk=str(award.pk))
            if not before.filter(created_at__gte=since).exists() and not _just_offered(award, at, days):
                queue(template, [award], Moment(SYSTEM, at))
                told += 1
    return told


def _just_offered(award: Award, at: datetime, days: int) -> bool:
    """An offer with a short time to accept is not followed by a reminder on the same day."""
    return award.offered_at > at - timedelta(days=min(days, 3))


def extend_offer(award: Award, *, until: date, reason: str, by: Actor, at: datetime) -> Award:
    """Give the group more time to say yes, for a reason that is kept."""
    with AWARD.record(
        "extend",
        award,
        by=by,
        at=at,
        who="grants.extend_offer",
        reason=reason,
        needs=(offer_is_open,),
        detail={"from": award.offer_ends_on, "until": until},
        message="offer_extended",
    ) as offer:
        if not reason.strip():
            raise Refused("Say why the group gets more time.", "One sentence is enough.")
        if until <= offer.offer_ends_on:
            raise Refused("The new last day must be later than the present one.", "Choose a later day.")
        if until > offer.offer_ends_on + timedelta(days=56):
            raise Refused("An offer is extended by eight weeks at most.", "Choose an earlier day.")
        offer.offer_ends_on = until
    return offer
