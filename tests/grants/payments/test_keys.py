"""Keys for bank details change while people work: all stays readable, the old key becomes useless, nobody is missed."""

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import IntegrityError, transaction

from communities.core.encryption import Unreadable
from communities.core.models import Event
from grants.payments import operations
from grants.payments.models import PayeeAccount, PaymentBatch
from grants.payments.queries import full_details, used_by_strangers
from tests.factories import awards as make

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
AT = make.AGREED


@pytest.fixture(autouse=True)
def _old_key(settings):
    settings.BANK_DETAIL_KEYS = [OLD]


@pytest.fixture
def exported(offered, meadow, asha, ben, carol, fiona, grace):
    """A payment whose file went to finance: the batch is frozen."""
    make.bank_details(meadow, by=ben, checked_by=fiona, roll_number="a-1/2")
    return make.sent(make.agree(offered, asha, ben), officer=carol, finance=fiona, senior=grace).batch


def locked_texts():
    accounts = PayeeAccount.objects.values_list("sort_code", "account_number", "roll_number", "fingerprint")
    return [*accounts.order_by("pk"), *PaymentBatch.objects.values_list("content").order_by("pk")]


def test_after_the_change_the_new_key_alone_reads_everything_and_the_old_one_nothing(exported, fiona, settings, capsys):
    content, digest = operations.batch_file(exported, by=fiona, at=AT), exported.digest
    details = full_details(PayeeAccount.objects.get())
    settings.BANK_DETAIL_KEYS = [NEW, OLD]
    call_command("rotate_bank_keys")
    assert capsys.readouterr().out == "1 accounts and 1 payment files locked with the newest key.\n"
    settings.BANK_DETAIL_KEYS = [NEW]
    batch = PaymentBatch.objects.get()
    assert (operations.batch_file(batch, by=fiona, at=AT), batch.digest) == (content, digest)
    assert full_details(PayeeAccount.objects.get()) == details
    settings.BANK_DETAIL_KEYS = [OLD]
    with pytest.raises(Unreadable):
        operations.batch_file(batch, by=fiona, at=AT)
    with pytest.raises(Unreadable):
        full_details(PayeeAccount.objects.get())


def test_a_second_time_changes_nothing(exported, settings, capsys):
    settings.BANK_DETAIL_KEYS = [NEW, OLD]
    call_command("rotate_bank_keys")
    first = locked_texts()
    call_command("rotate_bank_keys")
    assert "0 accounts and 0 payment files" in capsys.readouterr().out
    assert locked_texts() == first
    assert [event.detail.data for event in Event.objects.filter(verb="bank_keys.change")] == [
        {"accounts": 1, "batches": 1}
    ]


def test_exported_files_are_frozen_again_afterwards(exported, settings):
    settings.BANK_DETAIL_KEYS = [NEW, OLD]
    call_command("rotate_bank_keys")
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentBatch.objects.update(content="other")


def test_without_the_old_key_nothing_is_changed_at_all(exported, settings):
    first = locked_texts()
    settings.BANK_DETAIL_KEYS = [NEW]
    with pytest.raises(Unreadable):
        call_command("rotate_bank_keys")
    assert locked_texts() == first


def test_an_account_used_twice_is_found_at_every_moment_of_the_change(meadow, asha, ben, settings):
    others = [make.FundedGroup(created_by=asha) for _ in range(2)]
    for other in others:
        make.join(other, asha.person, "lead")
    make.bank_details(meadow, by=ben)
    settings.BANK_DETAIL_KEYS = [OLD, NEW]
    make.bank_details(others[0], by=asha)
    settings.BANK_DETAIL_KEYS = [NEW, OLD]
    account = make.bank_details(others[1], by=asha)
    assert set(used_by_strangers(account)) == {meadow, others[0]}
    call_command("rotate_bank_keys")
    assert set(used_by_strangers(account)) == {meadow, others[0]}
    settings.BANK_DETAIL_KEYS = [NEW]
    assert set(used_by_strangers(account)) == {meadow, others[0]}
