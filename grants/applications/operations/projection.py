"""From the answers of a section to the columns and rows that the rest of the house counts with."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from communities.framework.models import Cohort, Goal, Indicator
from communities.places.models import Area, Level, PriorityPlace
from communities.places.queries import lookup
from grants.applications.models import (
    Application,
    BidCohort,
    BidGoal,
    BidLine,
    BidPlace,
    SectionAnswer,
    Target,
)
from grants.applications.queries import Part, asked_of_grant, cost_of
from grants.applications.queries.rules import day
from grants.rounds.models import Question
from grants.rounds.queries import tier_for


def project(bid: Application, part: Part, content: dict[str, Any]) -> None:
    """Let the rows and columns of a bid follow what was answered in one section."""
    for question in part.questions:
        if question.kind == Question.Kind.FIXED and question.key in PROJECTIONS:
            PROJECTIONS[question.key](bid, content.get(question.key))


def _title(bid: Application, value: Any) -> None:
    bid.title = str(value or "").strip()[:80]


def _places(bid: Application, value: Any) -> None:
    known = {place.code: place for place in PriorityPlace.objects.all()}
    bid.places.all().delete()
    BidPlace.objects.bulk_create(
        BidPlace(application=bid, where=row["where"], place=known.get(row.get("place") or ""), share=row["share"])
        for row in value or []
        if row["share"] and (row["where"] != BidPlace.Where.PLACE or row.get("place") in known)
    )
    if bid.place_verdict == Application.PlaceVerdict.UNKNOWN and not bid.place_note:
        bid.place = _largest(bid)


def _largest(bid: Application) -> PriorityPlace | None:
    """Where postcodes are not loaded, the place people named counts."""
    row = bid.places.filter(where=BidPlace.Where.PLACE).select_related("place").order_by("-share", "pk").first()
    return row.place if row else None


def _postcode(bid: Application, value: Any) -> None:
    found = lookup(value) if value else None
    bid.postcode = found.pcds if found else ""
    code = found.spot.lsoas.get(2021) if found else None
    bid.lsoa = Area.objects.filter(level=Level.LSOA, code=code, vintage=2021).first() if code else None
    if bid.place_note:  # an officer has looked into it: a new look-up does not overrule a person
        return
    bid.place_verdict = Application.PlaceVerdict(found.verdict.answer if found else "unknown")
    unknown = bid.place_verdict == Application.PlaceVerdict.UNKNOWN
    bid.place = _largest(bid) if unknown else found.place if found else None


def _people(bid: Application, value: Any) -> None:
    bid.people_expected = value


def _cohorts(bid: Application, value: Any) -> None:
    known = {cohort.code: cohort for cohort in Cohort.objects.filter(valid_to=None)}
    bid.cohorts.all().delete()
    BidCohort.objects.bulk_create(
        BidCohort(application=bid, cohort=known[row["cohort"]], share=row["share"])
        for row in value or []
        if row["cohort"] in known and 1 <= row["share"] <= 100
    )


def _goals(bid: Application, value: Any) -> None:
    chosen = value or {}
    main = chosen.get("main")
    numbers = dict.fromkeys([*([main] if main else []), *(chosen.get("others") or [])])
    known = {goal.number: goal for goal in Goal.objects.filter(number__in=list(numbers))}
    bid.goals.all().delete()
    BidGoal.objects.bulk_create(
        BidGoal(application=bid, goal=known[number], is_primary=number == main) for number in numbers if number in known
    )


def _targets(bid: Application, value: Any) -> None:
    rows = value or []
    codes = {row.get("indicator") for row in rows} - {"", None}
    known = {each.code: each for each in Indicator.objects.filter(code__in=codes, active=True)}
    bid.targets.all().delete()
    Target.objects.bulk_create(
        Target(
            application=bid,
            order=order,
            own_words=row.get("own_words") or "",
            indicator=known.get(row.get("indicator") or ""),
            baseline=_decimal(row.get("baseline")),
            value=_decimal(row.get("value")),
        )
        for order, row in enumerate(rows)
        if row.get("own_words") or row.get("indicator") in known
    )


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def _budget(bid: Application, value: Any) -> None:
    rows = [row for row in (value or {}).get("lines") or [] if Decimal(row.get("amount") or 0) > 0]
    bid.lines.all().delete()
    BidLine.objects.bulk_create(
        BidLine(
            application=bid,
            order=order,
            category=row["category"],
            item=row["item"],
            amount=Decimal(row["amount"]),
            funded_by=row["funded_by"],
        )
        for order, row in enumerate(rows)
    )
    if rows:
        bid.requested, bid.total_cost = asked_of_grant(rows), cost_of(rows)
        bid.tier = tier_for(bid.terms, bid.requested)
    least = (value or {}).get("minimum")
    # more than is asked for is a mistake that the form points out: until it is mended, no least is noted
    bid.minimum_viable = Decimal(least) if least and Decimal(least) <= bid.requested else None


def _dates(bid: Application, value: Any) -> None:
    starts, ends = (day((value or {}).get(name)) for name in ("starts_on", "ends_on"))
    if starts is None or ends is None or starts <= ends:
        bid.starts_on, bid.ends_on = starts, ends


PROJECTIONS: dict[str, Callable[[Application, Any], None]] = {
    "title": _title,
    "places": _places,
    "postcode": _postcode,
    "people": _people,
    "cohorts": _cohorts,
    "goals": _goals,
    "targets": _targets,
    "budget": _budget,
    "dates": _dates,
}


def searchable(written: Iterable[SectionAnswer]) -> str:
    """All that was written in words, in one text, for searching."""
    return "\n".join(value for answer in written for value in answer.content.values() if isinstance(value, str))
