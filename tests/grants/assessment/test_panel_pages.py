from urllib.parse import urlparse

import pytest
from django.urls import reverse

from communities.groups.models import Membership
from grants.assessment.models import Allocation, Interest, Review
from grants.assessment.queries import LISTED
from tests.factories.assessment import AllocationFactory, BidFactory, declare, scored
from tests.statements import asked_once


def address(name, *rows):
    return reverse(f"panel:{name}", args=[row.public_id for row in rows])


def words(response):
    return response.content.decode()


def path_of(response):
    return urlparse(response["Location"]).path


# -- home ----------------------------------------------------------------------------------------------------------


def test_a_member_sees_what_each_bid_asks_of_them(visit, panel, bid, hassan):
    tied, to_score, done, to_read = (BidFactory(round=panel.round) for _ in range(4))
    declare(tied, hassan, kind="paid")
    declare(to_score, hassan)
    AllocationFactory(application=to_score, user=hassan)
    declare(done, hassan)
    scored(done, hassan, 3, 3)
    declare(to_read, hassan)
    page = visit(hassan).get(address("home"))
    shown = {task.application: task.state[0] for task in page.context["rounds"][0]["tasks"]}
    assert shown == {
        bid: "To declare",
        tied: "You have left this bid",
        to_score: "To score",
        done: "Scores locked",
        to_read: "To read",
    }
    assert address("scores", to_score) in words(page)
    assert address("bid", done) in words(page)
    assert address("interest", tied) not in words(page)


@pytest.mark.parametrize("name", ["stranger", "asha", "fiona", "anil"])
def test_the_panel_is_not_there_for_others(visit, panel, request, name):
    assert visit(request.getfixturevalue(name)).get(address("home")).status_code == 404


def test_the_home_page_costs_the_same_for_one_bid_and_for_thirty(
    visit, panel, bid, hassan, django_assert_max_num_queries
):
    browser = visit(hassan)
    browser.get(address("home"))
    with django_assert_max_num_queries(12) as one:
        browser.get(address("home"))
    for _ in range(29):
        each = BidFactory(round=panel.round)
        declare(each, hassan)
        AllocationFactory(application=each, user=hassan)
    with django_assert_max_num_queries(len(one)):
        browser.get(address("home"))


def test_what_waits_comes_first_and_the_others_are_a_page_further(visit, panel, hassan):
    first, *others = [BidFactory(round=panel.round) for _ in range(LISTED + 1)]
    declare(first, hassan)  # nothing waits there
    browser = visit(hassan)
    page = browser.get(address("home"))
    assert [task.application for task in page.context["rounds"][0]["tasks"]] == others
    assert f"({LISTED + 1} in all)" in words(page)
    page = browser.get(address("home"), {"round": panel.round.public_id, "page": 2})
    assert [task.application for task in page.context["rounds"][0]["tasks"]] == [first]
    assert "Page 2 of 2" in words(page)
    assert browser.get(address("home"), {"round": "nonsense"}).status_code == 404


def test_pages_of_the_panel_ask_nothing_twice(visit, panel, asked, hassan):
    browser = visit(hassan)
    for url in (address("home"), address("bid", asked), address("scores", asked)):
        browser.get(url)
        with asked_once(12):
            assert browser.get(url).status_code == 200


# -- ties ----------------------------------------------------------------------------------------------------------


def test_one_tick_says_that_nothing_ties_one_to_all_the_others(visit, panel, bid, hassan):
    known = BidFactory(round=panel.round)
    page = visit(hassan).get(address("interests", panel.round))
    assert "Lead Meadow" in words(page)
    answer = visit(hassan).post(
        address("interests", panel.round),
        {f"kind_{known.pk}": "known", f"detail_{known.pk}": "Neighbour", "none_for_rest": "on"},
    )
    assert path_of(answer) == address("home")
    said = {each.application: (each.kind, each.detail) for each in Interest.objects.filter(user=hassan)}
    assert said == {known: ("known", "Neighbour"), bid: ("none", "")}


def test_saying_nothing_is_an_error(visit, panel, bid, hassan):
    answer = visit(hassan).post(address("interests", panel.round), {f"detail_{bid.pk}": "kept words"})
    assert answer.status_code == 400
    assert "tick the box for all of them" in words(answer)
    assert "kept words" in words(answer)


def test_the_tick_does_not_answer_for_a_bid_asked_about_by_name(visit, panel, bid, hassan):
    Membership.objects.create(group=bid.group, person=hassan.person, role="member", starts_on="2026-01-01")
    BidFactory(round=panel.round)
    browser = visit(hassan)
    assert "You are listed as one of this group’s people." in words(browser.get(address("interests", panel.round)))
    answer = browser.post(address("interests", panel.round), {"none_for_rest": "on"})
    assert answer.status_code == 400
    assert f"Select what ties you to {bid.group.name}" in words(answer)
    assert not Interest.objects.exists()


