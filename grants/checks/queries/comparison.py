"""What changed between one sent copy of a bid and the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from grants.applications.models import Submission


@dataclass(frozen=True)
class Change:
    """One answer that reads differently."""

    section: str
    question: str
    before: str
    after: str


@dataclass(frozen=True)
class Copy:
    """A sent copy after the first, with what is different in it."""

    submission: Submission
    changes: list[Change]


def copies(submissions: Sequence[Submission]) -> list[Copy]:
    """Each copy after the first beside the one before it, the latest first."""
    ordered = sorted(submissions, key=lambda each: each.number)
    return [Copy(later, changes(earlier.content, later.content)) for earlier, later in pairwise(ordered)][::-1]


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """The answers that differ, in the order of the form; one that is gone or new counts as well."""
    old, new = _answers(before), _answers(after)
    return [
        Change(*key, old.get(key, ""), new.get(key, ""))
        for key in dict.fromkeys((*new, *old))
        if old.get(key, "") != new.get(key, "")
    ]


def _answers(content: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {
        (section["title"], answer["question"]): str(answer["answer"] or "")
        for section in content.get("sections", [])
        for answer in section["answers"]
    }
