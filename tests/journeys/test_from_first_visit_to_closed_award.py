"""A group's whole way, in the browser and the office: from the first visit to a closed award and what was learnt.

Round 3 of the demonstration is open. Tilly has never been here. Everybody works on their own pages; the clock goes on.
"""

import csv
import re
from datetime import UTC, datetime, timedelta

import pytest

pytestmark = [pytest.mark.world, pytest.mark.browser, pytest.mark.slow]
TILLY, UMAR, VERA = "tilly@example.org", "umar@example.org", "vera@example.org"
QUIZ = (
    "amount",
    "place_or_cohort",
    "two_people",
    "open_to_all",
    "account",
    "not_started",
    "not_excluded",
    "reports_in",
)
PANEL = ("dev", "joan", "hassan", "ruth", "kit")


@pytest.fixture
def round_(world):
    """The round that is open now."""
    from grants.rounds.models import Round

    return Round.objects.get(title__startswith="Round 3")


def looks_round(person, round_):
    """1. Rounds, dates in UK time, every question, the scoring, the quiz: without an account."""
    person.open("/")
    person.press(round_.title)
    person.reads("12 noon", "(GMT)", "Tendring", "What we changed")
    person.press("Read every question and how bids are scored")
    person.reads("What do you want to do?", "Led by the community")
    person.open(f"/rounds/{round_.public_id}/quiz/")
    for name in QUIZ:
        person.choose(name, "yes")
    person.press("See the answer")
    person.reads("It looks like a fit", "Nothing has been kept")


def starts(tilly):
    """2. A code is all it takes; a name, two people and a place start the bid."""
    tilly.press("Start your bid")
    tilly.type(email=TILLY)
    tilly.press("Send me a code")
    from tests.journeys.conftest import newest_code

    tilly.type(code=newest_code(TILLY))
    tilly.press("Continue")
    tilly.reads("You are signed in.")
    tilly.type(name="Holland Haven Shed", your_name="Tilly Marsh", second_name="Umar Shah", second_email=UMAR)
    tilly.page.get_by_label("Where is your group?").select_option("Tendring")
    tilly.type(amount="£2,400")
    tilly.press("Start")
    tilly.reads("You have completed 0 of 12 parts.")


def grows(tilly):
    """2b. The group says what it is, who keeps its money, and what its place could become."""
    tilly.press("Your groups")
    tilly.press("Holland Haven Shed")
    tilly.press("Say what kind of group you are")
    tilly.tick("A group of local people with no written rules")
    tilly.press("Save")
    tilly.press("Add somebody")
    tilly.type(full_name="Vera Lane", email=VERA, phone="01632 960 777")
    tilly.choose("role", "treasurer")
    for question in ("is_leader", "is_signatory"):
        tilly.choose(question, "yes")
    tilly.choose("lives_with", "no")
    tilly.press("Add them")
    tilly.press("Your groups")
    tilly.press("Holland Haven Shed")
    tilly.press("Who holds the money")
    tilly.type(name="Clacton Volunteer Centre", contact_name="Jo Field", contact_phone="01632 960 222")
    tilly.press("Save")
    tilly.press(re.compile("^Write (a|your) vision"))
    tilly.type(
        title="A haven that mends", strengths="People who can fix anything.", text="Nothing is thrown away here."
    )
    tilly.press("Save")
    tilly.reads("Vera Lane", "A haven that mends")


def writes(tilly, bid):
    """3. Twelve parts, in order, with a pause in the middle; the costs add up; all is checked, then sent."""

    def next_part(**answers):
        tilly.type(**answers)
        tilly.press("Save and continue")

    tilly.open(f"/apply/{bid}/idea/")
    next_part(title="Repair shed at Holland Haven", what="Mend bicycles and tools together on Saturdays.")
    next_part(why="Many people here cannot pay for repairs.")
    tilly.type(postcode="CO15 2DL")
    tilly.press("Find this postcode")
    tilly.reads("CO15 2DL is in Tendring, one of our priority places.")
    tilly.choose("places_chosen", "TEN")
    next_part(people="60", cohorts_YA="20")
    tilly.type(led="Twelve neighbours planned it.")
    tilly.press("Save and come back later")
    tilly.reads("You have completed 4 of 12 parts.")
    tilly.press("What will be different")
    tilly.choose("goals_main", "8")
    tilly.type(**{"targets-0-own_words": "People who no longer spend Saturday alone", "targets-0-value": "40"})
    next_part(know="We keep a book at the door.")
    costs(tilly)
    tilly.date("dates_starts_on", "1", "3", "2027")
    tilly.date("dates_ends_on", "30", "September", "2027")
    next_part()
    next_part(doing="Tilly runs it.")
    tilly.choose("at_risk", "no")
    next_part(how_safe="Two adults are there.")
    next_part(after="The tools stay.")
    next_part(vision="A place where things are mended.")
    for box in tilly.page.get_by_role("checkbox").all():
        box.check()
    next_part()
    tilly.reads("Check your answers", "£1,400", "Tendring")
    tilly.press("Send your bid")
    tilly.reads("We have your bid", "Tilly Marsh sent it for Holland Haven Shed")


