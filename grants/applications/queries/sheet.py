"""All bids as one table, a row for each with its answers: read row by row in one statement, however many there are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from communities.core.clock import london
from grants.applications.models import Application, Submission
from grants.rounds.models import Question

AT_ONCE = 500
# heading, what it means, and how it is read from the bid
COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("Reference", "Given when the bid was sent", "reference"),
    ("Title", "What the group calls its idea", "title"),
    ("Group", "Who asks", "group.name"),
    ("Round", "In which round", "round.title"),
    ("Size", "The size of grant, which follows from the sum", "tier.name"),
    ("Status", "How the bid stands today, in the office's words", "get_status_display"),
    ("Place", "The priority place it counts for", "place.name"),
    ("Certain of the place", "Whether its postcode lies there, for certain", "get_place_verdict_display"),
    ("Postcode", "Where it happens", "postcode"),
    ("Asked for", "Pounds asked of this fund", "requested"),
    ("Whole cost", "Pounds the whole idea costs", "total_cost"),
    ("Least that would work", "Pounds, as the group said", "minimum_viable"),
    ("First day", "When it starts", "starts_on"),
    ("Last day", "When it ends", "ends_on"),
    ("People", "Different people expected", "people_expected"),
    ("Sent", "Day and time, as clocks in Essex show it", "submitted_at"),
    ("Officer", "On whose desk it is", "officer.full_name"),
    ("Answer promised", "The day an answer is promised by", "answer_due_on"),
    ("Sent copy", "The number of the copy whose answers follow: 2 and more after questions to the group", "number"),
)


@dataclass(frozen=True)
class Heading:
    """A column of the table: its heading, and what it means."""

    title: str
    meaning: str


class BidSheet:
    """The table of these bids: what officers see, then each question of their rounds in the newest wording."""

    def __init__(self, bids: QuerySet[Application]) -> None:
        self.bids = bids
        asked = Question.objects.filter(stage=Question.Stage.APPLY, terms__in=bids.order_by().values("terms"))
        self.questions: dict[str, str] = {}
        for key, text in asked.order_by("order", "-terms").values_list("key", "text"):
            self.questions.setdefault(key, text)

    @property
    def headings(self) -> list[Heading]:
        """All columns in order."""
        own = [Heading(title, meaning) for title, meaning, _ in COLUMNS]
        return own + [Heading(text, f"The answer to this question ({key})") for key, text in self.questions.items()]

    @property
    def header(self) -> list[str]:
        """The first line of the file."""
        return [each.title for each in self.headings]

    def rows(self) -> Iterator[Sequence[object]]:
        """One line for each bid, with the answers of its newest sent copy; they are empty where none was sent."""
        newest = Submission.objects.filter(application=OuterRef("pk")).order_by("-number")
        bids = self.bids.select_related("group", "round", "tier", "place", "officer").annotate(
            number=Subquery(newest.values("number")[:1]), content=Subquery(newest.values("content")[:1])
        )
        for bid in bids.iterator(chunk_size=AT_ONCE):
            given = answers_of(bid.content)
            yield [value(bid, path) for _, _, path in COLUMNS] + [given.get(key, "") for key in self.questions]


def answers_of(content: dict[str, Any] | None) -> dict[str, str]:
    """The answers of a sent copy as people read them, by the questions' keys."""
    sections = (content or {}).get("sections", ())
    return {each["key"]: each["answer"] for section in sections for each in section["answers"]}


def value(bid: Application, path: str) -> object:
    """One cell of a bid."""
    found: Any = bid
    for name in path.split("."):
        found = getattr(found, name, None)
    if path == "submitted_at":
        return f"{london(found):%Y-%m-%d %H:%M}" if found else ""
    return found() if callable(found) else found
