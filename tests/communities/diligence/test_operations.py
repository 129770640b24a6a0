"""Checks on a group are made once and used while they are valid; holds keep it from new offers."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from communities.core.events import timeline
from communities.core.models import Message
from communities.core.refusals import Refused
from communities.diligence.models import CheckType, GroupCheck, Hold
from communities.diligence.operations import clear_hold, load_check_types, months_after, record_check, set_hold
from communities.diligence.queries import has_hold, standing_checks
from tests.factories.checks import LATER, CheckTypeFactory, GroupCheckFactory, HoldFactory

# -- checks ------------------------------------------------------------------------------------------------------------


def test_a_check_is_valid_for_the_time_of_its_kind(group, identity, carol):
    check = record_check(group, check_type=identity, result="passed", by=carol, at=LATER)
    assert (check.checked_by, check.valid_until) == (carol, date(2027, 10, 20))
    assert [line.sentence for line in timeline(group.case)][-1] == "Group checked"


def test_an_officer_can_name_another_day(group, identity, carol):
    day = date(2027, 3, 31)
    check = record_check(group, check_type=identity, result="passed", valid_until=day, by=carol, at=LATER)
    assert check.valid_until == day


def test_a_kind_without_a_time_holds_until_something_changes(group, carol):
    rules = CheckTypeFactory(code="governing", valid_months=None)
    assert record_check(group, check_type=rules, result="passed", by=carol, at=LATER).valid_until is None


@pytest.mark.parametrize("who", ["asha", "fiona", "una", "anil", "stranger"])
def test_only_officers_check(group, identity, request, who):
    with pytest.raises(Refused) as refused:
        record_check(group, check_type=identity, result="passed", by=request.getfixturevalue(who), at=LATER)
    assert (refused.value.status, GroupCheck.objects.count()) == (403, 0)


def test_only_a_senior_officer_waives_and_says_why(group, identity, carol, grace):
    with pytest.raises(Refused):
        record_check(group, check_type=identity, result="waived", note="Known.", by=carol, at=LATER)
    with pytest.raises(Refused, match="Say why"):
        record_check(group, check_type=identity, result="waived", by=grace, at=LATER)
    assert record_check(group, check_type=identity, result="waived", note="Known.", by=grace, at=LATER).note == "Known."


def test_a_no_needs_its_reason(group, identity, carol):
    with pytest.raises(Refused, match="Say why"):
        record_check(group, check_type=identity, result="failed", note=" ", by=carol, at=LATER)


def test_the_latest_check_stands_and_earlier_ones_stay(group, identity, carol):
    record_check(group, check_type=identity, result="failed", note="No answer.", by=carol, at=LATER)
    later = LATER + timedelta(days=1)
    again = record_check(group, check_type=identity, result="passed", by=carol, at=later)
    assert standing_checks(group, later) == {identity: again}
    assert GroupCheck.objects.count() == 2


def test_a_check_that_has_run_out_stands_no_longer(group, identity):
    GroupCheckFactory(group=group, check_type=identity, valid_until=date(2026, 10, 20))
    assert standing_checks(group, LATER)[identity] is not None
    assert standing_checks(group, LATER + timedelta(days=1)) == {identity: None}


def test_a_check_is_never_rewritten(group, identity):
    check = GroupCheckFactory(group=group, check_type=identity)
    with pytest.raises(DatabaseError), transaction.atomic():
        GroupCheck.objects.filter(pk=check.pk).update(result="failed")


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 10, 20), 18, date(2028, 4, 20)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
    ],
)
def test_months_end_on_the_last_day_where_there_is_no_such_day(day, months, expected):
    assert months_after(day, months) == expected


def test_the_kinds_of_check_are_loaded_once_and_what_officers_changed_stays(db):
    load_check_types()
    CheckType.objects.filter(code="identity").update(how="Ring twice.")
    load_check_types()
    assert CheckType.objects.get(code="identity").how == "Ring twice."
    assert CheckType.objects.count() == 12


# -- holds -------------------------------------------------------------------------------------------------------------


def test_a_hold_is_set_with_a_reason_and_its_leaders_read_it(group, grace, asha, ben):
    set_hold(group, kind="report_overdue", reason="The spring report is late.", by=grace, at=LATER)
    assert has_hold(group)
    letters = Message.objects.filter(template="hold_set")
    assert set(letters.values_list("recipient", flat=True)) == {asha.email, ben.email}
    assert "The spring report is late." in letters[0].body


@pytest.mark.parametrize("kind", ["safeguarding", "fraud_review"])
def test_what_has_to_be_said_in_person_is_not_mailed(group, grace, kind):
    hold = set_hold(group, kind=kind, reason="Look into it.", by=grace, at=LATER)
    clear_hold(hold, reason="All is well.", by=grace, at=LATER)
    assert not Message.objects.exists()


@pytest.mark.parametrize("who", ["carol", "fiona", "asha", "una"])
def test_only_senior_officers_set_and_clear_holds(group, request, who):
    user, hold = request.getfixturevalue(who), HoldFactory(group=group)
    for act in (lambda: set_hold(group, kind="debt", reason="x", by=user, at=LATER),
                lambda: clear_hold(hold, reason="x", by=user, at=LATER)):  # fmt: skip
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.status == 403
    assert Hold.objects.get().cleared_at is None


def test_a_hold_is_cleared_once_with_a_reason(group, grace, asha):
    hold = HoldFactory(group=group)
    with pytest.raises(Refused, match="Say why"):
        clear_hold(hold, reason="", by=grace, at=LATER)
    clear_hold(hold, reason="The report came.", by=grace, at=LATER)
    hold.refresh_from_db()
    assert (hold.cleared_by, hold.cleared_reason, has_hold(group)) == (grace, "The report came.", False)
    assert Message.objects.filter(template="hold_cleared", recipient=asha.email).exists()
    with pytest.raises(Refused, match="cleared already"):
        clear_hold(hold, reason="Again.", by=grace, at=LATER)


def test_a_hold_needs_a_reason(group, grace):
    with pytest.raises(Refused, match="Say why"):
        set_hold(group, kind="debt", reason=" ", by=grace, at=LATER)
