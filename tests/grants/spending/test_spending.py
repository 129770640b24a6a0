"""What was bought, line by line with receipts; or one total and a yes or no."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from communities.core.models import Event, Message
from communities.core.refusals import Refused
from evaluation.reports.models import OutcomeReport
from grants.awards import operations as awards
from grants.awards.queries import lines_of
from grants.spending import operations
from grants.spending.models import SpendingReturn
from grants.spending.queries import balance
from tests.factories import awards as make

AT = make.AGREED + timedelta(days=40)
SPENT = date(2027, 1, 12)


def refusal(act, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return refused.value.sentence


@pytest.fixture
def book(award):
    """The record of £1,180, all of it paid."""
    return SpendingReturn.objects.get(award=award)


@pytest.fixture
def micro_book(micro):
    """The record of a micro award of £800, all of it paid."""
    return SpendingReturn.objects.get(award=micro)


def buy(book, by, amount=50, line=0, **facts):
    typed = {"supplier": "Hall Trust", "description": "Hall in January", "spent_on": SPENT} | facts
    return operations.add_expenditure(
        book, line=lines_of(book.award)[line], amount=Decimal(amount), by=by, at=AT, **typed
    )


def test_the_book_opens_with_the_agreement(offered, asha, ben):
    agreed = make.agree(offered, asha, ben)
    assert SpendingReturn.objects.get(award=agreed).status == "draft"


def test_plan_actual_and_remaining_by_line(book, ben):
    buy(book, ben, 50)
    buy(book, ben, "19.50", line=2, description="Flour")
    book.refresh_from_db()
    found = balance(book)
    assert [(each.line.item, each.spent, each.left) for each in found.lines] == [
        ("Hall hire", Decimal("50.00"), Decimal("469.00")),
        ("Cookers", Decimal("0.00"), Decimal("354.00")),
        ("Food", Decimal("19.50"), Decimal("287.50")),
    ]  # fmt: skip
    assert (found.spent, found.left, book.total) == (Decimal("69.50"), Decimal("1110.50"), Decimal("69.50"))


def test_more_than_was_planned_is_shown_not_refused(book, ben):
    buy(book, ben, 99, line=1)
    for _ in range(12):
        buy(book, ben, 99)
    found = balance(SpendingReturn.objects.get())
    assert (found.lines[0].is_over, found.over) == (True, Decimal("107.00"))


def test_a_receipt_is_asked_for_from_a_hundred_pounds(book, ben, signed_page):
    assert buy(book, ben, "99.99").receipt is None
    assert "we need a receipt" in refusal(buy, book, ben, 100)
    assert buy(book, ben, 100, receipt=signed_page).receipt == signed_page
    assert buy(book, ben, 100, no_receipt="Lost in the move.").no_receipt == "Lost in the move."


def test_nothing_from_before_the_agreement_and_nothing_from_the_future(book, ben):
    assert "before the award was agreed" in refusal(buy, book, ben, spent_on=date(2026, 12, 13))
    assert "in the future" in refusal(buy, book, ben, spent_on=AT.date() + timedelta(days=1))


def test_a_line_of_another_award_is_refused(book, meadow, carol, grace, ben):
    other = make.offer(meadow, officer=carol, ratifier=grace)
    with pytest.raises(Refused, match="no line of your award"):
        operations.add_expenditure(
            book,
            line=lines_of(other)[0],
            amount=Decimal(1),
            supplier="x",
            description="x",
            spent_on=SPENT,
            by=ben,
            at=AT,
        )


def test_only_those_who_keep_the_books_write(book, meadow, stranger, grace):
    make.join(meadow, stranger.person)
    for somebody in (stranger, grace):
        assert "do not have the right" in refusal(buy, book, somebody)


def test_taking_something_out_keeps_that_it_was_there(book, ben):
    item = buy(book, ben)
    operations.remove_expenditure(item, by=ben, at=AT)
    item.refresh_from_db()
    assert (item.removed_at, balance(SpendingReturn.objects.get()).spent) == (AT, Decimal("0.00"))
    assert Event.objects.filter(verb="spendingreturn.remove").exists()


def test_sent_asked_answered_accepted(book, ben, carol):
    assert refusal(operations.submit, book, by=ben, at=AT) == "There is nothing in it yet."
    buy(book, ben)
    sent = operations.submit(book, note="All done.", by=ben, at=AT)
    assert (sent.status, sent.submitted_by, sent.note) == ("submitted", ben, "All done.")
    assert "is with us" in refusal(buy, sent, ben)
    asked = operations.query(sent, question="What was the hall used for?", by=carol, at=AT)
    assert (asked.status, asked.query) == ("queried", "What was the hall used for?")
    assert "What was the hall used for?" in Message.objects.filter(template="spending_queried").first().body
    buy(asked, ben, 20)
    again = operations.submit(asked, by=ben, at=AT)
    assert operations.accept(again, by=carol, at=AT).settled_by == carol
    assert "already “Accepted”" in refusal(operations.query, again, question="More?", by=carol, at=AT)


def test_the_group_does_not_accept_its_own_record(book, ben):
    buy(book, ben)
    sent = operations.submit(book, by=ben, at=AT)
    assert "do not have the right" in refusal(operations.accept, sent, by=ben, at=AT)


def test_micro_gives_one_total_and_a_yes_or_no(micro_book, ben, carol):
    assert "Say how much you spent" in refusal(operations.submit, micro_book, by=ben, at=AT)
    save = {"by": ben, "at": AT}
    assert "£800" in refusal(operations.save_total, micro_book, total=Decimal("800.01"), as_planned=True, **save)
    assert "different" in refusal(operations.save_total, micro_book, total=Decimal(700), as_planned=False, **save)
    operations.save_total(micro_book, total=Decimal("795.50"), as_planned=True, **save)
    sent = operations.submit(micro_book, by=ben, at=AT)
    assert balance(sent).left == Decimal("4.50")
    assert operations.accept(sent, by=carol, at=AT).status == "accepted"


def test_each_size_has_its_own_way(book, micro_book, ben):
    assert "one total, not every purchase" in refusal(buy, micro_book, ben)
    assert "each thing you bought" in refusal(
        operations.save_total, book, total=Decimal(1), as_planned=True, by=ben, at=AT
    )


def test_nothing_to_account_for_before_the_first_payment(offered, asha, ben):
    book = SpendingReturn.objects.get(award=make.agree(offered, asha, ben))
    buy(book, ben)
    assert "Nothing of this award has been paid" in refusal(operations.submit, book, by=ben, at=AT)


def test_the_award_is_complete_when_money_is_accounted_for_then_closed(book, ben, carol):
    award = book.award
    assert refusal(awards.complete, award, by=carol, at=AT) == "The record of spending has not been accepted yet."
    buy(book, ben)
    operations.accept(operations.submit(book, by=ben, at=AT), by=carol, at=AT)
    assert "already" in refusal(awards.close, award, by=carol, at=AT)
    assert refusal(awards.complete, award, by=carol, at=AT) == "The final report has not been accepted yet."
    OutcomeReport.objects.filter(requirement__award=award).update(status="accepted")
    assert awards.complete(award, by=carol, at=AT).completed_at == AT
    assert Message.objects.filter(template="award_completed").count() == 2
    assert awards.close(award, by=carol, at=AT).closed_at == AT


def test_database_refuses_a_record_accepted_by_nobody(book):
    for change in ({"status": "accepted"}, {"status": "submitted"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SpendingReturn.objects.filter(pk=book.pk).update(**change)