def costs(tilly):
    """Typed with an empty line first, which is said and loses nothing."""
    for number, (item, kind, amount) in enumerate((("Tools", "equipment", "1,400"), ("Shed hire", "venue", "£1000"))):
        if number:
            tilly.press("Add another cost")
        tilly.type(**{f"budget-{number}-item": item, f"budget-{number}-amount": amount})
        tilly.page.locator(f"[name='budget-{number}-category']").select_option(kind)
    tilly.type(budget_minimum="3000", other_money="Our own £100.")
    tilly.press("Save and continue")
    tilly.reads("There is a problem")
    assert tilly.page.locator("[name='budget-0-amount']").input_value() == "1,400"
    tilly.type(budget_minimum="1500")
    tilly.press("Save and continue")


def is_checked(carol, tilly, bid):
    """4. The officer asks for one thing more, judges beside what the system sees, checks the group, sends it on."""
    case = f"/office/grants/application/{bid}/case/"
    carol.open("/office/")
    carol.press("Bids")
    carol.press(re.compile("^Repair shed"))
    carol.press("Start checks")
    carol.press("Ask for more")
    carol.type(message="Where will the tools be kept?")
    carol.tick("Who does what")
    carol.press("Ask for more")
    tilly.open("/home/")
    tilly.press("Answer our question")
    tilly.press("Answer")
    tilly.press("Who does what")
    tilly.type(doing="Tilly runs it. The tools are kept in the locked shed.")
    tilly.press("Save and come back later")
    tilly.open(f"/apply/{bid}/answer/")
    tilly.press("Send your answer")
    carol.open(case)
    carol.reads("This is copy 2", "What changed after sending")
    carol.press(re.compile("^Agree with the"))
    carol.press("Judge the checks")
    carol.answer("The same costs paid for elsewhere", "Passed")
    carol.page.get_by_label("Note: The same costs paid for elsewhere").fill("Asked by phone.")
    for duty in ("Permissions, and duties of public bodies", "Help to a trading activity"):
        carol.answer(duty, "Does not apply")
    carol.press("Judge the checks")
    found = carol.page.get_by_role("link", name=re.compile("^Write down what you found"))
    for _ in range(found.count()):
        found.first.click()
        carol.choose("result", "passed")
        carol.type(note="Seen and filed.")
        carol.press("Check the group")
    carol.press("Send to assessment")
    carol.reads("Checks finished, sent to assessment.")


def is_scored(somebody, round_, bid):
    """5a. Ties are said before papers open: Kit is related and out, Hassan knows them and stays. Three score, alone."""
    for name in PANEL:
        member = somebody(name)
        member.open("/panel/")
        member.press("Say what ties you to the groups")
        kind = {"kit": "related", "hassan": "known"}.get(name)
        if kind:
            tie = member.page.get_by_role("group", name="Holland Haven Shed")
            tie.locator(f"[value={kind}]").check()
        member.tick("I have no connection with any of the others")
        member.press("Save")
    assert somebody("kit").page.goto(f"/panel/bids/{bid}/").status == 404
    carol = somebody("carol")
    carol.open(f"/office/grants/allocation/round/{round_.public_id}/")
    carol.press("Suggest scorers")
    carol.press("Save the scorers")
    from grants.assessment.models import Allocation

    scorers = Allocation.objects.filter(application__public_id=bid).values_list("user__email", flat=True)
    assert len(scorers) == 3
    for email in scorers:
        member = somebody(email.partition("@")[0])
        member.open(f"/panel/bids/{bid}/scores/")
        for criterion in member.page.locator("[name^=score_][value='4']").all():
            criterion.check()
        member.type(overall="Well led and cheap.")
        member.choose("recommendation", "fund")
        member.press("Lock your scores")
        member.reads("Your scores are locked.")


