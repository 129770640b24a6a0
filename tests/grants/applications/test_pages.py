"""A group's pages about its bid: the right thing shown, what was typed kept, other people's bids not there."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from communities.core.clock import moved
from grants.applications import operations
from grants.applications.models import Application
from tests.cast import AT
from tests.factories.applications import ApplicationFactory, WholeRoundFactory, fill_in, whole_content
from tests.factories.groups import MembershipFactory, make_group


@pytest.fixture(autouse=True)
def _in_october():
    with moved(AT):
        yield


@pytest.fixture
def as_(client, settings):
    settings.STAFF_SECOND_FACTOR = False

    def sign_in(user):
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


def url(name, bid, *args):
    return reverse(f"applications:{name}", args=[bid.public_id, *args])


def text(response):
    return response.content.decode()


# -- beginning ---------------------------------------------------------------------------------------------------------

NEW = {
    "name": "Jaywick Warm Table", "place": "", "your_name": "Asha Rahman", "second_name": "Pat Reeve",
    "second_email": "pat@example.org", "second_phone": "", "amount": "£1,180",
}  # fmt: skip


def start_page(round_):
    return reverse("applications:start", args=[round_.public_id])


def test_somebody_new_starts_a_bid_with_a_name_two_people_and_a_place(as_, round_, asha):
    page = as_(asha).get(start_page(round_))
    assert "What is your group called?" in text(page)
    assert "Which group is this bid for?" not in text(page)
    answer = as_(asha).post(start_page(round_), NEW)
    bid = Application.objects.get()
    assert answer.headers["Location"] == url("tasks", bid)
    assert (bid.group.name, bid.tier.code) == ("Jaywick Warm Table", "small")
    asha.person.refresh_from_db()
    assert asha.person.full_name == "Asha Rahman"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": ""}, "Enter the name of your group"),
        ({"second_name": ""}, "Enter the name of a second person"),
        ({"amount": "lots"}, "The amount must be a number in pounds"),
        ({"amount": "٣٤٠"}, "The amount must be a number in pounds"),
        ({"amount": "200"}, "The amount must be between £300 and £5,000"),
        ({"second_email": "pat"}, "Enter an email address in the correct format"),
    ],
)
def test_what_is_wrong_at_the_start_is_said_and_what_was_typed_is_kept(as_, round_, asha, changed, sentence):
    page = as_(asha).post(start_page(round_), NEW | changed)
    assert page.status_code == 400
    assert sentence in text(page)
    assert "Error: " in text(page)
    assert changed.get("second_name", "Pat Reeve") in text(page)
    assert not Application.objects.exists()


def test_a_refusal_at_the_start_keeps_what_was_typed(as_, round_, asha):
    with moved(round_.closes_at + timedelta(minutes=1)):
        page = as_(asha).post(start_page(round_), NEW)
        assert as_(asha).get(start_page(round_)).status_code == 409  # whoever comes later fills in nothing
    assert page.status_code == 400
    assert "This round closed at 12 noon on Friday 16 October 2026 (BST)." in text(page)
    assert "Jaywick Warm Table" in text(page)


def test_somebody_with_a_group_chooses_it_and_types_only_the_amount(as_, round_, group, asha):
    as_(asha).post(start_page(round_), {"group": group.public_id, "amount": "900"})
    assert Application.objects.get().group == group


def test_whoever_has_an_unsent_bid_is_led_to_it(as_, bid, asha):
    page = as_(asha).get(start_page(bid.round))
    assert url("tasks", bid) in text(page)


def test_nobody_chooses_a_group_of_others(as_, round_, group, stranger):
    make_group(stranger, name="Somewhere Else Club")
    page = as_(stranger).post(start_page(round_), {"group": group.public_id, "amount": "900"})
    assert page.status_code == 400
    assert not Application.objects.exists()


# -- other people ------------------------------------------------------------------------------------------------------

PAGES = ("tasks", "check", "receipt", "bid", "withdraw")


@pytest.mark.parametrize("name", PAGES)
def test_a_bid_of_others_does_not_exist(as_, bid, stranger, carol, name):
    make_group(stranger, name="Somewhere Else Club")
    for who in (stranger, carol):
        assert as_(who).get(url(name, bid)).status_code == 404
        assert as_(who).post(url(name, bid)).status_code in (404, 405)


def test_sections_sending_and_copies_of_others_do_not_exist_either(as_, ready, stranger, asha):
    operations.submit(ready, by=asha, at=AT)
    for address in (url("section", ready, "idea"), url("copy", ready, 1)):
        assert as_(stranger).get(address).status_code == 404
    assert as_(stranger).post(url("send", ready)).status_code == 404
    assert as_(stranger).post(url("section", ready, "idea"), {"title": "Mine"}).status_code == 404


def test_a_visitor_is_asked_to_sign_in(client, bid):
    answer = client.get(url("tasks", bid))
    assert answer.status_code == 302
    assert "sign-in" in answer.headers["Location"]


# -- writing -----------------------------------------------------------------------------------------------------------


def test_the_task_list_shows_amount_size_deadline_and_how_far_each_part_is(as_, bid, asha):
    page = text(as_(asha).get(url("tasks", bid)))
    for words in (
        "about £900",
        "Micro",
        "12 noon on Friday 16 October 2026 (BST)",
        "completed 0 of 7 parts",
        "Your idea",
    ):
        assert words in page


def test_save_and_continue_leads_through_the_parts_to_the_check(as_, bid, asha):
    client = as_(asha)
    answer = client.post(url("section", bid, "idea"), {"title": "Suppers", "what": "Cook and eat.", "version": "0"})
    assert answer.headers["Location"] == url("section", bid, "where")
    last = {"declaration": ["authority", "true", "check", "publish"], "version": "0"}
    assert client.post(url("section", bid, "declaration"), last).headers["Location"] == url("check", bid)


def test_what_is_missing_is_said_and_what_was_typed_is_kept(as_, bid, asha):
    page = as_(asha).post(url("section", bid, "idea"), {"title": "Suppers & songs", "what": "", "version": "0"})
    assert page.status_code == 400
    assert "Enter an answer to “What do you want to do?”" in text(page)
    assert "Suppers &amp; songs" in text(page)
    assert not bid.answers.exists()


def test_save_and_come_back_keeps_everything_even_what_cannot_be_read(as_, bid, asha):
    client = as_(asha)
    typed = {"dates_starts_on_day": "31", "dates_starts_on_month": "2", "dates_starts_on_year": "2027",
             "version": "0", "later": "1"}  # fmt: skip
    answer = client.post(url("section", bid, "dates"), typed)
    assert answer.headers["Location"] == url("tasks", bid)
    page = text(client.get(url("section", bid, "dates")))
    assert 'value="31"' in page
    assert "There is a problem" not in page
    assert "In progress" in text(client.get(url("tasks", bid)))


MONEY = {
    "version": "0", "budget-count": "2", "budget_minimum": "900",
    "budget-0-item": "Hall hire", "budget-0-category": "venue", "budget-0-amount": "£520", "budget-0-funded_by": "",
    "budget-1-item": "Cookers", "budget-1-category": "equipment", "budget-1-amount": "660.00", "budget-1-funded_by": "",
}  # fmt: skip


def test_costs_add_up_and_decide_the_size_of_grant(as_, bid, asha):
    as_(asha).post(url("section", bid, "money"), MONEY)
    bid.refresh_from_db()
    assert (str(bid.requested), bid.tier.code) == ("1180.00", "small")
    assert [line.funded_by for line in bid.lines.all()] == ["grant", "grant"]
    page = text(as_(asha).get(url("tasks", bid)))
    assert "£1,180" in page
    assert "What lasts" in page


def test_another_cost_can_be_added_without_a_script_and_nothing_is_lost(as_, bid, asha):
    page = as_(asha).post(url("section", bid, "money"), MONEY | {"budget-add": "1", "budget_minimum": "many"})
    assert page.status_code == 200
    for words in ("Hall hire", "Cookers", "Cost 3", 'value="many"'):
        assert words in text(page)
    assert "There is a problem" not in text(page)
    assert not bid.answers.exists()


def test_a_cost_can_be_removed_without_a_script(as_, bid, asha):
    page = text(as_(asha).post(url("section", bid, "money"), MONEY | {"budget-remove": "0"}))
    assert "Hall hire" not in page
    assert "Cookers" in page


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"budget-0-amount": "1e3"}, "Cost 1: the amount must be a number in pounds"),
        ({"budget-0-amount": "٣٤"}, "Cost 1: the amount must be a number in pounds"),
        ({"budget-0-amount": "-0"}, "Cost 1: the amount must be a number in pounds"),
        ({"budget-1-item": ""}, "Cost 2: enter what it is"),
        ({"budget_minimum": "1,180.01"}, "must not be more than the £1,180 you ask for"),
        ({"budget-0-amount": "6000"}, "The most you can ask for in this round is £5,000"),
    ],
)
def test_a_budget_that_is_wrong_is_shown_again_with_everything_typed(as_, bid, asha, changed, sentence):
    page = as_(asha).post(url("section", bid, "money"), MONEY | changed)
    assert page.status_code == 400
    assert sentence in text(page)
    assert all(typed in text(page) for typed in (MONEY | changed).values() if typed)


def test_figures_like_1000_50_are_understood(as_, bid, asha):
    as_(asha).post(url("section", bid, "money"), MONEY | {"budget-0-amount": "£1,000.50"})
    assert str(bid.lines.first().amount) == "1000.50"


WHERE = {"version": "0", "postcode": "ss8 7re", "people": "60", "places_chosen": ["CAN"], "cohorts_FSM": ""}


def test_a_postcode_nobody_has_loaded_stops_nobody(as_, bid, asha):
    client = as_(asha)
    page = client.post(url("section", bid, "where"), WHERE | {"find": "1"})
    assert "We do not know SS8 7RE." in text(page)
    assert not bid.answers.exists()
    assert client.post(url("section", bid, "where"), WHERE).status_code == 302
    bid.refresh_from_db()
    assert bid.postcode == "SS8 7RE"


def test_a_single_place_has_all_of_it_and_needs_no_share(as_, bid, asha):
    as_(asha).post(url("section", bid, "where"), WHERE)
    assert [(row.place.code, row.share) for row in bid.places.all()] == [("CAN", 100)]
    page = text(as_(asha).get(url("section", bid, "where")))
    assert '<details class="govuk-details" open>' not in page


@pytest.mark.parametrize(
    ("shares", "sentence"),
    [
        ({"places_CAN": "", "places_outside": ""}, "You chose 2 places. Give each its share"),
        (
            {"places_CAN": "60", "places_outside": "30"},
            "The shares of the places add up to 90. They must add up to 100",
        ),
        ({"places_CAN": "most", "places_outside": "30"}, "The share of Canvey Island must be a whole number, like 25"),
    ],
)
def test_shares_that_do_not_add_up_are_kept_and_named(as_, bid, asha, shares, sentence):
    page = as_(asha).post(url("section", bid, "where"), WHERE | {"places_chosen": ["CAN", "outside"]} | shares)
    assert page.status_code == 400
    assert sentence in text(page)
    assert all(f'value="{share}"' in text(page) for share in shares.values() if share)


def test_several_places_share_it(as_, bid, asha):
    shares = {"places_chosen": ["CAN", "outside"], "places_CAN": "70", "places_outside": "30"}
    assert as_(asha).post(url("section", bid, "where"), WHERE | shares).status_code == 302
    assert [(row.where, row.share) for row in bid.places.order_by("-share")] == [("place", 70), ("outside", 30)]


def test_the_second_writer_sees_both_texts_and_decides(as_, bid, asha, ben):
    as_(ben).post(url("section", bid, "idea"), {"title": "Ben’s title", "what": "Ben’s words", "version": "0"})
    typed = {"title": "Asha’s title", "what": "Asha’s words", "version": "0"}
    page = as_(asha).post(url("section", bid, "idea"), typed)
    assert page.status_code == 409
    for words in ("Ben Carter saved this page while you were writing.", "Ben’s words", "Asha’s words", 'value="1"'):
        assert words in text(page)
    assert bid.answers.get().content["what"] == "Ben’s words"
    as_(asha).post(url("section", bid, "idea"), typed | {"version": "1"})
    assert bid.answers.get().content["what"] == "Asha’s words"


def test_no_field_of_the_model_can_be_slipped_in(as_, bid, asha):
    more = {"status": "decided", "requested": "5000", "reference": "CCF-1", "officer": asha.pk, "group": "1"}
    as_(asha).post(url("section", bid, "idea"), {"title": "T", "what": "W", "version": "0"} | more)
    bid.refresh_from_db()
    assert (bid.status, int(bid.requested), bid.reference, bid.officer) == ("draft", 900, "", None)


def test_a_part_that_is_not_asked_does_not_exist(as_, bid, asha):
    assert as_(asha).get(url("section", bid, "after")).status_code == 404


# -- sending -----------------------------------------------------------------------------------------------------------


def test_the_check_page_shows_every_answer_with_a_way_to_change_it(as_, ready, asha):
    page = text(as_(asha).get(url("check", ready)))
    assert "Cook and eat together every Friday." in page
    assert f"{url('section', ready, 'idea')}?back=check" in page
    assert "Send your bid" in page


def test_the_check_page_of_an_unfinished_bid_offers_what_is_left_to_do(as_, bid, asha):
    page = text(as_(asha).get(url("check", bid)))
    assert "See what is left to do" in page
    assert "Send your bid" not in page


def test_a_member_who_cannot_send_reads_who_can(as_, ready, dev):
    MembershipFactory(group=ready.group, person=dev.person)
    page = text(as_(dev).get(url("check", ready)))
    assert "Only a declared leader of your group can send the bid." in page
    assert "Asha Patel, Ben Carter" in page


def test_an_incomplete_bid_comes_back_with_what_is_missing(as_, bid, asha):
    page = as_(asha).post(url("send", bid))
    assert page.status_code == 400
    assert "Your bid is not complete yet" in text(page)
    assert f'<a href="{url("section", bid, "money")}">Add at least one cost</a>' in text(page)


def test_sending_leads_to_a_receipt_that_stays(as_, ready, ben, asha):
    answer = as_(ben).post(url("send", ready))
    assert answer.headers["Location"] == url("receipt", ready)
    for _ in range(2):
        with moved(AT + timedelta(days=400)):
            page = text(as_(asha).get(url("receipt", ready)))
        for words in ("CCF-2026-0001", "Ben Carter sent it", "15 October 2026", "01632 960 001"):
            assert words in page


def test_after_the_deadline_sending_is_refused_in_words(as_, ready, asha):
    with moved(ready.round.closes_at + timedelta(minutes=16)):
        page = as_(asha).post(url("send", ready))
    assert page.status_code == 409
    assert "This round closed at 12 noon on Friday 16 October 2026 (BST)." in text(page)
    assert "Nothing you wrote is lost." in text(page)


def test_sending_twice_sends_once_and_leads_to_the_same_receipt(as_, ready, asha):
    client = as_(asha)
    for _ in range(2):
        assert client.post(url("send", ready)).headers["Location"] == url("receipt", ready)
    assert ready.submissions.count() == 1
    client.post(url("withdraw", ready), {"reason": "We found money."})
    assert client.post(url("send", ready)).status_code == 409


def test_an_edit_of_what_was_sent_is_refused(as_, ready, asha):
    client = as_(asha)
    client.post(url("send", ready))
    page = client.post(url("section", ready, "idea"), {"title": "Other", "what": "New words", "version": "1"})
    assert page.status_code == 409
    assert "What you sent cannot be changed" in text(page)
    assert "New words" in text(page)


def test_the_sent_copy_can_be_read_for_good(as_, ready, asha):
    operations.submit(ready, by=asha, at=AT)
    page = text(as_(asha).get(url("copy", ready, 1)))
    assert "What do you want to do?" in page
    assert "Cook and eat together every Friday." in page
    assert as_(asha).get(url("copy", ready, 2)).status_code == 404


# -- following ---------------------------------------------------------------------------------------------------------


def test_the_bids_page_shows_how_it_stands_and_what_happened(as_, ready, asha):
    operations.submit(ready, by=asha, at=AT)
    page = text(as_(asha).get(url("bid", ready)))
    for words in ("Received", "Bid sent to the council", "Our answer by", "Withdraw this bid"):
        assert words in page


@pytest.mark.parametrize("name", ["tasks", "check"])
def test_the_pages_of_writing_lead_on_once_it_is_sent(as_, ready, asha, name):
    operations.submit(ready, by=asha, at=AT)
    assert as_(asha).get(url(name, ready)).headers["Location"] == url("bid", ready)
    assert as_(asha).get(url("section", ready, "idea")).headers["Location"] == url("bid", ready)


def test_a_bid_that_was_not_sent_in_time_can_still_be_read(as_, ready, asha):
    operations.lapse_all(at=ready.round.closes_at + timedelta(days=1))
    page = text(as_(asha).get(url("bid", ready)))
    assert "Not sent in time" in page
    assert "Cook and eat together every Friday." in page


def test_withdrawing_asks_first(as_, bid, asha):
    client = as_(asha)
    assert "This cannot be undone" in text(client.get(url("withdraw", bid)))
    assert client.post(url("withdraw", bid), {"reason": "We found money."}).headers["Location"] == url("bid", bid)
    bid.refresh_from_db()
    assert bid.status == "withdrawn"
    again = client.get(url("withdraw", bid))
    assert again.status_code == 409
    assert "it is already “Withdrawn”" in text(again)


def test_while_we_wait_for_an_answer_only_what_was_asked_about_opens(as_, ready, asha):
    operations.submit(ready, by=asha, at=AT)
    Application.objects.filter(pk=ready.pk).update(status="more_info", open_sections=["safe"])
    client = as_(asha)
    page = text(client.get(url("tasks", ready)))
    assert "Keeping everybody safe" in page
    assert "Your idea" not in page
    assert client.get(url("section", ready, "safe")).status_code == 200
    assert client.get(url("section", ready, "idea")).status_code == 302


# -- shared pages ------------------------------------------------------------------------------------------------------


def test_home_shows_what_to_finish_and_how_the_others_stand(as_, ready, asha, round_):
    other = ApplicationFactory(round=round_, group=ready.group, sent=True, title="A bench")
    second = WholeRoundFactory()
    page = text(as_(asha).get(reverse("home")))
    for words in (
        "Finish your bid",
        "Warm suppers on Fridays",
        other.title,
        "Received",
        f"Start a bid in {second.title}",
    ):
        assert words in page
    assert f"Start a bid in {round_.title}" not in page


def test_home_of_a_stranger_shows_no_bid_of_others(as_, ready, stranger):
    assert "Warm suppers" not in text(as_(stranger).get(reverse("home")))


@pytest.mark.parametrize("address", ["home", "group"])
def test_lists_cost_the_same_for_one_and_for_thirty_bids(as_, round_, group, asha, django_assert_num_queries, address):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    target = reverse("home") if address == "home" else group.get_absolute_url()
    ApplicationFactory(round=round_, group=group, sent=True)
    client = as_(asha)
    client.get(target)
    with CaptureQueriesContext(connection) as one:
        client.get(target)
    for _ in range(29):
        ApplicationFactory(round=round_, group=group, sent=True)
    with CaptureQueriesContext(connection) as thirty:
        client.get(target)
    assert len(one) == len(thirty)


def test_unknown_bids_do_not_exist(as_, asha):
    assert as_(asha).get(reverse("applications:tasks", args=[uuid4()])).status_code == 404


def test_a_whole_bid_is_written_by_the_pages_alone(as_, bid, asha):
    """Every section posted as a browser would, then sent."""
    client = as_(asha)
    content = whole_content()
    pages = {
        "idea": content["idea"],
        "where": WHERE,
        "difference": {"goals_main": "8", "goals_others": ["12"], "targets-count": "1", "targets-0-own_words": "People",
                       "targets-0-indicator": "", "targets-0-value": "60", "targets-0-baseline": ""},
        "money": MONEY | {"budget-1-amount": "380"},
        "dates": {"dates_starts_on_day": "8", "dates_starts_on_month": "jan", "dates_starts_on_year": "2027",
                  "dates_ends_on_day": "26", "dates_ends_on_month": "3", "dates_ends_on_year": "2027"},
        "safe": {"at_risk": "yes"},
        "declaration": {"declaration": ["authority", "true", "check", "publish"]},
    }  # fmt: skip
    for section, typed in pages.items():
        answer = client.post(url("section", bid, section), typed | {"version": "0"})
        assert answer.status_code == 302, (section, text(answer))
    assert "Every part is complete" in text(client.get(url("tasks", bid)))
    assert client.post(url("send", bid)).headers["Location"] == url("receipt", bid)


def test_typed_in_a_section_by_the_form_is_what_the_operation_would_keep(as_, bid, asha):
    fill_in(bid, asha)
    page = text(as_(asha).get(url("section", bid, "difference")))
    assert "People who eat together" in page
    assert 'value="60"' in page
