"""Bids in every state of being written, and the questions they answer."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import factory
from factory.django import DjangoModelFactory

from communities.framework.models import Cohort, Goal, OutcomeArea
from communities.places.models import PriorityPlace
from grants.applications import models
from grants.rounds.models import Question, QuestionLimit
from tests.factories.groups import GroupFactory, PlaceFactory, _starter
from tests.factories.rounds import RoundFactory

BEGUN = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)

# section, key, text, kind, words for micro (None: no limit, "-": not asked), words for small
ASKED = (
    ("idea", "title", "What do you call your idea?", "fixed", None, None),
    ("idea", "what", "What do you want to do?", "long", 100, 300),
    ("where", "places", "Where will it happen?", "fixed", None, None),
    ("where", "postcode", "What is the postcode of the place?", "fixed", None, None),
    ("where", "cohorts", "Is it for any of these groups of people?", "fixed", None, None),
    ("where", "people", "About how many different people will take part?", "fixed", None, None),
    ("difference", "goals", "What do you want to change?", "fixed", None, None),
    ("difference", "targets", "What will be different?", "fixed", 20, 40),
    ("money", "budget", "What will you spend the money on?", "fixed", None, None),
    ("money", "other_money", "What other money do you have?", "long", "-", 75),
    ("dates", "dates", "When will it start and end?", "fixed", None, None),
    ("safe", "at_risk", "Will children or adults at risk take part?", "yes_no", None, None),
    ("after", "after", "What will last?", "long", "-", 100),
    ("declaration", "declaration", "Do you confirm this for your group?", "fixed", None, None),
)


def ask_everything(terms):
    """Give terms the questions of a whole bid, in place of the few they came with."""
    Question.objects.filter(terms=terms, stage="apply").delete()
    micro, small = (terms.tiers.get(code=code) for code in ("micro", "small"))
    questions = Question.objects.bulk_create(
        Question(terms=terms, stage="apply", section=section, key=key, text=text, kind=kind, order=order, use="Panel")
        for order, (section, key, text, kind, *_) in enumerate(ASKED)
    )
    QuestionLimit.objects.bulk_create(
        QuestionLimit(question=question, tier=tier, words=limit)
        for question, (*_, less, more) in zip(questions, ASKED, strict=True)
        for tier, limit in ((micro, less), (small, more))
        if limit != "-"
    )
    return terms


def framework():
    """Two goals, one cohort, one place: enough of the council's framework to write a bid."""
    area, _ = OutcomeArea.objects.get_or_create(code="HWB", defaults={"name": "Health", "focus": "-", "order": 1})
    for number, plain in ((8, "Help people feel well and less lonely"), (12, "Make this a greener place")):
        Goal.objects.get_or_create(
            number=number, defaults={"name": plain, "covers": "-", "plain": plain, "primary_area": area}
        )
    Cohort.objects.get_or_create(
        code="FSM",
        defaults={"wording": "-", "short_name": "Free school meals", "plain": "Children on free school meals",
                  "valid_from": date(2022, 1, 1)},
    )  # fmt: skip
    return PriorityPlace.objects.filter(code="CAN").first() or PlaceFactory(code="CAN", name="Canvey Island")


class WholeRoundFactory(RoundFactory):
    """A published round with the questions of a whole bid."""

    class Meta:
        skip_postgeneration_save = True

    @factory.post_generation
    def questions(round_, create, extracted, **kwargs):  # noqa: N805
        ask_everything(round_.terms)


class ApplicationFactory(DjangoModelFactory):
    class Meta:
        model = models.Application

    round = factory.SubFactory(WholeRoundFactory)
    terms = factory.SelfAttribute("round.terms")
    group = factory.SubFactory(GroupFactory)
    tier = factory.LazyAttribute(lambda bid: bid.terms.tiers.get(code="micro"))
    title = "Warm suppers on Fridays"
    requested = Decimal("900.00")
    total_cost = factory.SelfAttribute("requested")
    started_at = BEGUN
    started_by = factory.LazyFunction(_starter)

    class Params:
        sent = factory.Trait(
            status="submitted",
            reference=factory.Sequence(lambda n: f"CCF-2026-{n + 5000:04}"),
            submitted_at=datetime(2026, 10, 10, 9, 0, tzinfo=UTC),
            submitted_by=factory.SelfAttribute("started_by"),
            answer_due_on=date(2026, 12, 4),
        )


def copied(bid, group):
    """The same bid once more, for another group."""
    parts = [getattr(bid, name).all() for name in ("answers", "places", "cohorts", "goals", "lines", "targets")]
    bid = models.Application.objects.get(pk=bid.pk)
    bid.pk, bid.public_id, bid.case, bid.group = None, uuid4(), uuid4(), group
    bid.save(force_insert=True)
    for rows in parts:
        new = list(rows)
        for row in new:
            row.pk, row.application = None, bid
        rows.model.objects.bulk_create(new)
    return bid


def lines(*amounts, funded_by="grant"):
    """Costs of these amounts."""
    return [
        {"category": "venue", "item": f"Hall hire {number}", "amount": f"{amount:.2f}", "funded_by": funded_by}
        for number, amount in enumerate(amounts, 1)
    ]


def whole_content(amount=900, least=600):
    """Right answers to every question, by section."""
    return {
        "idea": {"title": "Warm suppers on Fridays", "what": "Cook and eat together every Friday."},
        "where": {
            "places": [{"where": "place", "place": "CAN", "share": 100}],
            "postcode": "SS8 7RE",
            "cohorts": [{"cohort": "FSM", "share": 30}],
            "people": 60,
        },
        "difference": {
            "goals": {"main": 8, "others": [12]},
            "know": "We count and ask.",
            "targets": [{"own_words": "People who eat together", "indicator": "", "baseline": None, "value": "60"}],
        },
        "money": {
            "budget": {"lines": lines(amount), "minimum": f"{least:.2f}"},
            "other_money": "The hall is given for half the price.",
        },
        "dates": {"dates": {"starts_on": "2027-01-08", "ends_on": "2027-03-26"}},
        "need": {"why": "People here eat alone."},
        "led": {"led": "We asked forty people at the door."},
        "safe": {"at_risk": True, "how_safe": "Two of us are always there."},
        "doing": {"doing": "Four of us cook; the landlord agrees."},
        "vision": {"vision": "A place where nobody eats alone."},
        "after": {"after": "A group of cooks who know each other."},
        "declaration": {"declaration": ["authority", "true", "check", "publish"]},
    }


def fill_in(bid, by, at=BEGUN, **changes):
    """Save right answers to every section the bid is asked, through the operation."""
    from grants.applications.operations import save_section
    from grants.applications.queries import parts

    content = whole_content(**changes)

    def save(part):
        kept = {question.key: content[part.key][question.key] for question in part.questions}
        before = bid.answers.filter(section=part.key).first()
        save_section(bid, section=part.key, content=kept, version=before.version if before else 0, by=by, at=at)

    save(next(part for part in parts(bid) if part.key == "money"))  # first: the amount decides what is asked, here too
    bid.refresh_from_db()
    for part in parts(bid):
        save(part)
    bid.refresh_from_db()
    return bid
