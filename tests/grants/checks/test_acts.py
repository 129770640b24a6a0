"""Every act of a case, taken from its page: what is asked first, what is kept when it is wrong."""

import re
from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from communities.diligence.models import GroupCheck, Hold
from grants.checks.models import Flag, InformationRequest
from grants.checks.operations.requests import ask
from grants.checks.operations.steps import propose_ineligible
from tests.factories.checks import LATER, CheckTypeFactory, ask_for, judge_all
from tests.grants.checks.pages import buttons, case_page, text
from tests.grants.checks.test_requests import DUE

# -- the buttons -------------------------------------------------------------------------------------------------------


def test_buttons_are_the_steps_that_can_be_taken_now(as_, bid, carol, owen):
    assert buttons(as_(carol).get(case_page(bid))) == ["Start checks"]
    as_(carol).post(case_page(bid, "begin_check"))
    page = as_(carol).get(case_page(bid))
    assert buttons(page) == ["Ask for more", "Propose: not eligible"]
    bid.refresh_from_db()
    judge_all(bid, carol)
    assert buttons(as_(carol).get(case_page(bid))) == ["Send to assessment", "Ask for more", "Propose: not eligible"]
    propose_ineligible(bid, reason="No.", by=carol, at=LATER)
    assert buttons(as_(carol).get(case_page(bid))) == []
    assert "another officer has to confirm" in text(as_(carol).get(case_page(bid)))
    assert buttons(as_(owen).get(case_page(bid))) == ["Confirm: not eligible", "Send back to checks"]


def test_a_bid_goes_to_assessment_by_one_press(as_, case, carol):
    judge_all(case, carol)
    answer = as_(carol).post(case_page(case, "assess"), follow=True)
    assert "Checks finished, sent to assessment" in text(answer)
    case.refresh_from_db()
    assert case.status == "in_assessment"


def test_a_press_that_comes_too_late_is_refused_in_words(as_, case, carol):
    answer = as_(carol).post(case_page(case, "assess"))
    assert answer.status_code == 409
    assert "checks are still open" in text(answer)


def test_an_officer_asks_from_the_page(as_, case, carol):
    page = as_(carol).get(case_page(case, "ask"))
    assert "Where it happens and who it is for" in text(page)
    as_(carol).post(case_page(case, "ask"), {"message": "Who cooks?", "sections": ["idea"], "days": "10"})
    asked = InformationRequest.objects.get()
    assert (asked.message, asked.sections, asked.due_on) == ("Who cooks?", ["idea"], DUE)


def test_a_question_without_words_or_with_too_few_days_keeps_what_was_typed(as_, case, carol):
    answer = as_(carol).post(
        case_page(case, "ask"), {"message": "Who cooks on Fridays?", "sections": ["idea"], "days": "2"}
    )
    assert answer.status_code == 400
    assert "must be 5 or more" in text(answer)
    assert "Who cooks on Fridays?" in answer.content.decode()
    assert as_(carol).post(case_page(case, "ask"), {"message": "", "days": "x"}).status_code == 400
    assert not InformationRequest.objects.exists()


def test_waiting_ends_with_a_reason(as_, case, carol):
    ask(case, message="Who cooks?", sections=[], due_on=DUE, by=carol, at=LATER)
    assert as_(carol).post(case_page(case, "stop_waiting"), {"reason": ""}).status_code == 400
    as_(carol).post(case_page(case, "stop_waiting"), {"reason": "Two weeks have passed."})
    case.refresh_from_db()
    assert case.status == "in_check"


def test_a_proposal_goes_round_both_officers(as_, case, carol, owen):
    sent = {"check": case.checks.get(rule="place").pk, "reason": "It is in another county.", "signpost": "Kent"}
    as_(carol).post(case_page(case, "propose_ineligible"), sent)
    page = text(as_(owen).get(case_page(case)))
    assert "Carol Reed proposes: not eligible" in page
    assert "It is in another county." in page
    confirm = as_(owen).get(case_page(case, "confirm_ineligible"))
    assert "This cannot be taken back." in text(confirm)
    as_(owen).post(case_page(case, "confirm_ineligible"))
    case.refresh_from_db()
    assert case.status == "ineligible"


def test_a_proposal_is_sent_back_from_the_page(as_, case, carol, owen):
    propose_ineligible(case, reason="No.", by=carol, at=LATER)
    as_(owen).post(case_page(case, "send_back"), {"reason": "It is in Essex."})
    case.refresh_from_db()
    assert case.status == "in_check"


# -- the other acts ----------------------------------------------------------------------------------------------------


