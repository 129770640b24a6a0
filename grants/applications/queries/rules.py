"""When an answer is complete and right: one rule for each kind of question, used by the form and before sending."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from communities.core.money import pounds
from communities.places.queries import normalise
from grants.applications.models import BidLine
from grants.applications.queries.asked import DECLARATIONS, MOST_LINES, MOST_TARGETS, Asked, Frame, Part
from grants.rounds.models import Question

TITLE = 80
Content = Mapping[str, Any]
Found = str | tuple[str, str]  # a sentence, or the field of a part that has several and its sentence
Rule = Callable[[Asked, Any, Frame], Sequence[Found]]


@dataclass(frozen=True)
class Problem:
    """What is still missing or wrong: where, and in which words."""

    section: str
    key: str
    sentence: str
    field: str = ""


def part_problems(part: Part, content: Content, frame: Frame) -> list[Problem]:
    """Everything missing or wrong in one section."""
    return [
        Problem(part.key, question.key, *((found,) if isinstance(found, str) else (found[1], found[0])))
        for question in part.questions
        for found in _found(question, content, frame)
    ]


def _found(question: Asked, content: Content, frame: Frame) -> Sequence[Found]:
    if question.key in (content.get("typed") or {}):
        return [f"Check your answer to “{question.text}”"]
    rule = FIXED.get(question.key) if question.kind == Question.Kind.FIXED else KINDS.get(question.kind)
    return rule(question, content.get(question.key), frame) if rule else []


def asked_of_grant(lines: list[dict[str, Any]]) -> Decimal:
    """What the budget asks this grant to pay."""
    return sum((_amount(line) for line in lines if line.get("funded_by") == BidLine.FundedBy.GRANT), Decimal(0))


def cost_of(lines: list[dict[str, Any]]) -> Decimal:
    """What everything costs, whoever pays."""
    return sum((_amount(line) for line in lines), Decimal(0))


def _amount(line: Mapping[str, Any]) -> Decimal:
    return Decimal(line.get("amount") or 0)


def day(text: str | None) -> date | None:
    """A stored date."""
    return date.fromisoformat(text) if text else None


def words_in(text: str) -> int:
    """How many words an answer has, as the page counts them."""
    return len(text.split())


# -- the rules, by kind of question -----------------------------------------------------------------------------------


def _text(question: Asked, value: Any, frame: Frame) -> list[str]:
    text = str(value or "").strip()
    if not text:
        return [f"Enter an answer to “{question.text}”"] if question.required else []
    over = words_in(text) - question.words if question.words else 0
    return [f"Your answer to “{question.text}” must be {question.words} words or fewer. It is {over} too long"] * (
        over > 0
    )


def _title(question: Asked, value: Any, frame: Frame) -> list[str]:
    over = len(str(value or "").strip()) - TITLE
    return (
        [f"The title must be {TITLE} characters or fewer. It is {over} too long"]
        if over > 0
        else _text(question, value, frame)
    )


def _number(question: Asked, value: Any, frame: Frame) -> list[str]:
    if value is None:
        return [f"Enter a number for “{question.text}”"] if question.required else []
    return [f"The answer to “{question.text}” must be 1 or more"] if value < 1 and question.required else []


def _yes_no(question: Asked, value: Any, frame: Frame) -> list[str]:
    return [f"Select yes or no for “{question.text}”"] if value is None and question.required else []


def _choice(question: Asked, value: Any, frame: Frame) -> list[str]:
    return [f"Select an answer to “{question.text}”"] if not value and question.required else []


def _places(question: Asked, value: Any, frame: Frame) -> Sequence[Found]:
    rows = value or []
    if not rows:
        return [("chosen", "Choose where it will happen")]
    if any(not row["share"] for row in rows):
        return [("chosen", f"You chose {len(rows)} places. Give each its share, so that together they make 100")]
    total = sum(row["share"] for row in rows)
    return [] if total == 100 else [("chosen", f"The shares of the places add up to {total}. They must add up to 100")]


def _postcode(question: Asked, value: Any, frame: Frame) -> list[str]:
    if not value:
        return ["Enter the postcode of the place where it happens"] if question.required else []
    return [] if normalise(value) else ["Enter a full postcode, like CO15 2DL"]


def _cohorts(question: Asked, value: Any, frame: Frame) -> list[str]:
    return ["A share must be between 1 and 100"] if any(not 1 <= row["share"] <= 100 for row in value or []) else []


def _goals(question: Asked, value: Any, frame: Frame) -> Sequence[Found]:
    chosen = value or {}
    if not chosen.get("main"):
        return [("main", "Choose the main thing you want to change")]
    others = [number for number in chosen.get("others") or [] if number != chosen["main"]]
    return [("others", "Choose no more than two other things")] if len(others) > 2 else []


def _targets(question: Asked, value: Any, frame: Frame) -> list[str]:
    rows = value or []
    if not rows:
        return ["Say at least one thing that will be different"] if question.required else []
    if len(rows) > MOST_TARGETS:
        return [f"Give no more than {MOST_TARGETS} things that will be different"]
    return [
        f"Target {number}: {sentence}"
        for number, row in enumerate(rows, start=1)
        for sentence in _target(question, row)
    ]


def _target(question: Asked, row: Mapping[str, Any]) -> list[str]:
    words = row.get("own_words") or ""
    if not words and not row.get("indicator"):
        return ["say in your own words what will be different, or pick something from our list"]
    over = words_in(words) - question.words if question.words else 0
    if over > 0:
        return [f"your own words must be {question.words} words or fewer. They are {over} too long"]
    return [] if row.get("value") else ["enter the number you aim for"]


def _budget(question: Asked, value: Any, frame: Frame) -> Sequence[Found]:
    rows = (value or {}).get("lines") or []
    if not rows:
        return [("lines", "Add at least one cost")]
    if any(_amount(row) <= 0 or not row.get("item") for row in rows):
        return [("lines", "Every cost needs a name and an amount above £0")]
    asked = asked_of_grant(rows)
    return [*_asked(asked, len(rows), frame), *_least((value or {}).get("minimum"), asked)]


def _asked(asked: Decimal, rows: int, frame: Frame) -> list[Found]:
    if rows > MOST_LINES:
        return [("lines", f"Give no more than {MOST_LINES} costs. Put small things of one kind together")]
    if asked == 0:
        return [("lines", "Nothing is to be paid by this grant. Choose “This grant” for the costs you ask us to pay")]
    if asked < frame.least:
        return [
            ("lines", f"You ask for {pounds(asked)}. The least you can ask for in this round is {pounds(frame.least)}")
        ]
    if asked > frame.most:
        return [
            ("lines", f"You ask for {pounds(asked)}. The most you can ask for in this round is {pounds(frame.most)}")
        ]
    return []


def _least(text: str | None, asked: Decimal) -> list[Found]:
    if not text:
        return [("minimum", "Enter the least that would still work")]
    if Decimal(text) <= 0:
        return [("minimum", "The least that would still work must be more than £0")]
    if asked and Decimal(text) > asked:
        return [("minimum", f"The least that would still work must not be more than the {pounds(asked)} you ask for")]
    return []


def _dates(question: Asked, value: Any, frame: Frame) -> Sequence[Found]:
    starts, ends = (day((value or {}).get(name)) for name in ("starts_on", "ends_on"))
    found = []
    if starts is None:
        found.append(("starts_on", "Enter the day it starts"))
    elif starts < frame.starts_from:
        found.append(("starts_on", f"The first day must be {_words(frame.starts_from)} or later"))
    if ends is None:
        found.append(("ends_on", "Enter the day it ends"))
    elif ends > frame.ends_by:
        found.append(("ends_on", f"The last day must be {_words(frame.ends_by)} or earlier"))
    elif starts and ends < starts:
        found.append(("ends_on", "The last day must not be before the first"))
    return found


def _words(value: date) -> str:
    return f"{value.day} {value:%B %Y}"


def _declaration(question: Asked, value: Any, frame: Frame) -> Sequence[Found]:
    wanted = {code for code, _ in question.choices or DECLARATIONS}
    return (
        []
        if wanted <= set(value or [])
        else ["Tick every box. If one of them is not so, ring us before you send the bid"]
    )


KINDS: dict[str, Rule] = {
    Question.Kind.SHORT: _text,
    Question.Kind.LONG: _text,
    Question.Kind.NUMBER: _number,
    Question.Kind.YES_NO: _yes_no,
    Question.Kind.CHOICE: _choice,
}
FIXED: dict[str, Rule] = {
    "title": _title,
    "places": _places,
    "postcode": _postcode,
    "people": _number,
    "cohorts": _cohorts,
    "goals": _goals,
    "targets": _targets,
    "budget": _budget,
    "dates": _dates,
    "declaration": _declaration,
}