def test_a_member_who_takes_part_reads_the_papers_at_once(visit, bid, hassan):
    browser = visit(hassan)
    answer = browser.post(address("interest", bid), {"kind": "known", "detail": "Choir"})
    assert path_of(answer) == address("bid", bid)
    assert browser.get(address("bid", bid)).status_code == 200


def test_a_member_with_a_tie_goes_back_and_the_papers_are_not_there(visit, bid, hassan):
    browser = visit(hassan)
    answer = browser.post(address("interest", bid), {"kind": "paid", "detail": ""})
    assert path_of(answer) == address("home")
    for name in ("bid", "scores"):
        assert browser.get(address(name, bid)).status_code == 404


def test_letting_oneself_in_again_is_refused_on_the_page(visit, bid, hassan):
    declare(bid, hassan, kind="related")
    answer = visit(hassan).post(address("interest", bid), {"kind": "none", "detail": "My mistake"})
    assert answer.status_code == 400
    assert "keeps you away from this bid" in words(answer)
    assert "My mistake" in words(answer)


@pytest.mark.parametrize("name", ["stranger", "asha", "fiona"])
def test_ties_papers_and_scores_are_not_there_for_others(visit, panel, bid, request, name):
    browser = visit(request.getfixturevalue(name))
    for url in (
        address("interests", panel.round), address("interest", bid), address("bid", bid), address("scores", bid),
    ):  # fmt: skip
        assert browser.get(url).status_code == 404


# -- papers and scores ---------------------------------------------------------------------------------------------


@pytest.fixture
def asked(bid, hassan):
    declare(bid, hassan)
    AllocationFactory(application=bid, user=hassan)
    return bid


def filled(bid, *values, words="", **more):
    sent = {"overall": "Well led.", "recommendation": "fund", **more}
    for criterion, value in zip(bid.terms.criteria.order_by("order"), values, strict=True):
        sent |= {f"score_{criterion.pk}": str(value), f"words_{criterion.pk}": words}
    return sent


def test_papers_are_not_there_before_the_member_has_declared(visit, bid, hassan):
    assert visit(hassan).get(address("bid", bid)).status_code == 404


def test_the_papers_show_the_bid_as_it_was_sent(visit, asked, hassan):
    page = words(visit(hassan).get(address("bid", asked)))
    assert "Cook and eat together." in page
    assert "£1,200 would still work" in page
    assert "Score this bid" in page


def test_all_criteria_stand_on_one_page_with_their_descriptors(visit, asked, hassan):
    page = words(visit(hassan).get(address("scores", asked)))
    assert page.count('type="radio"') == 2 * 6 + 3
    assert "3 – Need and priority fit: step 3" in page


def test_scores_are_saved_half_done_and_come_back(visit, asked, hassan):
    first = asked.terms.criteria.first()
    browser = visit(hassan)
    browser.post(address("scores", asked), {f"score_{first.pk}": "4", f"words_{first.pk}": "Clear need", "act": "save"})
    page = browser.get(address("scores", asked))
    assert "Clear need" in words(page)
    assert Review.objects.get().status == "draft"


def test_locking_asks_for_what_is_missing_and_keeps_what_was_typed(visit, asked, hassan):
    answer = visit(hassan).post(address("scores", asked), filled(asked, 5, 3, overall="", act="lock"))
    assert answer.status_code == 400
    assert "Say why you gave 5 for “Need and priority fit”" in words(answer)
    assert "Write your overall view in a line or two" in words(answer)
    assert answer.context["form"].data["recommendation"] == "fund"
    assert not Review.objects.exists()


def test_locked_scores_show_and_can_no_longer_be_changed(visit, asked, hassan, ruth):
    declare(asked, ruth)
    scored(asked, ruth, 2, 2, overall="Weak plan.")
    browser = visit(hassan)
    assert "Weak plan." not in words(browser.get(address("bid", asked)))
    answer = browser.post(address("scores", asked), filled(asked, 3, 4, act="lock"))
    assert path_of(answer) == address("bid", asked)
    page = words(browser.get(address("bid", asked)))
    assert "Weak plan." in page
    assert "Well led." in page
    assert path_of(browser.post(address("scores", asked), filled(asked, 5, 5, act="lock"))) == address("bid", asked)
    assert [score.value for score in Review.objects.get(reviewer=hassan).scores.all()] == [3, 4]


def test_made_up_scores_are_refused(visit, asked, hassan):
    answer = visit(hassan).post(address("scores", asked), filled(asked, 6, 3, act="save"))
    assert answer.status_code == 400
    assert not Review.objects.exists()


# -- the office ----------------------------------------------------------------------------------------------------


