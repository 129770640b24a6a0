"""What a bid is asked: the round's frozen questions for the size of grant it asks for."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from grants.applications.models import Application
from grants.rounds.models import Question, Terms, Tier
from grants.rounds.queries import of_published, open_tiers, questions_for

TITLES = {
    "idea": "Your idea",
    "need": "Why it is needed",
    "where": "Where it happens and who it is for",
    "led": "How local people lead it",
    "difference": "What will be different",
    "money": "What it costs",
    "dates": "When it happens",
    "doing": "Who does what",
    "safe": "Keeping everybody safe",
    "after": "What lasts",
    "vision": "The vision for your place",
    "risk": "What could go wrong",
    "value": "Prices",
    "equality": "Open to everybody",
    "declaration": "Declaration",
}
MOST_TARGETS, MOST_LINES = 3, 20
DECLARATIONS = (
    ("authority", "Our group has agreed to this bid"),
    ("true", "What we have written is true as far as we know"),
    ("check", "The council may check what we have written"),
    ("publish", "The council may publish the title, the amount and what it is for, if it is funded"),
)


@dataclass(frozen=True)
class Asked:
    """One question as it is put to this bid."""

    key: str
    section: str
    text: str
    help: str
    kind: str
    choices: tuple[tuple[str, str], ...]
    words: int | None
    required: bool


@dataclass(frozen=True)
class Part:
    """One section of the form: a page to fill in."""

    key: str
    title: str
    questions: tuple[Asked, ...]

    def question(self, key: str) -> Asked | None:
        """The question of this key, where it is asked."""
        return next((each for each in self.questions if each.key == key), None)


@dataclass(frozen=True)
class Frame:
    """What the round allows: amounts and dates that answers are held against."""

    least: Decimal
    most: Decimal
    starts_from: date
    ends_by: date


def title_of(section: str) -> str:
    """A section's name for people."""
    return TITLES.get(section, section.replace("-", " ").replace("_", " ").capitalize())


def tier_of(bid: Application, tiers: list[Tier] | None = None) -> Tier | None:
    """The size of grant whose questions are asked: that of the amount, or the nearest one while it fits none."""
    if bid.tier_id is not None:
        return bid.tier
    tiers = open_tiers(bid.terms) if tiers is None else tiers
    if not tiers:
        return None
    return tiers[-1] if bid.requested > tiers[-1].maximum else tiers[0]


def parts(bid: Application) -> list[Part]:
    """The sections of the form in order, each with its questions, for the size of grant asked for."""
    tier = tier_of(bid)
    return (
        list(of_published(bid.terms, ("parts", tier.pk), lambda: _parts(bid.terms, tier))) if tier is not None else []
    )


def _parts(terms: Terms, tier: Tier) -> list[Part]:
    found: dict[str, list[Asked]] = {}
    for question in questions_for(terms, Question.Stage.APPLY, tier):
        found.setdefault(question.section, []).append(asked(question))
    return [Part(key, title_of(key), tuple(questions)) for key, questions in found.items()]


def asked(question: Any) -> Asked:
    """A question with the limits of one tier, as the rounds room annotates it."""
    return Asked(
        key=question.key,
        section=question.section,
        text=question.text,
        help=question.help,
        kind=question.kind,
        choices=tuple((str(code), str(words)) for code, words in question.choices),
        words=question.words,
        required=question.required,
    )


def frame(bid: Application) -> Frame:
    """The limits this bid is held against."""
    least, most = of_published(bid.terms, "amounts", lambda: _amounts(bid.terms))
    return Frame(least=least, most=most, starts_from=bid.round.starts_from, ends_by=bid.round.ends_by)


def _amounts(terms: Terms) -> tuple[Decimal, Decimal]:
    tiers = open_tiers(terms)
    return (tiers[0].minimum, tiers[-1].maximum) if tiers else (Decimal(0), Decimal(0))
