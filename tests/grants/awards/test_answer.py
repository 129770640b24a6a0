"""Two unrelated people say yes, each for themselves. Or the offer is turned down, extended, or runs out."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from communities.core.models import Event, Message
from communities.core.refusals import Refused
from communities.diligence.models import Hold
from communities.people.models import Household, Person
from grants.awards import operations
from grants.awards.models import Acceptance
from grants.funds.models import Budget
from tests.factories import awards as make

BEFORE_EASTER = datetime(2027, 3, 19, 10, 0, tzinfo=UTC)


def say_yes(award, user, at=make.AGREED, person=None, **how):
    return operations.accept(award, person=person or user.person, by=user, at=at, **how)


def refusal(act, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return refused.value.sentence


# -- two people ---------------------------------------------------------------------------------------------------


def test_the_second_yes_makes_the_agreement(offered, asha, ben):
    assert say_yes(offered, asha).status == "offered"
    agreed = say_yes(offered, ben, at=make.AGREED + timedelta(hours=1))
    assert (agreed.status, agreed.accepted_at) == ("accepted", make.AGREED + timedelta(hours=1))
    verbs = (
        Event.objects.filter(case=offered.case, verb__startswith="award.").order_by("pk").values_list("verb", flat=True)
    )
    assert list(verbs) == ["award.offer", "award.sign", "award.sign", "award.accept"]


def test_after_the_first_yes_the_others_are_asked_and_nobody_else(offered, asha, ben):
    say_yes(offered, asha)
    assert [each.recipient for each in Message.objects.filter(template="second_yes_needed")] == [ben.email]


def test_accepting_alone_is_refused(offered, asha):
    say_yes(offered, asha)
    assert refusal(say_yes, offered, asha) == (
        "Asha Patel has said yes already. The second yes has to come from somebody else."
    )
    assert Acceptance.objects.count() == 1


def test_people_of_one_household_count_as_one(offered, asha, ben):
    home = Household.objects.create()
    Person.objects.filter(pk__in=[asha.person.pk, ben.person.pk]).update(household=home)
    say_yes(offered, asha)
    assert refusal(say_yes, offered, ben) == (
        "Ben Carter and Asha Patel live together, so they count as one. Somebody else has to say yes too."
    )


def test_people_who_told_us_that_they_are_related_count_as_one(offered, meadow, asha, ben):
    first, second = sorted((asha.person, ben.person), key=lambda each: each.pk)
    meadow.related_people.create(
        person_a=first, person_b=second, how="Cousins", declared_by=asha, declared_at=make.OFFERED
    )
    say_yes(offered, asha)
    assert "are related, so they count as one" in refusal(say_yes, offered, ben)


def test_nobody_says_yes_for_somebody_else(offered, asha, ben):
    assert refusal(say_yes, offered, asha, person=ben.person) == "Everybody says yes for themselves."


def test_whoever_does_not_sign_for_the_group_cannot_accept(offered, meadow, stranger, carol):
    assert "do not have the right" in refusal(say_yes, offered, stranger)
    make.join(meadow, stranger.person, signs=False)
    assert "do not have the right" in refusal(say_yes, offered, stranger)


def test_somebody_who_left_the_group_cannot_accept(offered, meadow, ben):
    meadow.memberships.filter(person=ben.person).update(ends_on=date(2026, 12, 1))
    assert "do not have the right" in refusal(say_yes, offered, ben)


def test_a_hold_stops_the_agreement(offered, meadow, asha):
    Hold.objects.create(group=meadow, kind="report_overdue", reason="Report of 2025", set_at=make.OFFERED)
    assert "settle first" in refusal(say_yes, offered, asha)


def test_the_last_day_counts_in_full(offered, asha, ben):
    last = datetime(2027, 1, 8, 23, 59, tzinfo=UTC)
    assert refusal(say_yes, offered, asha, at=last + timedelta(minutes=1)) == "This offer has ended."
    say_yes(offered, asha, at=last)
    assert say_yes(offered, ben, at=last).status == "accepted"


def test_a_third_yes_after_the_agreement_is_refused(offered, meadow, asha, ben, stranger):
    make.join(meadow, stranger.person)
    make.agree(offered, asha, ben)
    assert refusal(say_yes, offered, stranger) == "This offer is already “Accepted”."


def test_a_yes_is_never_changed_and_counts_once(offered, asha):
    say_yes(offered, asha)
    given = Acceptance.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Acceptance.objects.filter(pk=given.pk).update(note="changed")
    given.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        given.save(force_insert=True)


# -- other means --------------------------------------------------------------------------------------------------


def test_micro_one_on_line_and_one_by_telephone(micro_offer, asha, ben, carol):
    say_yes(micro_offer, asha)
    how = {"means": "call_back", "note": "Rang 01268 555 0100, spoke to Ben at 10:00."}
    assert say_yes(micro_offer, carol, person=ben.person, **how).status == "accepted"


def test_small_both_on_line_where_they_can(offered, asha, ben, carol):
    say_yes(offered, asha)
    how = {"means": "call_back", "note": "Rang."}
    assert refusal(say_yes, offered, carol, person=ben.person, **how) == (
        "Ben Carter has an e-mail address, so they have to say yes on this site themselves."
    )


def test_somebody_without_an_address_signs_a_page(offered, asha, mina, carol, signed_page):
    say_yes(offered, asha)
    how = {"means": "signed", "note": "Rang 01268 555 0199 on 14 December."}
    assert refusal(say_yes, offered, carol, person=mina, **how) == "The signed page is missing."
    assert (
        refusal(say_yes, offered, carol, person=mina, means="signed", evidence=signed_page) == "Say how they said yes."
    )
    assert say_yes(offered, carol, person=mina, evidence=signed_page, **how).status == "accepted"


def test_one_of_the_two_is_always_on_line(micro_offer, ben, mina, carol):
    how = {"means": "in_person", "note": "Came to the office."}
    say_yes(micro_offer, carol, person=mina, **how)
    assert refusal(say_yes, micro_offer, carol, person=ben.person, **how) == (
        "One of the two has to say yes on this site, with their own sign-in."
    )


def test_members_cannot_write_down_a_yes_of_others(micro_offer, asha, mina):
    assert "written down by an officer" in refusal(say_yes, micro_offer, asha, person=mina, means="signed", note="x")


# -- no, more time, too late --------------------------------------------------------------------------------------


def test_turning_down_gives_the_money_back(offered, asha):
    before = Budget.objects.get().committed
    assert (
        operations.turn_down(offered, reason="We found another funder.", by=asha, at=make.AGREED).status == "declined"
    )
    assert before - Budget.objects.get().committed == Decimal("1180.00")
    assert "We found another funder." in Message.objects.filter(template="offer_turned_down").first().body
    assert "already" in refusal(operations.turn_down, offered, by=asha, at=make.AGREED)
    assert Budget.objects.get().committed == before - Decimal("1180.00")


def test_a_member_who_does_not_sign_cannot_turn_down(offered, stranger):
    assert "do not have the right" in refusal(operations.turn_down, offered, by=stranger, at=make.AGREED)


def test_an_offer_runs_out_and_gives_the_money_back(offered, asha):
    assert operations.lapse_offers(at=datetime(2027, 1, 8, 12, tzinfo=UTC)) == 0
    assert operations.lapse_offers(at=datetime(2027, 1, 9, 0, 5, tzinfo=UTC)) == 1
    assert operations.lapse_offers(at=datetime(2027, 1, 9, 0, 20, tzinfo=UTC)) == 0
    offered.refresh_from_db()
    assert (offered.status, Budget.objects.get().committed) == ("lapsed", Decimal("0.00"))
    assert Message.objects.filter(template="offer_lapsed").count() == 2


def test_reminders_a_week_and_two_days_before_once_each(offered, asha, ben):
    def told():
        return {name: Message.objects.filter(template=name).count() for name in ("offer_reminder", "offer_ends_soon")}

    for day, expected in ((date(2026, 12, 20), (0, 0)), (date(2027, 1, 2), (2, 0)), (date(2027, 1, 6), (2, 2))):
        for hour in (9, 10):
            operations.remind_of_offers(at=datetime(day.year, day.month, day.day, hour, tzinfo=UTC))
        assert tuple(told().values()) == expected


def test_a_senior_officer_gives_more_time_for_a_reason(offered, grace, carol, asha):
    until = date(2027, 1, 22)
    extend = {"until": until, "reason": "Doreen has died.", "at": make.AGREED}
    assert "do not have the right" in refusal(operations.extend_offer, offered, by=carol, **extend)
    assert "Say why" in refusal(operations.extend_offer, offered, by=grace, until=until, reason=" ", at=make.AGREED)
    assert "later than" in refusal(operations.extend_offer, offered, by=grace, **extend | {"until": date(2027, 1, 8)})
    assert "eight weeks" in refusal(operations.extend_offer, offered, by=grace, **extend | {"until": date(2027, 4, 1)})
    assert operations.extend_offer(offered, by=grace, **extend).offer_ends_on == until
    assert Event.objects.get(verb="award.extend").reason == "Doreen has died."
    assert "22 January 2027" in Message.objects.filter(template="offer_extended").first().subject


# -- conditions ---------------------------------------------------------------------------------------------------


def test_officers_say_when_a_condition_is_met(meadow, carol, grace, asha):
    award = make.offer(meadow, officer=carol, ratifier=grace, conditions=["Send the insurance certificate."])
    condition = award.conditions.get()
    assert "do not have the right" in refusal(operations.meet_condition, condition, by=asha, at=make.AGREED)
    operations.change_condition(condition, when="during", due_on=date(2027, 2, 1), by=carol, at=make.AGREED)
    met = operations.meet_condition(condition, note="Certificate seen.", by=carol, at=make.AGREED)
    assert (met.when, met.met_by, met.note) == ("during", carol, "Certificate seen.")
    assert "met already" in refusal(operations.meet_condition, condition, by=carol, at=make.AGREED)
