"""When an answer is complete and right: one rule for each kind of question, used by the form and before sending."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from communities.core.money import pounds
from communities.places.queries import normalise
from grants.applications.models import BidLine
from grants.applications.queries.asked import DECLARATIONS, Asked, Frame, Part
from grants.rounds.models import Question

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
    if part.question("lines"):
        frame = replace(frame, requested=asked_of_grant(content.get("lines") or []))
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
    if question.key == "title" and len(text) > 80:
        return [f"The title must be 80 characters or fewer. It is {len(text) - 80} too long"]
    over = words_in(text) - question.words if question.words else 0
    return [f"Your answer to “{question.text}” must be {question.words} words or fewer. It is {over} too long"] * (over > 0)


def _number(question: Asked, value: Any, frame: Frame) -> list[str]:
    if value is None:
        return [f"Enter a number for “{question.text}”"] if question.required else []
    return [f"The answer to “{question.text}” must be 1 or more"] if value < 1 and question.required else []


def _yes_no(question: Asked, value: Any, frame: Frame) -> list[str]:
    return [f"Select yes or no for “{question.text}”"] if value is None and question.required else []


def _choice(question: Asked, value: Any, frame: Frame) -> list[str]:
    return [f"Select an answer to “{question.text}”"] if not value and question.required else []


def _places(question: Asked, value: Any, frame: Frame) -> list[str]:
    if not value:
        return ["Say where it will happen: give at least one place a share"]
    total = sum(row["share"] for row in value)
    return [] if total == 100 else [f"The shares of the places add up to {total}. They must add up to 100"]


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
        return ["Add at least one thing that will show it worked"] if question.required else []
    if len(rows) > question.most_rows:
        return [f"Give no more than {question.most_rows} things that will show it worked"]
    sentences = []
    for number, row in enumerate(rows, start=1):
        if not row.get("own_words") and not row.get("indicator"):
            sentences.append(f"Target {number}: say in your own words what you will count or notice")
        elif row.get("indicator") and not row.get("value"):
            sentences.append(f"Target {number}: enter the number you aim for")
    return sentences


def _lines(question: Asked, value: Any, frame: Frame) -> list[str]:
    rows = value or []
    if not rows:
        return ["Add at least one cost"]
    if len(rows) > question.most_rows:
        return [f"Give no more than {question.most_rows} costs. Put small things of one kind together"]
    if any(_amount(row) <= 0 or not row.get("item") for row in rows):
        return ["Every cost needs a name and an amount above £0"]
    if frame.requested == 0:
        return ["None of the costs is to be paid by this grant. Choose “This grant” for those you ask us to pay"]
    if frame.requested < frame.least:
        return [f"You ask for {pounds(frame.requested)}. The least you can ask for in this round is {pounds(frame.least)}"]
    if frame.requested > frame.most:
        return [f"You ask for {pounds(frame.requested)}. The most you can ask for in this round is {pounds(frame.most)}"]
    return []


def _minimum(question: Asked, value: Any, frame: Frame) -> list[str]:
    if value in (None, ""):
        return ["Enter the least that would still work"] if question.required else []
    least = Decimal(value)
    if least <= 0:
        return ["The least that would still work must be more than £0"]
    if frame.requested and least > frame.requested:
        return [f"The least that would still work must not be more than the {pounds(frame.requested)} you ask for"]
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
    ticked = set(value or [])
    wanted = question.choices or DECLARATIONS
    return [f"Tick the box if it is so: {words[:1].lower()}{words[1:]}" for code, words in wanted if code not in ticked]


KINDS: dict[str, Rule] = {
    Question.Kind.SHORT: _text,
    Question.Kind.LONG: _text,
    Question.Kind.NUMBER: _number,
    Question.Kind.YES_NO: _yes_no,
    Question.Kind.CHOICE: _choice,
}
FIXED: dict[str, Rule] = {
    "places": _places,
    "postcode": _postcode,
    "people_expected": _number,
    "cohorts": _cohorts,
    "goals": _goals,
    "targets": _targets,
    "lines": _lines,
    "minimum": _minimum,
    "dates": _dates,
    "declaration": _declaration,
}
