"""What a visitor sees of a round without an account."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from communities.core.clock import moved
from grants.rounds.models import Round, RoundNotice
from tests.factories.rounds import RoundFactory

pytestmark = pytest.mark.django_db
OCTOBER = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def october():
    with moved(OCTOBER):
        yield


def page(client, name, *args):
    return client.get(reverse(f"rounds:{name}", args=args))


def test_the_front_page_shows_what_is_open_with_its_deadline_in_uk_time(client):
    RoundFactory(title="Autumn 2026")
    body = page(client, "front").content.decode()
    assert "Autumn 2026" in body
    assert "12 noon on Friday 16 October 2026 (BST)" in body


def test_the_front_page_says_so_when_nothing_is_open(client):
    RoundFactory(status=Round.Status.DRAFT)
    assert "No round is open today" in page(client, "front").content.decode()


def test_a_draft_is_not_found_by_visitors_and_seen_by_officers(client, carol, settings):
    settings.STAFF_SECOND_FACTOR = False
    round_ = RoundFactory(status=Round.Status.DRAFT)
    assert page(client, "round", round_.public_id).status_code == 404
    client.force_login(carol)
    assert page(client, "round", round_.public_id).status_code == 200


def test_a_round_shows_its_sizes_and_corrections(client, carol):
    round_ = RoundFactory()
    RoundNotice.objects.create(round=round_, text="The hall is open.", written_by=carol, written_at=OCTOBER)
    body = page(client, "round", round_.public_id).content.decode()
    for words in ("£300 to £1,000", "£1,001 to £5,000", "The hall is open.", "See if it fits"):
        assert words in body
    assert "£10,000" not in body, "a size that is not open is not offered"


def test_a_closed_round_takes_nobody_to_a_bid(client):
    round_ = RoundFactory(closes_at=datetime(2026, 9, 20, 11, 0, tzinfo=UTC))
    body = page(client, "round", round_.public_id).content.decode()
    assert "This round has closed" in body
    assert "See if it fits" not in body


def test_every_question_and_every_score_can_be_read_before_starting(client):
    body = page(client, "questions", RoundFactory().public_id).content.decode()
    for words in ("What do you want to do?", "Micro: up to 150 words", "Need and priority fit: step 5", "What changed"):
        assert words in body


@pytest.mark.parametrize(
    ("answers", "heading"),
    [
        ({"two-people": "yes", "not-started": "yes"}, "It looks like a fit"),
        ({"two-people": "no", "not-started": "yes"}, "Talk to us first"),
        ({"two-people": "no", "not-started": "no"}, "It does not fit this fund as it is"),
    ],
)
def test_the_quiz_says_likely_talk_to_us_or_not(client, answers, heading):
    response = client.post(reverse("rounds:quiz", args=[RoundFactory().public_id]), answers)
    assert f">{heading}</h1>" in response.content.decode()


def test_an_unanswered_quiz_question_is_named_and_the_others_are_kept(client):
    response = client.post(reverse("rounds:quiz", args=[RoundFactory().public_id]), {"two-people": "yes"})
    body = response.content.decode()
    assert response.status_code == 400
    assert "Has the activity not started yet?" in body
    assert 'value="yes" checked' in body


def test_the_number_of_queries_does_not_grow_with_the_rounds(client, django_assert_max_num_queries):
    RoundFactory.create_batch(2)
    with django_assert_max_num_queries(6) as few:
        page(client, "rounds")
    RoundFactory.create_batch(10)
    with django_assert_max_num_queries(len(few)):
        page(client, "rounds")
