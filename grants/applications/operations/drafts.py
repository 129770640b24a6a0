"""Beginning a bid and writing it, section by section. Two people never overwrite each other."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from communities.core.lifecycle import lock, unit
from communities.core.permissions import Actor
from communities.core.refusals import Refused
from communities.groups.models import Group
from communities.groups.operations import start_group
from communities.people.models import Person
from communities.people.operations import correct_person
from communities.places.models import PriorityPlace
from grants.applications.lifecycle import can_be_written
from grants.applications.models import APPLICATION, Application, SectionAnswer
from grants.applications.operations.projection import project, searchable
from grants.applications.queries import Part, answers, frame, part_problems, parts
from grants.rounds.models import Round
from grants.rounds.queries import tier_for


class StaleAnswer(Refused):
    """Somebody else saved this section meanwhile; `answer` holds their words."""

    def __init__(self, answer: SectionAnswer) -> None:
        super().__init__(
            f"{answer.updated_by} saved this page while you were writing.",
            "Nothing of yours is lost. Look at both, put together what you want, and save again.",
        )
        self.answer = answer


def start(
    *,
    round: Round,  # noqa: A002 (what people call it)
    group: Group,
    by: Actor,
    at: datetime,
    amount: Decimal | None = None,
) -> Application:
    """Begin a bid. A rough amount, if it is given, decides which questions are asked at first."""
    with unit():
        lock(Group.objects.filter(pk=group.pk))  # a second click waits here
        return _begun(round, amount, by, group=group) or _start(round, group, amount, by, at)


def _begun(round_: Round, amount: Decimal | None, by: Actor, **group: Any) -> Application | None:
    """What the same person began with the same words a moment ago: two clicks are one bid."""
    drafts = Application.objects.filter(round=round_, status=Application.Status.DRAFT, started_by_id=by.pk)
    return drafts.filter(requested=amount or 0, **group).first()


def _start(round: Round, group: Group, amount: Decimal | None, by: Actor, at: datetime) -> Application:  # noqa: A002
    bid = Application(
        round=round,
        terms=round.terms,
        group=group,
        requested=amount or 0,
        total_cost=amount or 0,
        tier=tier_for(round.terms, amount) if amount else None,
        started_at=at,
        started_by_id=by.pk,
    )
    return APPLICATION.create("start", bid, by=by, at=at)


def begin(
    *,
    round: Round,  # noqa: A002
    name: str,
    place: PriorityPlace | None,
    lead: Person,
    lead_name: str,
    second: dict[str, str],
    amount: Decimal | None = None,
    by: Actor,
    at: datetime,
) -> Application:
    """Begin a bid together with the group that makes it: a name, two people, a place."""
    with unit():
        lock(Person.objects.filter(pk=lead.pk))  # a second click waits here
        if begun := _begun(round, amount, by, group__name=name.strip(), group__created_by_id=by.pk):
            return begun
        if lead_name != lead.full_name:
            lead = correct_person(lead, full_name=lead_name, phone=lead.phone, by=by, at=at)
        group = start_group(name=name, place=place, lead=lead, second=second, by=by, at=at)
        return _start(round, group, amount, by, at)


def save_section(
    application: Application, *, section: str, content: dict[str, Any], version: int, by: Actor, at: datetime
) -> SectionAnswer:
    """Keep what was written in one section, finished or not. `version` is that of the words the writer began from."""
    who = "grants.change_application"
    with APPLICATION.record("save_section", application, by=by, at=at, who=who, needs=(can_be_written,)) as bid:
        _as_read(bid, application)
        part, written = _part(bid, section), answers(bid)
        answer = written.get(section)
        if answer is not None and answer.version != version:
            raise StaleAnswer(answer)
        answer = answer or SectionAnswer(application=bid, section=section, version=0)
        answer.content, answer.version = content, answer.version + 1
        answer.updated_at, answer.updated_by_id = at, by.pk
        project(bid, part, content)
        answer.is_complete = not part_problems(part, content, frame(bid))
        answer.save()
        bid.search_text = searchable((written | {section: answer}).values())
        bid.event_detail = {"section": section, "version": answer.version}
    return answer


def _as_read(bid: Application, read: Application) -> None:
    """What was read of the bid's round with the page counts for this act as well: its terms never change, and what
    a section is held against here, it is held against again when the bid is sent.
    """  # noqa: D205
    for name in ("round", "terms", "tier"):
        field = Application._meta.get_field(name)
        if field.is_cached(read) and getattr(read, field.attname) == getattr(bid, field.attname):  # type: ignore[union-attr]
            setattr(bid, name, getattr(read, name))


def _part(bid: Application, section: str) -> Part:
    if bid.status == Application.Status.MORE_INFO and section not in bid.open_sections:
        raise Refused("We did not ask about this part, so it stays as you sent it.", "Answer what we asked about.")
    part = next((part for part in parts(bid) if part.key == section), None)
    if part is None:
        raise Refused(
            "This part is not asked for the amount you want.", "Go back to the list of what is left to do.", status=404
        )
    return part
