"""Where the money went: place by goal, cohort by goal, and how that agrees with the ledger."""

from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.http import urlencode

from communities.framework.models import Cohort
from evaluation.insight.queries.known import WHERE, Known
from evaluation.insight.queries.sheets import Cell, Column, Sheet
from evaluation.insight.queries.sums import of_awards
from grants.awards.models import Award
from grants.funds.models import Budget
from grants.rounds.models import Round

ZERO = Decimal("0.00")


def standing(round_: Round | None = None) -> QuerySet[Award]:
    """Awards whose money is promised or spent: not turned down, not run out."""
    return Award.objects.filter(of_awards(None if round_ is None else [round_.pk], ""))


def drill(round_: Round | None, **chosen: Any) -> str:
    """The address of the awards behind a figure."""
    query = {name: value for name, value in chosen.items() if value} | ({"round": round_.public_id} if round_ else {})
    return f"{reverse('evaluation:awards')}?{urlencode(query)}"


def by_place_and_goal(round_: Round | None, known: Known) -> Sheet:
    """Pounds by place and main goal. Each award counts once, in whole pounds and pence, so that it adds up."""
    sums = {key: amount or ZERO for key, (_, amount) in known.sums("places_and_goals", round_).items()}
    title = "Money by place and main goal"
    sheet = _matrix("money-by-place-and-goal", title, "place", known.place_rows, sums, round_, known)
    sheet.notes = [
        "Each award counts for its main goal only, shared between its places as the group said.",
        "Worded as “spent on activities in”: it does not say where the people who took part live.",
        reconciliation(sheet.foot[-1].value, round_, known),
    ]
    return sheet


def by_cohort_and_goal(round_: Round | None, known: Known) -> Sheet:
    """Pounds by cohort and main goal. People can belong to several cohorts, so this does not add up to the total."""
    sums = {key: amount or ZERO for key, (amount,) in known.sums("cohorts", round_).items()}
    rows = [("cohort", one.code, one.short_name) for one in Cohort.objects.filter(valid_to=None)]
    title = "Money by group of people and main goal"
    sheet = _matrix("money-by-cohort-and-goal", title, "cohort", rows, sums, round_, known)
    sheet.foot = []
    sheet.notes = ["The shares of one award may overlap, since a person can belong to several groups. Do not add up."]
    return sheet


def _matrix(
    key: str,
    title: str,
    name: str,
    rows: list[tuple[str, str, str]],
    sums: dict[Any, Decimal],
    round_: Round | None,
    known: Known,
) -> Sheet:
    goals = known.goals
    columns = [Column(name, name.capitalize(), f"The {name} that the group named", "text")]
    columns += [Column(f"goal_{goal.number}", f"{goal.number}", f"{goal.name}, in pounds", "money") for goal in goals]
    columns += [Column("total", "All goals", "All goals together, in pounds", "money")]
    sheet = Sheet(key, title, columns)
    for _, code, label in rows:
        amounts = [sums.get((code, goal.number), ZERO) for goal in goals]
        cells = [
            Cell(amount, "money", drill(round_, **{name: code, "goal": goal.number}) if amount else "")
            for amount, goal in zip(amounts, goals, strict=True)
        ]
        total = sum(amounts, ZERO)
        sheet.rows.append(
            [Cell(label, "text"), *cells, Cell(total, "money", drill(round_, **{name: code}) if total else "")]
        )
    totals = [sum((row[place].value for row in sheet.rows), ZERO) for place in range(1, len(columns))]
    sheet.foot = [Cell("All", "text"), *(Cell(total, "money") for total in totals)]
    return sheet


def reconciliation(total: Decimal, round_: Round | None, known: Known) -> str:
    """How the sum agrees with the ledger, to the penny."""
    budgets = Budget.objects.filter(rounds=round_) if round_ else Budget.objects.all()
    committed = budgets.aggregate(total=Sum("committed"))["total"] or ZERO
    awarded = known.sums("awards", round_)[()][-1] or ZERO
    if total != awarded:
        return f"These add up to £{total:,.2f}, but awards to £{awarded:,.2f}: {_unplaced(round_)} have no main goal."
    waiting = committed - awarded
    more = f" £{waiting:,.2f} more is promised by decisions that groups have not been told yet." if waiting else ""
    return f"Agrees with the ledger to the penny: £{awarded:,.2f} awarded, £{committed:,.2f} promised.{more}"


def _unplaced(round_: Round | None) -> int:
    return standing(round_).annotate(main=Count("goals", filter=Q(goals__is_primary=True))).filter(main=0).count()


def behind(*, round_: Round | None, place: str, cohort: str, goal: str) -> QuerySet[Award]:
    """The awards behind a figure, the largest first."""
    awards = standing(round_)
    if place in WHERE.values and place != WHERE.PLACE:
        awards = awards.filter(places__where=place)
    elif place:
        awards = awards.filter(places__place__code=place)
    if cohort:
        awards = awards.filter(cohorts__cohort__code=cohort)
    if goal.isascii() and goal.isdigit():
        awards = awards.filter(goals__goal__number=int(goal), goals__is_primary=True)
    # what a page shows of them is asked for afterwards, not of all that are sorted
    return awards.prefetch_related("group", "place", "application__round").order_by("-amount", "pk")
