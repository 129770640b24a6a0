"""Everything that changes a record of spending."""

from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum

from communities.core.clock import london
from communities.core.files import StoredFile
from communities.core.lifecycle import lock
from communities.core.money import pounds
from communities.core.permissions import Actor
from communities.core.refusals import Refused
from grants.awards.models import Award, AwardLine
from grants.spending.lifecycle import is_open
from grants.spending.models import SPENDING_RETURN, Expenditure, SpendingReturn
from grants.spending.queries import ZERO, by_total, receipts_from

WHO = "grants.change_spendingreturn"


def open_return(award: Award, *, by: Actor, at: datetime) -> SpendingReturn:
    """Open the book in which the group writes what it spends."""
    return SPENDING_RETURN.create("open", SpendingReturn(case=award.case, award=award), by=by, at=at)


def add_expenditure(
    spending: SpendingReturn,
    *,
    line: AwardLine,
    spent_on: date,
    supplier: str,
    description: str,
    amount: Decimal,
    receipt: StoredFile | None = None,
    no_receipt: str = "",
    by: Actor,
    at: datetime,
) -> Expenditure:
    """Write down one thing that was bought with the award."""
    with SPENDING_RETURN.record("add", spending, by=by, at=at, who=WHO, needs=(is_open,)) as book:
        _refuse_purchase(book, line, spent_on, amount, receipt, no_receipt, at)
        item = Expenditure.objects.create(
            spending=book,
            line=line,
            spent_on=spent_on,
            supplier=supplier,
            description=description,
            amount=amount,
            receipt=receipt,
            no_receipt=no_receipt.strip(),
            entered_by_id=by.pk,
            entered_at=at,
        )
        book.total = _sum(book)
        book.event_detail = {"item": item.pk, "amount": amount, "line": line.pk}
    return item


def _refuse_purchase(
    spending: SpendingReturn,
    line: AwardLine,
    spent_on: date,
    amount: Decimal,
    receipt: StoredFile | None,
    no_receipt: str,
    at: datetime,
) -> None:
    """Raise the reason why this cannot be written down."""
    award = spending.award
    if by_total(award):
        raise Refused("For this award you give one total, not every purchase.", "Write the total on the same page.")
    if line.version.award_id != award.pk:
        raise Refused("This is no line of your award.", "Choose one of the lines shown.", status=400)
    agreed = london(award.accepted_at).date() if award.accepted_at else None
    if agreed is None or spent_on < agreed:
        raise Refused(
            "This was paid for before the award was agreed, so the award cannot cover it.",
            "Check the date, or ring us if you think we should look at it.",
        )
    if spent_on > london(at).date():
        raise Refused("The date cannot be in the future.", "Write it down when you have paid for it.", status=400)
    if amount >= receipts_from(award) and receipt is None and not no_receipt.strip():
        raise Refused(
            f"For things of {pounds(receipts_from(award))} or more we need a receipt.",
            "Add a photo of it. If you have none, say why.",
            status=400,
        )


def _sum(spending: SpendingReturn) -> Decimal:
    kept = spending.expenditure.filter(removed_at=None)
    return kept.aggregate(total=Sum("amount"))["total"] or ZERO


def remove_expenditure(expenditure: Expenditure, *, by: Actor, at: datetime) -> None:
    """Take something out of the record again; that it once stood there is kept."""
    detail = {"item": expenditure.pk, "amount": expenditure.amount}
    spending = expenditure.spending
    with SPENDING_RETURN.record("remove", spending, by=by, at=at, who=WHO, needs=(is_open,), detail=detail) as book:
        [item] = lock(Expenditure.objects.filter(pk=expenditure.pk))
        if item.removed_at is None:
            item.removed_at = at
            item.save(update_fields=["removed_at"])
        book.total = _sum(book)


def save_total(
    spending: SpendingReturn, *, total: Decimal, as_planned: bool, note: str = "", by: Actor, at: datetime
) -> SpendingReturn:
    """For a micro award: write down all that was spent, and whether it was as agreed."""
    with SPENDING_RETURN.record("save_total", spending, by=by, at=at, who=WHO, needs=(is_open,)) as book:
        if not by_total(book.award):
            raise Refused("For this award you write down each thing you bought.", "Use the list on the same page.")
        if total > book.award.amount:
            raise Refused(
                f"The award is {pounds(book.award.amount)}, so you cannot have spent more of it than that.",
                "Count only what you paid with this award. Your own money does not belong here.",
                status=400,
            )
        if not as_planned and not note.strip():
            raise Refused("Say what was different.", "A sentence is enough.", status=400)
        book.event_detail = {"before": [book.total, book.as_planned], "after": [total, as_planned]}
        book.total, book.as_planned, book.note = total, as_planned, note.strip()
    return book


def submit(spending: SpendingReturn, *, note: str | None = None, by: Actor, at: datetime) -> SpendingReturn:
    """Send the record to the council."""
    with SPENDING_RETURN.step("submit", spending, by=by, at=at) as book:
        book.note = book.note if note is None else note.strip()
        book.submitted_at, book.submitted_by_id = at, by.pk
    return book


def query(spending: SpendingReturn, *, question: str, by: Actor, at: datetime) -> SpendingReturn:
    """Ask the group about its spending; it can change its record and send it again."""
    with SPENDING_RETURN.step("query", spending, by=by, at=at, reason=question) as book:
        if not question.strip():
            raise Refused("Write your question.", "The group reads it as you write it.", status=400)
        book.query = question.strip()
    return book


def accept(spending: SpendingReturn, *, by: Actor, at: datetime) -> SpendingReturn:
    """Say that the money is accounted for."""
    with SPENDING_RETURN.step("accept", spending, by=by, at=at) as book:
        book.event_detail = {"total": book.total, "left": book.award.amount - (book.total or ZERO)}
        book.settled_at, book.settled_by_id = at, by.pk
    return book
