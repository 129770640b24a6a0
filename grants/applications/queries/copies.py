"""A bid as plain data: everything typed with the words of the questions, so that it can be read in ten years."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from communities.core.money import pounds
from grants.applications.models import Application, BidCohort, BidGoal, BidLine, BidPlace, Category
from grants.applications.queries.asked import DECLARATIONS, Asked, Part, parts, tier_of
from grants.applications.queries.bids import answers
from grants.rounds.models import Question


def freeze(bid: Application) -> dict[str, Any]:
    """Everything of a bid as plain JSON: sections in order with question and answer, and the rows of its parts."""
    names = Names(bid)
    written = answers(bid)
    tier = tier_of(bid)
    return {
        "title": bid.title,
        "group": {"name": bid.group.name, "kind": bid.group.get_kind_display()},
        "round": bid.round.title,
        "tier": {"code": tier.code, "name": tier.name} if tier else None,
        "requested": f"{bid.requested:.2f}",
        "total_cost": f"{bid.total_cost:.2f}",
        "minimum": f"{bid.minimum_viable:.2f}" if bid.minimum_viable is not None else None,
        "starts_on": bid.starts_on.isoformat() if bid.starts_on else None,
        "ends_on": bid.ends_on.isoformat() if bid.ends_on else None,
        "people_expected": bid.people_expected,
        "postcode": bid.postcode,
        "place": bid.place.code if bid.place else None,
        "place_verdict": bid.place_verdict,
        "places": names.places(),
        "cohorts": [
            {"code": row.cohort.code, "name": row.cohort.short_name, "share": row.share} for row in names.cohorts
        ],
        "goals": [{"number": row.goal.number, "plain": row.goal.plain, "main": row.is_primary} for row in names.goals],
        "targets": names.targets,
        "lines": [
            {"category": line.category, "item": line.item, "amount": f"{line.amount:.2f}", "funded_by": line.funded_by}
            for line in bid.lines.all()
        ],
        "sections": [
            {
                "section": part.key,
                "title": part.title,
                "answers": shown_answers(part, written[part.key].content if part.key in written else {}, names),
            }
            for part in parts(bid)
        ],
    }


def shown_answers(part: Part, content: dict[str, Any], names: "Names") -> list[dict[str, Any]]:
    """Each question of a section with its answer as people read it, and as it was typed."""
    return [
        {
            "key": question.key,
            "question": question.text,
            "answer": in_words(question, content.get(question.key), names),
            "value": content.get(question.key),
        }
        for question in part.questions
    ]


class Names:
    """The names behind the codes of one bid's answers, each kind fetched once."""

    def __init__(self, bid: Application) -> None:
        self.bid = bid

    @cached_property
    def place_rows(self) -> list[BidPlace]:
        """The places, the largest share first."""
        return list(self.bid.places.select_related("place").order_by("-share", "pk"))

    @cached_property
    def cohorts(self) -> list[BidCohort]:
        """The groups of people, in the order of the framework."""
        return list(self.bid.cohorts.select_related("cohort").order_by("cohort__order"))

    @cached_property
    def goals(self) -> list[BidGoal]:
        """The goals."""
        return list(self.bid.goals.select_related("goal"))

    @cached_property
    def targets(self) -> list[dict[str, Any]]:
        """What will be different, with the words of the catalogue."""
        return [self.target(row) for row in self.bid.targets.select_related("indicator")]

    def places(self) -> list[dict[str, Any]]:
        """Where the money works, by share."""
        return [
            {
                "where": row.where,
                "place": row.place.code if row.place else "",
                "name": row.place.name if row.place else row.get_where_display(),
                "share": row.share,
            }
            for row in self.place_rows
        ]

    def target(self, row: Any) -> dict[str, Any]:
        """One target with the words of the catalogue beside the group's own."""
        return {
            "own_words": row.own_words,
            "indicator": row.indicator.code if row.indicator else "",
            "name": row.indicator.name if row.indicator else "",
            "unit": row.indicator.unit if row.indicator else "",
            "baseline": plain_number(row.baseline),
            "value": plain_number(row.value),
        }


def plain_number(value: Decimal | None) -> str | None:
    """A number without needless zeros."""
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# -- answers as people read them ---------------------------------------------------------------------------------------


def in_words(question: Asked, value: Any, names: Names) -> str:
    """An answer in words; empty where there is none."""
    if question.kind == Question.Kind.FIXED and question.key in FIXED:
        return FIXED[question.key](question, value, names)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if question.kind == Question.Kind.CHOICE:
        return dict(question.choices).get(str(value), str(value))
    return str(value)


def _places(question: Asked, value: Any, names: Names) -> str:
    return "\n".join(f"{row['name']}: {row['share']}%" for row in names.places())


def _cohorts(question: Asked, value: Any, names: Names) -> str:
    return "\n".join(f"{row.cohort.short_name}: {row.share} in 100" for row in names.cohorts)


def _goals(question: Asked, value: Any, names: Names) -> str:
    return "\n".join(f"{row.goal.plain}{' (main)' if row.is_primary else ''}" for row in names.goals)


def _targets(question: Asked, value: Any, names: Names) -> str:
    rows = names.targets
    return "\n".join(f"{row['own_words'] or row['name']}{_aim(row)}" for row in rows)


def _aim(row: dict[str, Any]) -> str:
    aim = f": {row['value']} {row['unit']}".rstrip() if row["value"] else ""
    return f"{aim}, now {row['baseline']}" if aim and row["baseline"] else aim


def _budget(question: Asked, value: Any, names: Names) -> str:
    categories, payers = dict(Category.choices), dict(BidLine.FundedBy.choices)
    return "\n".join(
        f"{line['item']} ({categories.get(line['category'], '')}): {pounds(Decimal(line['amount']))}, "
        f"{payers.get(line['funded_by'], '').lower()}"
        for line in (value or {}).get("lines") or []
    ) + _least((value or {}).get("minimum"))


def _least(text: str | None) -> str:
    return f"\nThe least that would still work: {pounds(Decimal(text))}" if text else ""


def _dates(question: Asked, value: Any, names: Names) -> str:
    days = [date.fromisoformat(text) for name in ("starts_on", "ends_on") if (text := (value or {}).get(name))]
    return " to ".join(f"{day.day} {day:%B %Y}" for day in days)


def _declaration(question: Asked, value: Any, names: Names) -> str:
    wanted = dict(question.choices or DECLARATIONS)
    return "\n".join(wanted[code] for code in value or [] if code in wanted)


def _plain(question: Asked, value: Any, names: Names) -> str:
    return "" if value is None else str(value)


FIXED: dict[str, Callable[[Asked, Any, Names], str]] = {
    "title": _plain,
    "places": _places,
    "postcode": _plain,
    "people": _plain,
    "cohorts": _cohorts,
    "goals": _goals,
    "targets": _targets,
    "budget": _budget,
    "dates": _dates,
    "declaration": _declaration,
}
