"""What is left to do on a bid before it can be sent."""

from collections.abc import Mapping
from dataclasses import dataclass

from grants.applications.models import Application, SectionAnswer
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


def all_problems(bid: Application, written: Mapping[str, SectionAnswer] | None = None) -> list[Problem]:
    """Everything still missing or wrong, in the order of the form. `written` are its answers, where they are known."""
    limits, written = frame(bid), answers(bid) if written is None else written
    found: list[Problem] = []
    for part in parts(bid):
        content = written[part.key].content if part.key in written else {}
        found += part_problems(part, content, limits)
    return found


def problems(bid: Application) -> list[tuple[str, str]]:
    """Everything still missing or wrong, as (section, sentence)."""
    return [(each.section, each.sentence) for each in all_problems(bid)]


def is_complete(bid: Application) -> bool:
    """Whether the bid could be sent as it is."""
    return bool(parts(bid)) and not all_problems(bid)


def task_list(bid: Application) -> list[Task]:
    """The sections in order with how far each has come. While we wait for an answer, only what was asked about."""
    written = answers(bid)
    wrong = by_section(all_problems(bid, written))
    tasks = []
    for part in to_write(bid):
        state = DONE if part.key not in wrong else BEGUN if part.key in written else NOT_BEGUN
        tasks.append(Task(part.key, title_of(part.key), state, COLOURS[state], _hint(wrong.get(part.key, []), state)))
    return tasks


def to_write(bid: Application) -> list[Part]:
    """The sections a group can write in now: all of a draft, then only what was asked about."""
    waiting = bid.status == Application.Status.MORE_INFO
    return [part for part in parts(bid) if not waiting or part.key in bid.open_sections]


def _hint(wrong: list[Problem], state: str) -> str:
    return wrong[0].sentence if wrong and state == BEGUN else ""