def is_decided(somebody, tilly, round_, bid, clock, meeting):
    """5b. The meeting: ranking, motion, votes, quorum; a senior officer confirms; until the release nothing shows."""
    carol, grace = somebody("carol"), somebody("grace")
    carol.open(f"/panel/meetings/{meeting.public_id}/")
    carol.press("Who is here")
    for box in carol.page.get_by_role("checkbox").all():
        box.check()
    carol.press("Save")
    carol.press("Open the meeting")
    item = f"/panel/meetings/{meeting.public_id}/bids/{bid}/"
    dev = somebody("dev")
    dev.open(item)
    dev.reads("rank 1", "is left after what was carried")
    dev.choose("kind", "full")
    dev.type(conditions="Show us the insurance of the shed.", reasons="Neighbours lead it, and the tools last.")
    dev.press("Put the motion")
    for name in PANEL[:4]:
        member = somebody(name)
        member.open(item)
        member.press("For")
        member.reads("Your vote is noted: for.")
    somebody("kit").page.goto(item)
    assert somebody("kit").page.get_by_role("button", name="For", exact=True).count() == 0
    carol.open(item)
    carol.press("Close the vote")
    carol.reads("carried")
    carol.press_twice("Close the meeting")
    clock(meeting.held_at + timedelta(days=1))
    grace.open("/office/grants/decision/?status__exact=proposed")
    grace.press(re.compile("^Repair shed"))
    grace.press_twice("Confirm the decision")
    grace.reads("Decision confirmed.")
    tilly.open(f"/apply/{bid}/bid/")
    tilly.reads("Being assessed")
    grace.open(f"/office/grants/decision/round/{round_.public_id}/")
    grace.press("Tell the groups")
    grace.reads("1 group told.")
    tilly.open("/home/")
    tilly.press("Read our decision")
    tilly.reads("Neighbours lead it, and the tools last.")


def is_agreed(tilly, visitor, award):
    """6a. Two people who are not related say yes, each from their own sign-in; one alone is not enough."""
    tilly.open("/awards/")
    tilly.press(re.compile("Repair shed"))
    umar = visitor(UMAR)
    umar.sign_in()
    umar.open(f"/awards/{award.public_id}/")
    for person, answer in ((tilly, "One more person has to say yes"), (umar, "Agreed: two of you have said yes.")):
        person.press("Read the agreement and say yes")
        person.tick("I have read the agreement")
        person.press("Say yes for the group")
        person.reads(answer)


def is_paid(somebody, vera, group, clock):
    """6b. The treasurer's bank details, a call-back, an officer, a batch of two keys, the file, the bank's answer."""
    carol, fiona, grace = somebody("carol"), somebody("fiona"), somebody("grace")
    vera.sign_in()
    vera.open(f"/groups/{group.public_id}/bank-details/")
    vera.type(name_on_account="Clacton Volunteer Centre", sort_code="20-00-00", account_number="55779911")
    vera.press("Continue")
    vera.press("These are right: save them")
    vera.reads("9911")
    fiona.open("/office/grants/payeeaccount/?status__exact=entered")
    fiona.press(re.compile("^Holland Haven Shed"))
    fiona.press("Mark as checked")
    fiona.type(call_number="01632 960 222", spoke_to="Jo Field")
    fiona.press("Mark as checked")
    fiona.reads("Bank details checked by a call.")
    clock(datetime(2027, 2, 22, 10, tzinfo=UTC))
    carol.open("/office/grants/award/?status__exact=accepted")
    carol.press(re.compile("^Repair shed"))
    carol.press("A condition is met")
    carol.page.get_by_role("radio").first.check()
    carol.type(note="The certificate came by post.")
    carol.press("A condition is met")
    carol.reads("Condition met")
    carol.open("/office/grants/payment/?desk=officer")
    carol.press(re.compile("^Holland Haven Shed"))
    carol.press("Approve this payment")
    fiona.open("/office/grants/paymentbatch/prepare/")
    for box in fiona.page.get_by_role("checkbox").all():
        box.uncheck()
    fiona.tick(re.compile("Holland Haven Shed"))
    fiona.press("Prepare this batch")
    batch = fiona.page.url
    grace.open(batch)
    grace.press("Approve this batch")
    fiona.open(batch)
    fiona.press_twice("Make the payment file")
    with fiona.page.expect_download() as download:
        fiona.press("Download the payment file")
    rows = list(csv.reader(download.value.path().read_text(encoding="utf-8-sig").splitlines()))
    assert [row[3:5] for row in rows[1:]] == [["55779911", "2400.00"]]
    fiona.press_twice("Mark all that are on their way as paid")
    fiona.reads("Marked as paid.")


