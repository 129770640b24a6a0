"""The way of an award's money, and what the group tells of it: acts that several scenes use."""

from collections.abc import Generator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from communities.core.clock import london
from communities.core.files import store
from communities.framework.models import Cohort
from communities.people.models import User
from evaluation.demonstration.bids import pitches, results
from evaluation.demonstration.cast import TROUPES
from evaluation.demonstration.papers import receipt
from evaluation.demonstration.stage import Stage
from evaluation.reports import operations as reports
from evaluation.reports.models import OutcomeReport
from evaluation.reports.queries import questions, targets
from grants.awards import operations as awards
from grants.awards.queries import lines_of
from grants.payments import operations as payments
from grants.payments.models import PayeeAccount, Payment, PaymentBatch
from grants.spending import operations as spending
from grants.spending.models import SpendingReturn
from grants.spending.queries import by_total, receipts_from

Acts = Generator[datetime, datetime, None]


def say_yes(stage: Stage, key: str, who: User, at: datetime) -> None:
    """One of the group's people accepts the offer on the site."""
    awards.accept(stage.award(key), person=stage.people.person(who), by=who, at=at)


def enter_details(stage: Stage, key: str, at: datetime) -> PayeeAccount:
    """The treasurer enters the bank details. No bank has a sort code like these."""
    troupe = pitches()[key].group
    number, body = list(TROUPES).index(troupe), TROUPES[troupe].body
    return payments.enter_account(
        stage.people.groups[troupe],
        name_on_account=body[0] if body else TROUPES[troupe].name,
        sort_code=f"00 00 {number:02d}",
        account_number=f"000010{number:02d}",
        by=stage.treasurer(key),
        at=at,
    )


def verify_details(stage: Stage, key: str, at: datetime) -> None:
    """Finance rings the lead at the number held since the group began."""
    account = PayeeAccount.objects.get(group=stage.bid(key).group, status=PayeeAccount.Status.ENTERED)
    lead = stage.people.person(stage.lead(key))
    payments.verify_account(
        account, call_number=lead.phone, spoke_to=lead.full_name, note="Read back the last four digits.",
        by=stage.people["fiona"], at=at,
    )  # fmt: skip


def accept_and_enter(stage: Stage, keys: Sequence[str], day: int) -> Acts:
    """Two people accept, the treasurer enters the bank details, finance checks them, an officer approves."""
    for number, key in enumerate(keys):
        minute = number * 4
        at = yield stage.calendar.at(day, f"19:{minute:02d}")
        say_yes(stage, key, stage.lead(key), at)
        at = yield stage.calendar.at(day, f"20:{minute:02d}")
        say_yes(stage, key, stage.treasurer(key), at)
    for key in keys:
        at = yield stage.calendar.at(day + 1, "18:00")
        if not stage.bid(key).group.payee_accounts.filter(status=PayeeAccount.Status.VERIFIED).exists():
            enter_details(stage, key, at)
            at = yield stage.calendar.office(day + 4, "10:00")
            verify_details(stage, key, at)


def approve_payments(stage: Stage, keys: Sequence[str], at: datetime) -> None:
    """An officer says that these groups are due their money. Micro awards need no such word."""
    for key in keys:
        for payment in stage.award(key).payments.filter(status=Payment.Status.SCHEDULED):
            if stage.award(key).application.tier.route == "panel":  # type: ignore[union-attr]
                payments.approve(payment, by=stage.people["owen"], at=at)


def prepare(stage: Stage, keys: Sequence[str], at: datetime) -> PaymentBatch:
    """Finance puts payments together for one file."""
    due = [payment for key in keys for payment in stage.award(key).payments.order_by("number")[:1]]
    return payments.prepare_batch(payments=due, by=stage.people["fiona"], at=at)


def send_money(stage: Stage, keys: Sequence[str], day: int) -> Generator[datetime, datetime, PaymentBatch]:
    """Approved, put together, approved as a batch, made into the file."""
    at = yield stage.calendar.office(day - 1, "15:00")
    approve_payments(stage, keys, at)
    at = yield stage.calendar.office(day, "09:30")
    batch = prepare(stage, keys, at)
    at = yield stage.calendar.office(day, "11:30")
    payments.approve_batch(batch, by=stage.people["grace"], at=at)
    at = yield stage.calendar.office(day, "14:00")
    payments.export_batch(PaymentBatch.objects.get(pk=batch.pk), by=stage.people["fiona"], at=at)
    return PaymentBatch.objects.get(pk=batch.pk)


