"""What the groups of the demonstration ask for, and how it becomes the answers of a form."""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from evaluation.demonstration.calendar import Calendar
from evaluation.demonstration.cast import TROUPES
from grants.applications.models import Application, BidLine
from grants.applications.queries.asked import DECLARATIONS

DATA = Path(__file__).parent / "data"
LEADER = "Our leaders have done this before, and two of them are always there."
OPEN_TO_RISK = (
    "Two adults with DBS checks at every session. Our safeguarding lead is the treasurer; her number is on the wall."
)
PLAIN = "Two people are always there. We have a first-aid box and a list of who to ring."


@dataclass(frozen=True)
class Pitch:
    """One idea: who asks for what, where, for whom, by when."""

    group: str
    title: str
    what: str
    where: list[list[Any]]
    people: int
    goal: int
    targets: list[dict[str, Any]]
    lines: list[list[str]]
    least: str
    days: list[int]
    why: str = ""
    led: str = ""
    others: list[int] = field(default_factory=list)
    cohorts: dict[str, int] = field(default_factory=dict)
    at_risk: bool = False

    def answers(self, calendar: Calendar) -> dict[str, Any]:
        """The answer to each question, by its key."""
        return {
            "title": self.title,
            "what": self.what,
            "why": self.why,
            "places": [_where(code, share) for code, share in self.where],
            "postcode": TROUPES[self.group].postcode,
            "cohorts": [{"cohort": code, "share": share} for code, share in self.cohorts.items()],
            "people": self.people,
            "led": self.led,
            "goals": {"main": self.goal, "others": self.others},
            "targets": self.targets,
            "know": "We count who comes, and ask people the same two questions at the start and at the end.",
            "budget": {"lines": [_line(*line) for line in self.lines], "minimum": self.least},
            "other_money": "Our own time, and what neighbours lend us. With less we would do it for fewer people.",
            "dates": {"starts_on": self._day(calendar, 0), "ends_on": self._day(calendar, 1)},
            "doing": LEADER,
            "at_risk": self.at_risk,
            "how_safe": OPEN_TO_RISK if self.at_risk else PLAIN,
            "after": "The things we buy stay with the group. The people who learn will teach the next ones.",
            "vision": "People here want to meet, and to have a say. This gives them a place and a reason to.",
            "declaration": [code for code, _ in DECLARATIONS],
        }

    def _day(self, calendar: Calendar, which: int) -> str:
        return calendar.day(self.days[which]).isoformat()

    @property
    def asked(self) -> float:
        """What the grant is asked to pay, for the first guess of the size."""
        return sum(float(line[2]) for line in self.lines if len(line) == 3)


def _where(code: str, share: int) -> dict[str, Any]:
    is_place = code not in ("county", "outside")
    return {"where": "place" if is_place else code, "place": code if is_place else "", "share": share}


def _line(category: str, item: str, amount: str, funded_by: str = BidLine.FundedBy.GRANT) -> dict[str, str]:
    return {"category": category, "item": item, "amount": amount, "funded_by": funded_by}


@cache
def pitches() -> dict[str, Pitch]:
    """All ideas by the short name that the scenes use."""
    return {name: Pitch(**row) for name, row in _read("bids").items()}


@cache
def results() -> dict[str, dict[str, Any]]:
    """What groups report in the end, by the short name of the bid."""
    return _read("results")


def _read(name: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return found


def is_empty(answer: Any) -> bool:
    """Whether nothing was written yet."""
    return answer in ("", None, [], {})


def latest(bid: Application) -> Application:
    """The bid as it stands now."""
    return Application.objects.select_related("round", "terms", "tier", "group").get(pk=bid.pk)
