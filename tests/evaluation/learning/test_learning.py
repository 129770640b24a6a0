"""What is learnt becomes a theme; the next round waits for its answer and shows it."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from communities.core.refusals import Refused
from evaluation.learning import operations
from evaluation.learning.models import Learning, Theme
from evaluation.reports import operations as reports
from grants.rounds import operations as rounds
from grants.rounds.models import Round
from tests.factories.reports import ENDED, award_of, group_of, report_of, write
from tests.factories.rounds import RoundFactory

pytestmark = pytest.mark.django_db
AT = datetime(2027, 8, 2, 9, 0, tzinfo=UTC)


def theme(by, **facts):
    return operations.open_theme(**{"title": "Kitchens", "summary": "Ovens are too few.", "by": by, "at": AT} | facts)


def test_an_accepted_report_leaves_what_worked_and_what_did_not(asha, ben, carol, grace):
    report = write(report_of(award_of(group_of(asha, ben), asha, ben, carol, grace)), asha)
    reports.accept(reports.submit(report, by=asha, at=ENDED), by=carol, at=ENDED)
    found = {one.kind: one.text for one in Learning.objects.all()}
    assert found == {"worked": "Two men who had not left home came every week.", "did_not": "Too few ovens."}


def test_an_analyst_groups_and_answers_and_the_round_shows_it(client, anil):
    learning = operations.note(kind="process", text="The form was long.", source="A caller", by=anil, at=AT)
    opened = theme(anil, learnings=[learning])
    round_ = RoundFactory(opens_at=datetime(2027, 9, 1, tzinfo=UTC), closes_at=datetime(2027, 10, 1, tzinfo=UTC))
    answered = operations.answer(opened, answer="change", action="We cut two questions.", round=round_, by=anil, at=AT)
    learning.refresh_from_db()
    assert (answered.status, learning.theme) == ("answered", opened)
    page = client.get(reverse("rounds:round", args=[round_.public_id])).content.decode()
    for words in ("What we changed", "Ovens are too few.", "We cut two questions."):
        assert words in page


def test_an_officer_notes_but_does_not_answer(carol, anil):
    operations.note(kind="process", text="Ring first.", source="A visit", by=carol, at=AT)
    with pytest.raises(Refused, match="right"):
        operations.answer(theme(anil), answer="change", action="-", round=None, by=carol, at=AT)


def test_there_are_at_most_ten_open_themes(anil):
    for number in range(10):
        theme(anil, title=f"Theme {number}")
    with pytest.raises(Refused, match="ten open themes"):
        theme(anil)


def test_an_answer_without_words_cannot_be_stored(anil):
    with pytest.raises(IntegrityError), transaction.atomic():
        Theme.objects.filter(pk=theme(anil).pk).update(status="answered")


def test_a_round_is_not_published_over_an_unanswered_theme(anil, grace):
    draft = RoundFactory(status=Round.Status.DRAFT)
    opened = theme(anil)
    with pytest.raises(Refused) as refused:
        rounds.publish(draft, by=grace, at=datetime(2026, 8, 20, tzinfo=UTC))
    operations.answer(opened, answer="no_change", action="The hall has no room.", round=None, by=grace, at=AT)
    with pytest.raises(Refused) as later:
        rounds.publish(draft, by=grace, at=datetime(2026, 8, 20, tzinfo=UTC))
    assert "Kitchens" not in later.value.sentence
    assert refused.value.sentence


def test_the_office_pages_reach_every_act(client, anil, settings):
    settings.STAFF_SECOND_FACTOR = False
    client.force_login(anil)
    client.post(
        reverse("admin:evaluation_learning_add"), {"kind": "worked", "text": "Warm rooms.", "source": "A panel"}
    )
    learning = Learning.objects.get()
    client.post(
        reverse("admin:evaluation_theme_add"), {"title": "Warmth", "summary": "It helps.", "learnings": [learning.pk]}
    )
    opened = Theme.objects.get()
    step = reverse("admin:evaluation_theme_step", args=[opened.pk, "answer"])
    client.post(step, {"answer": "change", "action": "More of it.", "round": ""})
    opened.refresh_from_db()
    assert (opened.status, opened.learnings.get()) == ("answered", learning)
