"""Bank details: entered by the group, kept unreadable, used only after a call to a number we held before."""

import re
from datetime import datetime, timedelta

from communities.core.encryption import encrypt, fingerprint
from communities.core.files import StoredFile
from communities.core.lifecycle import lock, unit
from communities.core.models import Event
from communities.core.permissions import Actor
from communities.core.refusals import Refused
from communities.groups.models import Group
from communities.groups.queries import current
from grants.payments.models import PAYEE_ACCOUNT, PAYMENT, PayeeAccount, Payment
from grants.payments.queries import FullDetails, full_details, used_by_strangers

S = PayeeAccount.Status
RECENTLY = timedelta(days=30)


def enter_account(
    group: Group,
    *,
    name_on_account: str,
    sort_code: str,
    account_number: str,
    roll_number: str = "",
    statement: StoredFile | None = None,
    by: Actor,
    at: datetime,
) -> PayeeAccount:
    """Give the details of the account that money shall go to. Everybody who signs for the group is told at once."""
    given = FullDetails(clean_sort_code(sort_code), clean_account_number(account_number), roll_number.strip())
    with unit():
        lock(Group.objects.filter(pk=group.pk))  # two who enter at once: the details of the first are not there to lock
        known = lock(PayeeAccount.objects.filter(group=group))
        waiting = [each for each in known if each.status == S.ENTERED]
        with PAYEE_ACCOUNT.step_many("replace", waiting, by=by, at=at, all_or_nothing=True):
            pass
        return PAYEE_ACCOUNT.create(
            "enter",
            PayeeAccount(
                case=group.case,
                group=group,
                name_on_account=name_on_account.strip(),
                sort_code=encrypt(given.sort_code),
                account_number=encrypt(given.account_number),
                roll_number=encrypt(given.roll_number) if given.roll_number else "",
                last_four=given.account_number[-4:],
                fingerprint=fingerprint(given.identity),
                statement=statement,
                entered_by_id=by.pk,
                entered_at=at,
            ),
            by=by,
            at=at,
        )


def clean_sort_code(text: str) -> str:
    """Six digits, however they were typed."""
    digits = re.sub(r"[\s\-\u2010-\u2015]", "", text)
    if not re.fullmatch(r"[0-9]{6}", digits):
        raise Refused("The sort code must be 6 numbers.", "It looks like 12 34 56.", status=400)
    return digits


def clean_account_number(text: str) -> str:
    """Eight digits; shorter numbers get noughts in front, as banks do."""
    digits = re.sub(r"[\s\-]", "", text)
    if not re.fullmatch(r"[0-9]{6,8}", digits):
        raise Refused("The account number must be between 6 and 8 numbers.", "It looks like 12345678.", status=400)
    return digits.zfill(8)


def verify_account(
    account: PayeeAccount,
    *,
    call_number: str,
    spoke_to: str,
    note: str = "",
    supplier_number: str = "",
    by: Actor,
    at: datetime,
) -> PayeeAccount:
    """Say that a call confirmed these details. From now on money goes there; older details are put away."""
    with PAYEE_ACCOUNT.step("verify", account, by=by, at=at) as found:
        _refuse_call(found, call_number, spoke_to, note)
        older = list(PayeeAccount.objects.filter(group=found.group_id, status=S.VERIFIED).exclude(pk=found.pk))
        with PAYEE_ACCOUNT.step_many("replace", older, by=by, at=at, all_or_nothing=True):
            pass
        approved = list(Payment.objects.filter(account__in=older, status=Payment.Status.APPROVED))
        with PAYMENT.step_many("reopen", approved, by=by, at=at, all_or_nothing=True) as batch:
            for payment in batch.done:
                payment.account = payment.details_by = payment.approved_by = payment.approved_at = None
        found.verified_by_id, found.verified_at, found.trouble = by.pk, at, ""
        found.call_number, found.call_spoke_to, found.call_note = call_number.strip(), spoke_to.strip(), note.strip()
        found.supplier_number = supplier_number.strip() or found.supplier_number
    return found


def _refuse_call(account: PayeeAccount, call_number: str, spoke_to: str, note: str) -> None:
    """Raise the reason why this call does not count."""
    digits = re.sub(r"[^0-9]", "", call_number)
    if len(digits) < 10 or not spoke_to.strip():
        raise Refused("Write which number you rang and whom you spoke to.", "Both are kept with the bank details.")
    if digits in {re.sub(r"[^0-9]", "", number) for number in changed_numbers(account)}:
        raise Refused(
            "This number was changed shortly before the bank details were entered, so a call to it proves nothing.",
            "Ring another number that we have held for longer, or one from a public register.",
        )
    if digits not in {re.sub(r"[^0-9]", "", number) for number in numbers_held(account)} and not note.strip():
        raise Refused(
            "We do not hold this number for the group.",
            "Ring a number that we held before, or write in the note where this one is published.",
        )
    if used_by_strangers(account) and not note.strip():
        raise Refused(
            "Another group that has nothing to do with this one uses the same account.",
            "Find out why, and write it in the note.",
        )


def numbers_held(account: PayeeAccount) -> dict[str, str]:
    """Telephone numbers we held before the details were entered, with whose they are."""
    changed = _recently_changed(account)
    held = {
        member.person.phone: member.person.full_name
        for member in current(account.group)
        if member.person.phone and str(member.person_id) not in changed
    }
    for body in account.group.accountable_bodies.filter(ends_on=None).exclude(contact_phone=""):
        held[body.contact_phone] = f"{body.contact_name}, {body.name}"
    return held


def changed_numbers(account: PayeeAccount) -> dict[str, str]:
    """Telephone numbers that were changed too shortly before to be trusted for this."""
    changed = _recently_changed(account)
    return {
        member.person.phone: member.person.full_name
        for member in current(account.group)
        if member.person.phone and str(member.person_id) in changed
    }


def _recently_changed(account: PayeeAccount) -> set[str]:
    """People whose own details were corrected in the month before, or after."""
    since = account.entered_at - RECENTLY
    corrected = Event.objects.filter(verb="person.correct", at__gte=since)
    return set(corrected.values_list("object_pk", flat=True))


def reject_account(account: PayeeAccount, *, reason: str, by: Actor, at: datetime) -> PayeeAccount:
    """Say that these details cannot be used. The group is told why; what was used before goes on being used."""
    with PAYEE_ACCOUNT.step("reject", account, by=by, at=at, reason=reason) as found:
        if not reason.strip():
            raise Refused("Say why these details cannot be used.", "The group reads it.")
        found.trouble = reason[:200]
    return found


def reveal(account: PayeeAccount, *, reason: str, by: Actor, at: datetime) -> FullDetails:
    """Show the full numbers to somebody in finance, and keep that they were shown."""
    with PAYEE_ACCOUNT.record(
        "reveal", account, by=by, at=at, who="grants.reveal_payeeaccount", reason=reason
    ) as found:
        return full_details(found)
