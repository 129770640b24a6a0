"""From the queue to assessment, or to a reasoned no."""

import pytest

from communities.core.models import Event, Message
from communities.core.refusals import Refused
from communities.people.models import RoleGrant
from grants.checks.operations.steps import (
    assess,
    assign_officer,
    begin_check,
    begin_checks,
    confirm_ineligible,
    propose_ineligible,
    raise_flag,
    resolve_flag,
    send_back,
    take,
)
from grants.rounds.models import RoundStaff
from tests.factories.applications import ApplicationFactory
from tests.factories.checks import LATER, judge_all
from tests.factories.groups import GroupFactory


@pytest.fixture
def proposed(case, carol, owen):
    """Carol proposes that it is not eligible; Owen is the other officer of the round."""
    for user in (carol, owen):
        RoundStaff.objects.create(round=case.round, user=user, duty="officer")
    reason = "The fund does not pay for what the school must provide."
    propose_ineligible(case, reason=reason, signpost="The school’s own budget", by=carol, at=LATER)
    case.refresh_from_db()
    return case


# -- starting and sharing out ------------------------------------------------------------------------------------------


def test_whoever_starts_checks_has_the_bid(bid, carol):
    begin_check(bid, by=carol, at=LATER)
    bid.refresh_from_db()
    assert (bid.status, bid.officer) == ("in_check", carol)


def test_a_bid_that_somebody_has_stays_with_them(bid, carol, owen):
    assign_officer(bid, officer=owen, by=owen, at=LATER)
    begin_check(bid, by=carol, at=LATER)
    bid.refresh_from_db()
    assert bid.officer == owen


@pytest.mark.parametrize("who", ["asha", "fiona", "anil", "stranger"])
def test_only_officers_start_checks(bid, request, who):
    with pytest.raises(Refused) as refused:
        begin_check(bid, by=request.getfixturevalue(who), at=LATER)
    bid.refresh_from_db()
    assert (refused.value.status, bid.status) == (403, "submitted")


def test_checks_start_once(case, owen):
    with pytest.raises(Refused, match="already “Being checked”"):
        begin_check(case, by=owen, at=LATER)


def test_several_start_together_and_those_that_cannot_are_named(case, round_, carol):
    new = ApplicationFactory(sent=True, round=round_, group=GroupFactory())
    batch = begin_checks([new, case], by=carol, at=LATER)
    assert ([bid.pk for bid in batch.done], [bid.pk for bid, _ in batch.refused]) == ([new.pk], [case.pk])


def test_a_bid_is_given_to_a_colleague_who_is_told(case, carol, owen):
    assign_officer(case, officer=owen, by=carol, at=LATER)
    case.refresh_from_db()
    assert case.officer == owen
    assert Message.objects.get(template="case_assigned").recipient == owen.email
    assert Event.objects.get(verb="application.assign").reason == "Now with Owen Hughes"


def test_who_takes_a_bid_writes_no_mail_to_themselves(case, owen):
    assert take([case], by=owen, at=LATER) == 1
    assert not Message.objects.filter(template="case_assigned").exists()
    case.refresh_from_db()
    assert take([case], by=owen, at=LATER) == 0


def test_a_bid_is_given_to_officers_only(case, carol, fiona):
    with pytest.raises(Refused, match="is not an officer"):
        assign_officer(case, officer=fiona, by=carol, at=LATER)


def test_an_officer_whose_role_has_ended_gets_no_bids(case, carol, owen):
    RoleGrant.objects.filter(user=owen).update(status="ended")
    owen.forget_roles()
    with pytest.raises(Refused, match="is not an officer"):
        assign_officer(case, officer=owen, by=carol, at=LATER)


def test_a_finished_bid_is_given_to_nobody(case, carol, owen):
    type(case).objects.filter(pk=case.pk).update(status="ineligible")
    with pytest.raises(Refused, match="has not been sent, or is over"):
        assign_officer(case, officer=owen, by=carol, at=LATER)


# -- not eligible: two officers ----------------------------------------------------------------------------------------


def test_a_proposal_tells_the_other_officer_and_not_the_group(proposed, owen):
    assert proposed.status == "ineligible_proposed"
    assert list(Message.objects.filter(template="ineligible_proposed").values_list("recipient", flat=True)) == [
        owen.email
    ]
    assert not Message.objects.filter(template="ineligible").exists()


def test_nobody_confirms_their_own_proposal(proposed, carol):
    with pytest.raises(Refused, match="another officer has to confirm"):
        confirm_ineligible(proposed, by=carol, at=LATER)
    proposed.refresh_from_db()
    assert proposed.status == "ineligible_proposed"


def test_another_officer_confirms_and_the_group_reads_why(proposed, owen, asha, ben):
    confirm_ineligible(proposed, by=owen, at=LATER)
    proposed.refresh_from_db()
    finding = proposed.ineligible_findings.get()
    assert (proposed.status, finding.settled_by, finding.is_confirmed) == ("ineligible", owen, True)
    letters = Message.objects.filter(template="ineligible")
    assert set(letters.values_list("recipient", flat=True)) == {asha.email, ben.email}
    for words in ("what the school must provide", "The school’s own budget"):
        assert words in letters[0].body


def test_another_officer_sends_it_back_with_a_reason(proposed, carol, owen):
    send_back(proposed, reason="It is out of school hours.", by=owen, at=LATER)
    proposed.refresh_from_db()
    finding = proposed.ineligible_findings.get()
    assert (proposed.status, finding.is_confirmed, finding.settled_note) == (
        "in_check", False, "It is out of school hours.",
    )  # fmt: skip
    assert Message.objects.get(template="ineligible_sent_back").recipient == carol.email


def test_after_being_sent_back_it_can_be_proposed_anew(proposed, carol, owen):
    send_back(proposed, reason="Look again.", by=owen, at=LATER)
    proposed.refresh_from_db()
    propose_ineligible(proposed, reason="Still so.", by=carol, at=LATER)
    assert proposed.ineligible_findings.count() == 2


@pytest.mark.parametrize("act", [propose_ineligible, send_back])
def test_a_no_without_a_reason_is_refused(proposed, owen, act):
    with pytest.raises(Refused, match="Say why"):
        act(proposed, reason="  ", by=owen, at=LATER)


def test_the_database_refuses_one_person_as_both(proposed, carol):
    from django.db import IntegrityError

    with pytest.raises(IntegrityError):
        proposed.ineligible_findings.update(settled_by=carol, settled_at=LATER, is_confirmed=True)


# -- flags -------------------------------------------------------------------------------------------------------------


def test_a_flag_is_raised_and_resolved_and_blocks_nothing(case, carol, owen):
    flag = raise_flag(case, reason="The hall is for sale.", by=carol, at=LATER)
    judge_all(case, carol)
    resolve_flag(flag, resolution="It was sold to the parish.", by=owen, at=LATER)
    flag.refresh_from_db()
    assert (flag.resolved_by, flag.resolution) == (owen, "It was sold to the parish.")
    case.refresh_from_db()
    assess(case, by=carol, at=LATER)


def test_a_flag_is_resolved_once(case, carol):
    flag = raise_flag(case, reason="Look at this.", by=carol, at=LATER)
    resolve_flag(flag, resolution="Done.", by=carol, at=LATER)
    with pytest.raises(Refused, match="resolved already"):
        resolve_flag(flag, resolution="Done again.", by=carol, at=LATER)


def test_only_officers_raise_flags(case, asha):
    with pytest.raises(Refused):
        raise_flag(case, reason="Look at this.", by=asha, at=LATER)