def arrive(stage: Stage, key: str, at: datetime) -> None:
    """Finance sees on the bank's list that the money arrived."""
    payment = stage.award(key).payments.get(status=Payment.Status.IN_TRANSIT)
    payments.mark_paid(
        payment, paid_on=london(at).date(), bank_reference=f"FP{payment.pk:06d}", by=stage.people["fiona"], at=at
    )


# -- what the group tells -------------------------------------------------------------------------------------------


def record_spending(stage: Stage, key: str, at: datetime, *, share: int = 100) -> SpendingReturn:
    """The treasurer writes down what was bought."""
    book, by = SpendingReturn.objects.get(award=stage.award(key)), stage.treasurer(key)
    part = Decimal(share) / 100
    if by_total(book.award):
        total = (book.award.amount * part).quantize(Decimal("0.01"))
        note = "" if share == 100 else "One delivery was cheaper than we thought."
        return spending.save_total(book, total=total, as_planned=share == 100, note=note, by=by, at=at)
    for line in lines_of(book.award):
        amount = (line.amount * part).quantize(Decimal("0.01"))
        paper = _paper(line.item, amount, by, at) if amount >= receipts_from(book.award) else None
        spending.add_expenditure(
            book, line=line, spent_on=_spent_on(book, at), supplier=f"{line.item.split(',')[0]} Ltd (made up)",
            description=line.item, amount=amount, receipt=paper, by=by, at=at,
        )  # fmt: skip
    return SpendingReturn.objects.get(pk=book.pk)


def _spent_on(book: SpendingReturn, at: datetime) -> date:
    agreed = book.award.accepted_at
    return max(london(agreed).date() if agreed else book.award.starts_on, min(book.award.starts_on, london(at).date()))


def _paper(item: str, amount: Decimal, by: User, at: datetime) -> Any:
    name = f"receipt {item.lower().replace(',', '')}.pdf"
    upload = SimpleUploadedFile(name, receipt(item, amount, london(at).date()), content_type="application/pdf")
    return store(upload, kind="receipt", by=by, at=at)


def write_report(stage: Stage, key: str, at: datetime, *, only_begun: bool = False) -> OutcomeReport:
    """The lead writes the report; one that is only begun says how many came and no more."""
    told, by = results()[key], stage.lead(key)
    report = OutcomeReport.objects.get(requirement__award=stage.award(key), requirement__kind="final")
    asked = {question.key for question in questions(report)}
    answers = {
        "happened": told["happened"], "changed": told["changed"], "worked_less": told["worked_less"],
        "anyway": told["anyway"], "volunteers": told["volunteers"], "volunteer_hours": told["hours"],
        "spent_all": told["spent"] == 100,
    }  # fmt: skip
    cohorts = {each.code: each.pk for each in Cohort.objects.filter(valid_to=None)}
    return reports.save_report(
        report,
        answers={} if only_begun else {name: value for name, value in answers.items() if name in asked},
        people_reached=told["people"],
        results={} if only_begun else _results(report, told),
        cohorts={cohorts[code]: people for code, people in told["cohorts"].items()} if "cohorts" in asked else {},
        may_publish=True,
        photo=None,
        version=None,
        by=by,
        at=at,
    )


def _results(report: OutcomeReport, told: dict[str, Any]) -> dict[int, dict[str, Any]]:
    words = iter(told["words"])
    found: dict[int, dict[str, Any]] = {}
    for target, value in zip(targets(report), told["values"], strict=True):
        found[target.pk] = {"value": None, "words": next(words, "")} if value is None else {"value": Decimal(value)}
    return found


def finish_award(stage: Stage, key: str, day: int, *, closed: int | None = None) -> Acts:
    """Spending and report come in and are accepted; the award is completed, and closed if a day is given."""
    at = yield stage.calendar.at(day, "17:00")
    carol = stage.people["carol"]
    book = record_spending(stage, key, at, share=results()[key]["spent"])
    at = yield stage.calendar.at(day, "17:40")
    spending.submit(book, by=stage.treasurer(key), at=at)
    at = yield stage.calendar.at(day, "20:15")
    report = write_report(stage, key, at)
    at = yield stage.calendar.at(day, "21:00")
    reports.submit(report, by=stage.lead(key), at=at)
    at = yield stage.calendar.office(day + 4, "10:00")
    spending.accept(SpendingReturn.objects.get(pk=book.pk), by=carol, at=at)
    at = yield stage.calendar.office(day + 4, "10:20")
    reports.accept(OutcomeReport.objects.get(pk=report.pk), by=carol, at=at)
    at = yield stage.calendar.office(day + 4, "10:40")
    awards.complete(stage.award(key), by=carol, at=at)
    if closed is not None:
        at = yield stage.calendar.office(closed, "16:00")
        awards.close(stage.award(key), by=carol, at=at)