def is_spent(vera, carol, award, tmp_path):
    """7. Each purchase against its line, with its receipt; what is left is shown; the officer accepts."""
    receipt = tmp_path / "receipt.pdf"
    receipt.write_bytes(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    for line, what, cost in (("Tools", "Lathe and spanners", "1400"), ("Shed hire", "Shed, seven months", "980.50")):
        vera.open(f"/awards/{award.public_id}/spending/add/")
        vera.page.get_by_label(re.compile(f"^{line} ")).check()
        vera.type(description=what, supplier="Clacton Tools", amount=cost)
        vera.date("spent_on", "1", "4", "2027")
        vera.page.locator("[name=receipt]").set_input_files(receipt)
        vera.press("Save")
    vera.reads("£19.50")
    vera.press("Check and send")
    vera.press("Send to the council")
    carol.open("/office/grants/spendingreturn/?status__exact=submitted")
    carol.press(re.compile("Repair shed"))
    carol.press("Accept the spending")
    carol.reads("Record of spending accepted.")


def is_told(tilly, carol, award):
    """8. What changed, for how many different people, against the target; the award completes and closes."""
    tilly.open(f"/awards/{award.public_id}/")
    tilly.press("Write your report")
    tilly.choose("happened", "yes")
    tilly.page.get_by_label("People who no longer spend Saturday alone").fill("44")
    tilly.type(people="57", changed="People stay for tea.", worked_less="Nowhere to put finished bicycles.")
    tilly.type(volunteers="9", volunteer_hours="300")
    tilly.choose("anyway", "no")
    tilly.choose("spent_all", "no")
    tilly.press("Check and send")
    tilly.press("Send the report")
    carol.open("/office/evaluation/outcomereport/?status__exact=submitted")
    carol.press(re.compile("Repair shed"))
    carol.press_twice("Accept the report")
    carol.reads("Report accepted.")
    carol.open(f"/office/grants/award/{award.pk}/change/")
    carol.press("Mark as completed")
    carol.press_twice("Close the file")
    carol.reads("File closed.")


def is_learnt_from(anil, visitor, award, round_):
    """9. The matrices lead down to the award; the learning becomes a theme with an answer, which the public reads."""
    anil.open("/evaluation/money/")
    anil.page.locator("a[href*='place=TEN&goal=8']").first.click()
    anil.reads("Repair shed at Holland Haven", award.reference)
    anil.open("/evaluation/outcomes/")
    anil.reads("In groups’ own words", "Not reported")
    with anil.page.expect_download() as download:
        anil.page.locator("a[href$='.csv']").first.click()
    assert len(list(csv.reader(download.value.path().read_text(encoding="utf-8-sig").splitlines()))) > 1
    anil.open("/office/evaluation/theme/add/")
    anil.type(title="Room to store things", summary="Groups had nowhere to put what they made.")
    anil.tick("Nowhere to put finished bicycles.")
    anil.press("Open a theme")
    anil.press("Answer it")
    anil.page.locator("[name=answer]").first.check()
    anil.type(action="Storage can now be a cost of its own.")
    anil.page.get_by_label(re.compile("round", re.IGNORECASE)).first.select_option(label=round_.title)
    anil.press("Answer it")
    reader = visitor("anybody")
    reader.open(f"/rounds/{round_.public_id}/")
    reader.reads("Groups had nowhere to put what they made.", "Storage can now be a cost of its own.")


def test_a_group_goes_from_its_first_visit_to_a_closed_award(visitor, somebody, round_, clock, tmp_path):
    from grants.applications.models import Application
    from grants.awards.models import Award
    from grants.decisions.models import Meeting

    tilly = visitor(TILLY)
    looks_round(tilly, round_)
    starts(tilly)
    row = Application.objects.get(group__name="Holland Haven Shed")
    bid = str(row.public_id)
    grows(tilly)
    writes(tilly, bid)
    is_checked(somebody("carol"), tilly, bid)
    meeting = Meeting.objects.get(panel__round=round_)
    clock(round_.closes_at + timedelta(days=1))
    is_scored(somebody, round_, bid)
    clock(meeting.held_at)
    is_decided(somebody, tilly, round_, bid, clock, meeting)
    award = Award.objects.get(application=row)
    is_agreed(tilly, visitor, award)
    vera = visitor(VERA)
    is_paid(somebody, vera, row.group, clock)
    clock(datetime(2027, 9, 30, 18, tzinfo=UTC))
    is_spent(vera, somebody("carol"), award, tmp_path)
    is_told(tilly, somebody("carol"), award)
    is_learnt_from(somebody("anil"), visitor, award, round_)
    award.refresh_from_db()
    assert (award.status, award.application.submissions.count()) == ("closed", 2)
    leaves_its_trace(award)


def leaves_its_trace(award):
    """Each change left an event with who and when; each message is in the outbox; the chain holds."""
    from communities.core.models import Event, Message
    from communities.core.sealing import seal, verify

    verbs = set(Event.objects.filter(case=award.case).values_list("verb", flat=True))
    assert {"application.submit", "decision.ratify", "award.accept", "payment.mark_paid", "award.close"} <= verbs
    told = set(Message.objects.filter(case=award.case).values_list("template", flat=True))
    assert {"application_received", "information_asked", "offer_made", "remittance"} <= told
    seal(everything=True)
    assert verify().findings == []