def test_an_officer_chooses_scorers_from_the_suggestion(visit, panel, bid, carol, hassan):
    declare(bid, hassan, kind="related")
    browser = visit(carol)
    url = reverse("admin:grants_allocation_share", args=[panel.round.public_id])
    page = browser.get(url, {"suggest": "1"})
    chosen = page.context["form"][f"bid_{bid.pk}"].value()
    assert len(chosen) == 3
    assert "Has a tie: Hassan Ali." in words(page)
    assert not Allocation.objects.exists()
    assert path_of(browser.post(url, {f"bid_{bid.pk}": chosen})) == url
    assert Allocation.objects.filter(application=bid).count() == 3


def test_too_few_scorers_are_refused_and_the_ticks_stay(visit, panel, bid, carol):
    seats = [str(pk) for pk in panel.seats.values_list("pk", flat=True)][:2]
    url = reverse("admin:grants_allocation_share", args=[panel.round.public_id])
    answer = visit(carol).post(url, {f"bid_{bid.pk}": seats})
    assert answer.status_code == 400
    assert "Choose at least 3 scorers" in words(answer)
    assert answer.context["form"][f"bid_{bid.pk}"].value() == seats


@pytest.mark.parametrize("name", ["fiona", "anil", "una"])
def test_only_officers_choose_scorers(visit, panel, request, name):
    url = reverse("admin:grants_allocation_share", args=[panel.round.public_id])
    assert visit(request.getfixturevalue(name)).get(url).status_code == 404


def test_an_officer_puts_a_tie_said_by_mistake_right(visit, bid, hassan, carol, fiona):
    declare(bid, hassan, kind="related")
    url = reverse("admin:grants_interest_correct", args=[Interest.objects.get().pk])
    assert visit(fiona).post(url, {"kind": "none"}).status_code == 404
    browser = visit(carol)
    assert url in words(browser.get(reverse("admin:grants_interest_changelist")))
    assert browser.post(url, {"kind": "", "detail": "kept"}).status_code == 400
    browser.post(url, {"kind": "known", "detail": "Same choir"})
    assert Interest.objects.get().kind == "known"


def test_nobody_corrects_their_own_tie(visit, bid, carol):
    declare(bid, carol, kind="paid")
    url = reverse("admin:grants_interest_correct", args=[Interest.objects.get().pk])
    assert visit(carol).post(url, {"kind": "none"}).status_code == 404
    assert Interest.objects.get().kind == "paid"


def test_the_office_reads_locked_scores_and_no_others(visit, asked, hassan, ruth, carol):
    declare(asked, ruth)
    locked = scored(asked, ruth, 3, 3)
    draft = Review.objects.create(
        application=asked, submission=asked.submissions.first(), reviewer=hassan, status="draft"
    )
    browser = visit(carol)
    assert words(browser.get(reverse("admin:grants_review_changelist"))).count("Ruth Lamb") == 1
    assert browser.get(reverse("admin:grants_review_change", args=[locked.pk])).status_code == 200
    assert browser.get(reverse("admin:grants_review_change", args=[draft.pk])).status_code == 404


@pytest.mark.parametrize("name", ["carol", "grace", "una", "chief"])
@pytest.mark.parametrize("model", ["review", "interest", "allocation"])
def test_nobody_writes_scores_or_ties_through_the_office(visit, asked, ruth, request, name, model):
    from communities.people.models import User

    declare(asked, ruth)
    scored(asked, ruth, 3, 3)
    chief = User.objects.create_superuser("chief@example.org")
    user = chief if name == "chief" else request.getfixturevalue(name)
    before = [list(each.objects.order_by("pk").values()) for each in (Review, Interest, Allocation)]
    browser = visit(user)
    row = {"review": Review, "interest": Interest, "allocation": Allocation}[model].objects.first()
    for url in (
        reverse(f"admin:grants_{model}_add"),
        reverse(f"admin:grants_{model}_change", args=[row.pk]),
        reverse(f"admin:grants_{model}_delete", args=[row.pk]),
    ):
        assert browser.post(url, {"kind": "none", "overall": "x", "post": "yes"}).status_code in (403, 404)
    browser.post(
        reverse(f"admin:grants_{model}_changelist"), {"action": "delete_selected", "_selected_action": [row.pk]}
    )
    assert [list(each.objects.order_by("pk").values()) for each in (Review, Interest, Allocation)] == before


def test_where_every_bid_is_asked_about_by_name_there_is_no_tick(visit, panel, bid, hassan):
    Membership.objects.create(group=bid.group, person=hassan.person, role="member", starts_on="2026-01-01")
    answer = visit(hassan).post(address("interests", panel.round), {"none_for_rest": ""})
    assert "Select what ties you to" in words(answer)
    assert "none_for_rest" not in words(answer)
