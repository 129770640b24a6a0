"""What is left to do on a bid before it can be sent."""

from dataclasses import dataclass

from grants.applications.models import Application
from grants.applications.queries.asked import Part, frame, parts, title_of
from grants.applications.queries.bids import answers, by_section
from grants.applications.queries.rules import Problem, part_problems


@dataclass(frozen=True)
class Task:
    """One section on the task list."""

    section: str
    title: str
    state: str
    colour: str = ""
    hint: str = ""
    href: str = ""

    @property
    def status(self) -> str:
        """The word the task list component prints."""
        return self.state


DONE, BEGUN, NOT_BEGUN = "Completed", "In progress", "Not started"
COLOURS = {DONE: "", BEGUN: "light-blue", NOT_BEGUN: "blue"}


def all_problems(bid: Application, asked: list[Part] | None = None) -> list[Problem]:
    """Everything still missing or wrong, in the order of the form."""
    limits, written = frame(bid), answers(bid)
    found: list[Problem] = []
    for part in parts(bid) if asked is None else asked:
        content = written[part.key].content if part.key in written else {}
        found += part_problems(part, content, limits)
    return found


def problems(bid: Application) -> list[tuple[str, str]]:
    """Everything still missing or wrong, as (section, sentence)."""
    return [(each.section, each.sentence) for each in all_problems(bid)]


def is_complete(bid: Application) -> bool:
    """Whether the bid could be sent as it is."""
    asked = parts(bid)
    return bool(asked) and not all_problems(bid, asked)


def task_list(bid: Application) -> list[Task]:
    """The sections in order with how far each has come. While we wait for an answer, only what was asked about."""
    asked, written = parts(bid), answers(bid)
    wrong = by_section(all_problems(bid, asked))
    if bid.status == Application.Status.MORE_INFO:
        asked = [part for part in asked if part.key in bid.open_sections]
    tasks = []
    for part in asked:
        state = DONE if part.key not in wrong else BEGUN if part.key in written else NOT_BEGUN
        tasks.append(Task(part.key, title_of(part.key), state, COLOURS[state], _hint(wrong.get(part.key, []), state)))
    return tasks


def _hint(wrong: list[Problem], state: str) -> str:
    return wrong[0].sentence if wrong and state == BEGUN else ""
