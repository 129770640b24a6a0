"""How every change to a group is made, and the day it counts from."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from communities.core.clock import london
from communities.core.permissions import Actor
from communities.groups.lifecycle import is_not_closed
from communities.groups.models import GROUP, Group


@contextmanager
def editing(verb: str, group: Group, *, by: Actor, at: datetime, **options: Any) -> Iterator[Group]:
    """Change what is known of a group: its leaders and officers may, while it is not closed."""
    who = "communities.change_group"
    with GROUP.record(verb, group, by=by, at=at, who=who, needs=(is_not_closed,), **options) as locked:
        yield locked


def day_of(at: datetime) -> date:
    """The day in Essex."""
    return london(at).date()
