"""Everything that changes bank details, payments and batches."""

from grants.payments.operations.accounts import enter_account, reject_account, reveal, verify_account
from grants.payments.operations.batches import (
    approve_batch,
    batch_file,
    cancel_batch,
    export_batch,
    mark_batch_paid,
    prepare_batch,
)
from grants.payments.operations.keys import change_keys
from grants.payments.operations.payments import approve, cancel, mark_failed, mark_paid, plan

__all__ = [
    "approve",
    "approve_batch",
    "batch_file",
    "cancel",
    "cancel_batch",
    "change_keys",
    "enter_account",
    "export_batch",
    "mark_batch_paid",
    "mark_failed",
    "mark_paid",
    "plan",
    "prepare_batch",
    "reject_account",
    "reveal",
    "verify_account",
]
