"""A round is drafted with terms of its own, checked, published, and then stands."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from communities.core.refusals import Refused
from communities.people.models import Person
from grants.rounds import operations
from grants.rounds.models import CriterionWeight, Descriptor, Question, QuestionLimit, Round, Tier
from grants.rounds.queries import missing_staff, questions_for, staff_warnings, tier_for
from tests.cast import account
from tests.factories.rounds import CLOSES, OPENS, BudgetFactory, PanelFactory, RoundFactory, TermsFactory

pytestmark = pytest.mark.django_db
AUGUST = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)


def facts(**more):
    budget = BudgetFactory()
    return {
        "title": "Autumn 2026", "fund": budget.fund, "budget": budget, "purpose": "Warmth.", "opens_at": OPENS,
        "closes_at": CLOSES, "decision_due_on": "2026-12-04", "starts_from": "2026-12-07", "ends_by": "2028-01-31",
        **more,
    }  # fmt: skip


def staffed(round_, carol, owen, fiona, grace):
    for user, duty in (
        (carol, "officer"),
        (owen, "officer"),
        (fiona, "finance"),
        (grace, "approver"),
        (grace, "decider"),
    ):
        operations.add_staff(round_, user=user, duty=duty, by=carol, at=AUGUST)
    panel = operations.name_panel(round_, name="North", quorum=3, by=carol, at=AUGUST)
    for name, role in (("Dev One", "chair"), ("Joan Two", "member"), ("Kit Three", "community")):
        person = account(name, "panel").person
        operations.seat_person(panel, person=person, role=role, by=carol, at=AUGUST)


@pytest.fixture
def draft(carol):
    return operations.draft_round(terms_from=TermsFactory(), by=carol, at=AUGUST, **facts())


def counts(terms):
    return [
        model.objects.filter(**{path: terms}).count()
        for model, path in (
            (Tier, "terms"), (Question, "terms"), (QuestionLimit, "tier__terms"), (QuestionLimit, "question__terms"),
            (CriterionWeight, "tier__terms"), (Descriptor, "criterion__terms"),
        )
    ]  # fmt: skip


def test_a_round_owns_a_copy_of_its_terms_and_the_original_stays(draft):
    original = draft.terms.copied_from
    assert counts(draft.terms) == counts(original)
    Question.objects.filter(terms=draft.terms).update(text="Changed")
    assert not Question.objects.filter(terms=original, text="Changed").exists()


def test_an_officer_may_not_publish_and_a_senior_officer_may(draft, carol, owen, fiona, grace):
    staffed(draft, carol, owen, fiona, grace)
    with pytest.raises(Refused, match="right"):
        operations.publish(draft, by=carol, at=AUGUST)
    round_ = operations.publish(draft, by=grace, at=AUGUST)
    round_.terms.refresh_from_db()
    assert (round_.status, round_.terms.frozen_at) == (Round.Status.PUBLISHED, AUGUST)


def test_a_round_without_its_people_says_who_is_missing(draft, grace):
    with pytest.raises(Refused, match="Name two officers"):
        operations.publish(draft, by=grace, at=AUGUST)
    assert len(missing_staff(draft)) == 5


def test_two_officers_one_clerk_and_one_manager_with_a_panel_are_enough(draft, carol, owen, fiona, grace):
    staffed(draft, carol, owen, fiona, grace)
    assert (missing_staff(draft), staff_warnings(draft)) == ([], [])


def test_a_clerk_who_would_approve_her_own_payments_is_not_enough(draft, carol, owen, fiona, grace):
    staffed(draft, carol, owen, fiona, grace)
    draft.staff.filter(duty="approver").delete()
    operations.add_staff(draft, user=fiona, duty="approver", by=carol, at=AUGUST)
    assert missing_staff(draft) == ["Name somebody who approves payments and does not prepare them."]


def test_a_panel_without_a_community_seat_is_warned_about():
    panel = PanelFactory()
    assert "community" in staff_warnings(panel.round)[0]


def test_a_panel_member_without_an_account_is_named(draft, carol, owen, fiona, grace):
    staffed(draft, carol, owen, fiona, grace)
    person = Person.objects.create(full_name="Noor NoMail", status="known")
    operations.seat_person(draft.panel, person=person, role="member", by=carol, at=AUGUST)
    assert missing_staff(draft) == ["These panel members cannot sign in yet: Noor NoMail."]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"closes_at": datetime(2026, 8, 1, tzinfo=UTC), "opens_at": datetime(2026, 7, 1, tzinfo=UTC)}, "closing date"),
    ],
)
def test_a_round_that_closed_before_it_was_published_is_refused(carol, grace, more, sentence):
    late = operations.draft_round(terms_from=TermsFactory(), by=carol, at=AUGUST, **facts(**more))
    with pytest.raises(Refused, match=sentence):
        operations.publish(late, by=grace, at=AUGUST)


def test_a_budget_with_nothing_left_stops_the_call(draft, grace, carol, owen, fiona):
    staffed(draft, carol, owen, fiona, grace)
    draft.budget.committed = draft.budget.limit
    draft.budget.save()
    with pytest.raises(Refused, match="nothing left"):
        operations.publish(draft, by=grace, at=AUGUST)


def test_what_a_published_round_says_stands_and_corrections_are_dated(carol):
    round_ = RoundFactory()
    with pytest.raises(Refused, match="stands"):
        operations.update_round(round_, fields={"title": "Other"}, by=carol, at=AUGUST)
    notice = operations.add_notice(round_, text="The phone number changed.", by=carol, at=AUGUST)
    assert notice.written_at == AUGUST


def test_a_draft_can_be_changed(draft, carol):
    operations.update_round(draft, fields={"title": "Winter"}, by=carol, at=AUGUST)
    draft.refresh_from_db()
    assert draft.title == "Winter"


def test_a_round_is_finished_only_after_its_deadline(grace):
    round_ = RoundFactory()
    with pytest.raises(Refused, match="still takes bids"):
        operations.finish(round_, by=grace, at=AUGUST)
    assert operations.finish(round_, by=grace, at=datetime(2027, 1, 4, tzinfo=UTC)).status == Round.Status.FINISHED


def test_dates_in_the_wrong_order_cannot_be_stored():
    with pytest.raises(IntegrityError), transaction.atomic():
        RoundFactory(opens_at=CLOSES, closes_at=OPENS)


@pytest.mark.parametrize(
    ("amount", "code"), [(299, None), (300, "micro"), (1000, "micro"), (1001, "small"), (5000, "small"), (5001, None)]
)
def test_the_amount_decides_the_tier(amount, code):
    tier = tier_for(TermsFactory(), amount)
    assert (tier.code if tier else None) == code


def test_a_tier_is_asked_only_its_own_questions():
    terms = TermsFactory()
    micro = terms.tiers.get(code="micro")
    assert [question.key for question in questions_for(terms, "apply", micro)] == ["what", "why"]