def test_an_officer_agrees_with_what_looks_right_by_one_press(as_, case, carol):
    page = as_(carol).get(case_page(case))
    assert "Agree with the 9 that look right" in text(page)
    as_(carol).post(case_page(case, "accept_findings"))
    assert case.checks.exclude(judgement="").count() == 9


def test_checks_are_judged_on_one_page(as_, case, carol):
    place, budget = case.checks.get(rule="place"), case.checks.get(rule="budget")
    page = as_(carol).get(case_page(case, "judge"))
    assert "Cannot tell: We could not place SS8 7RE" in text(page)
    as_(carol).post(
        case_page(case, "judge"),
        {f"judgement_{place.pk}": "passed", f"judgement_{budget.pk}": "failed", f"note_{budget.pk}": "Twice the hall"},
    )
    place.refresh_from_db()
    budget.refresh_from_db()
    assert (place.judgement, budget.judgement, budget.judgement_note) == ("passed", "failed", "Twice the hall")
    assert case.checks.exclude(judgement="").count() == 2


def test_a_no_without_a_note_keeps_what_was_chosen(as_, case, carol):
    budget = case.checks.get(rule="budget")
    answer = as_(carol).post(case_page(case, "judge"), {f"judgement_{budget.pk}": "failed"})
    assert answer.status_code == 400
    assert "Enter why it is not passed" in text(answer)
    assert re.search(r'value="failed"[^>]* checked|checked[^>]* value="failed"', answer.content.decode())


def test_the_officer_is_changed_from_the_page(as_, case, carol, owen):
    page = as_(carol).get(case_page(case, "assign"))
    assert "Owen Hughes" in text(page)
    as_(carol).post(case_page(case, "assign"), {"officer": owen.pk})
    case.refresh_from_db()
    assert case.officer == owen
    assert "with Owen Hughes since 20 October 2026" in text(as_(carol).get(case_page(case)))


def test_the_place_is_changed_from_the_page(as_, case, carol):
    place = case.places.get().place
    assert (
        as_(carol).post(case_page(case, "set_place"), {"verdict": "in", "place": "", "reason": "x"}).status_code == 400
    )
    as_(carol).post(case_page(case, "set_place"), {"verdict": "in", "place": place.pk, "reason": "The hall is there."})
    case.refresh_from_db()
    assert (case.place, case.place_verdict) == (place, "in")


def test_a_flag_is_raised_and_resolved_from_the_page(as_, case, carol):
    as_(carol).post(case_page(case, "flag"), {"reason": "The hall is for sale."})
    flag = Flag.objects.get()
    page = as_(carol).get(f"{case_page(case, 'resolve_flag')}?flag={flag.pk}")
    assert "The hall is for sale." in text(page)
    as_(carol).post(case_page(case, "resolve_flag"), {"flag": flag.pk, "resolution": "It was not sold."})
    flag.refresh_from_db()
    assert flag.resolution == "It was not sold."


def test_the_group_is_checked_from_the_page_with_evidence(as_, case, carol):
    ask_for(case.tier, "identity")
    kind = CheckTypeFactory(code="identity")
    page = as_(carol).get(f"{case_page(case, 'check_group')}?check_type={kind.pk}")
    assert f'<option value="{kind.pk}" selected' in page.content.decode()
    assert "Waived" not in text(page)
    evidence = SimpleUploadedFile(
        "letter.pdf", b"%PDF-1.4\n%...\n1 0 obj\n<<>>\nendobj\n", content_type="application/pdf"
    )
    as_(carol).post(
        case_page(case, "check_group"), {"check_type": kind.pk, "result": "passed", "note": "", "evidence": evidence}
    )
    check = GroupCheck.objects.get()
    assert (check.group, check.result, check.checked_by) == (case.group, "passed", carol)
    assert (check.valid_until, check.evidence.original_name) == (date(2027, 10, 20), "letter.pdf")


def test_only_senior_officers_waive_and_hold(as_, case, carol, grace):
    kind = CheckTypeFactory(code="identity")
    waived = {"check_type": kind.pk, "result": "waived", "note": "Known for years."}
    assert as_(carol).post(case_page(case, "check_group"), waived).status_code == 400
    assert as_(carol).post(case_page(case, "hold_group"), {}).status_code == 404
    as_(grace).post(case_page(case, "check_group"), waived)
    as_(grace).post(case_page(case, "hold_group"), {"kind": "debt", "reason": "£50 are owed."})
    hold = Hold.objects.get()
    as_(grace).post(case_page(case, "free_group"), {"hold": hold.pk, "reason": "It was paid."})
    hold.refresh_from_db()
    assert (GroupCheck.objects.get().result, hold.cleared_by) == ("waived", grace)
