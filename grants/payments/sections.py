"""What this room shows on pages that many rooms share."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from communities.core.clock import today
from communities.core.navigation import place
from communities.core.permissions import Actor
from communities.core.sections import section
from communities.groups.models import Group
from grants.applications.models import Application
from grants.applications.queries import told
from grants.awards.models import Award
from grants.awards.queries import own_awards
from grants.awards.sections import awards_of
from grants.payments.models import BatchLine, PayeeAccount, Payment, PaymentBatch
from grants.payments.operations.accounts import changed_numbers, numbers_held
from grants.payments.queries import ready_for_batch, used_by_strangers

A, P, B = PayeeAccount.Status, Payment.Status, PaymentBatch.Status
AGREED = (Award.Status.ACCEPTED, Award.Status.ACTIVE, Award.Status.COMPLETED, Award.Status.CLOSED)

told("payment.plan", "payment.send", "payment.mark_paid", "payment.mark_failed", "payment.cancel")
place(
    "office",
    "Payments",
    "admin:grants_payment_changelist",
    order=45,
    shown=lambda user: user.has_perm("grants.view_payment"),
)


def accounts_of(awards: Sequence[Award]) -> dict[Any, dict[str, PayeeAccount]]:
    """The bank details in use and those that wait, by the key of the group, in one query."""
    found: dict[Any, dict[str, PayeeAccount]] = {}
    rows = PayeeAccount.objects.filter(group__in={each.group_id for each in awards}, status__in=(A.ENTERED, A.VERIFIED))
    for row in rows.select_related("group"):
        found.setdefault(row.group_id, {})[row.status] = row
    return found


def _of(awards: Sequence[Award], user: Actor) -> dict[Any, dict[str, Any]]:
    """Payments and bank details of these awards, by the award's key."""
    accounts = accounts_of(awards)
    payments: dict[Any, list[Payment]] = {}
    rows = Payment.objects.visible_to(user).filter(award__in=[each.pk for each in awards])
    for payment in rows.select_related("account").order_by("number"):
        payments.setdefault(payment.award_id, []).append(payment)
    return {
        each.pk: {
            "payments": payments.get(each.pk, []),
            "verified": accounts.get(each.group_id, {}).get(A.VERIFIED),
            "waiting": accounts.get(each.group_id, {}).get(A.ENTERED),
            "group": each.group,
            "may_enter": user.has_perm("grants.enter_group_account", each.group),
        }
        for each in awards
    }


@section("award", "payments", order=451, template="grants/payments/_award.html")
def award(awards: Sequence[Award], user: Actor) -> Mapping[Any, Any]:
    """When the money comes, and whether we know where to send it."""
    return _of([each for each in awards if each.status in AGREED], user)


@section("case", "payments", order=451, template="grants/payments/_case.html")
def case(bids: Sequence[Application], user: Actor) -> Mapping[Any, Any]:
    """On the officers' page of a bid: its payments and the state of the bank details."""
    awards = awards_of(bids, user)
    found = _of(list(awards.values()), user)
    return {bid: found[each.pk] for bid, each in awards.items() if each.status in AGREED}


@section("award_office", "payments", order=451, template="grants/payments/_case.html")
def award_office(awards: Sequence[Award], user: Actor) -> Mapping[Any, Any]:
    """On the officers' page of an award: its payments and the state of the bank details."""
    return _of([each for each in awards if each.status in AGREED], user)


@section("award_summary", "payments", order=451, template="")
def summary(awards: Sequence[Award], user: Actor) -> Mapping[Any, Any]:
    """For the committee's page: bank details to give."""
    accounts = accounts_of(awards)
    missing = [each for each in awards if each.status in AGREED[:2] and not accounts.get(each.group_id)]
    return {each.pk: {"to_do": [{"what": "The treasurer gives us the bank details", "by": None}]} for each in missing}


@section("group", "bank_details", order=451, template="grants/payments/_group.html")
def group(groups: Sequence[Group], user: Actor) -> Mapping[Any, Any]:
    """On the page of a group, for those who keep its money: where it goes."""
    allowed = Group.objects.filter(pk__in=[each.pk for each in groups]).allowed_to(user, "grants.enter_group_account")
    rows = PayeeAccount.objects.filter(group__in=allowed.values("pk"), status__in=(A.ENTERED, A.VERIFIED))
    found: dict[Any, list[PayeeAccount]] = {pk: [] for pk in allowed.values_list("pk", flat=True)}
    for row in rows.order_by("-status"):
        found[row.group_id].append(row)
    return found


@section("home", "bank_details", order=451, template="grants/payments/_home.html")
def home(objects: Sequence[Any], user: Actor) -> Mapping[Any, Any]:
    """For treasurers: groups with an award whose bank details we do not have."""
    if not any(each.status in AGREED[:2] for each in own_awards(user)):
        return {}
    awards = Award.objects.filter(status__in=AGREED[:2]).select_related("group")
    known = PayeeAccount.objects.filter(status__in=(A.ENTERED, A.VERIFIED)).values("group")
    mine = Q(group__memberships__person__user=user.pk, group__memberships__ends_on=None)
    purse = Q(group__memberships__role__in=("treasurer", "lead"))
    groups = {each.group_id: each.group for each in awards.filter(mine & purse).exclude(group__in=known)}
    return {user.pk: list(groups.values())} if groups else {}


@section("office_home", "payments", order=451, template="")
def office_home(objects: Sequence[Any], user: Actor) -> Mapping[Any, Any]:
    """What waits at each desk: details to check, payments to approve, batches to prepare, approve, send and settle."""
    cards = [card for card in _cards(user) if card["number"]]
    return {each.pk: cards for each in objects if cards}


def _cards(user: Actor) -> list[dict[str, Any]]:
    cards = []
    payments, batches = reverse("admin:grants_payment_changelist"), reverse("admin:grants_paymentbatch_changelist")
    if user.has_perm("grants.verify_payeeaccount"):
        number = PayeeAccount.objects.filter(status=A.ENTERED).count()
        page = reverse("admin:grants_payeeaccount_changelist")
        cards.append(
            _card(number, "Check bank details", f"{page}?status__exact=entered", "By a call to a number we hold")
        )
    if user.has_perm("grants.approve_payment"):
        waiting = Q(status__in=(P.SCHEDULED, P.FAILED)) & ~Q(award__application__tier__route="delegated")
        counted = Payment.objects.filter(waiting).aggregate(
            all=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today()))
        )
        late = f"{counted['late']} past the day they are due" if counted["late"] else "None is late"
        cards.append(_card(counted["all"], "Approve payments", f"{payments}?desk=officer", late))
    if user.has_perm("grants.prepare_paymentbatch"):
        page = reverse("admin:grants_paymentbatch_prepare")
        cards.append(_card(ready_for_batch().count(), "Put payments into a batch", page, "They are ready to go"))
    if user.has_perm("grants.approve_paymentbatch"):
        number = PaymentBatch.objects.filter(status=B.PREPARED).count()
        cards.append(_card(number, "Approve batches", f"{batches}?status__exact=prepared", "Prepared by finance"))
    if user.has_perm("grants.export_paymentbatch"):
        number = PaymentBatch.objects.filter(status=B.APPROVED).count()
        cards.append(_card(number, "Make payment files", f"{batches}?status__exact=approved", "Approved, not yet sent"))
        number = Payment.objects.filter(status=P.IN_TRANSIT).count()
        cards.append(_card(number, "Mark as paid or sent back", f"{payments}?status__exact=in_transit", "On their way"))
    return cards


def _card(number: int, title: str, href: str, reason: str) -> dict[str, Any]:
    return {"number": number, "title": title, "href": href, "reason": reason}


@section("payee_account", "details", order=10, template="grants/payments/_account.html")
def payee_account(accounts: Sequence[PayeeAccount], user: Actor) -> Mapping[Any, Any]:
    """On finance's page of bank details: what to compare, which numbers to ring, who else uses the account."""
    return {
        each.pk: {
            "held": numbers_held(each).items(),
            "changed": changed_numbers(each).items(),
            "strangers": used_by_strangers(each),
            "body": each.group.accountable_bodies.filter(ends_on=None).first(),
        }
        for each in accounts
    }


@section("payment_batch", "lines", order=10, template="grants/payments/_batch.html")
def batch(batches: Sequence[PaymentBatch], user: Actor) -> Mapping[Any, Any]:
    """On the page of a batch: its payments as they stood in it, and how each stands now."""
    lines: dict[Any, list[BatchLine]] = {each.pk: [] for each in batches}
    rows = BatchLine.objects.filter(batch__in=list(lines)).select_related("payment__award__group", "account")
    for line in rows.order_by("pk"):
        lines[line.batch_id].append(line)
    return {key: {"lines": found} for key, found in lines.items()}


@section("payment", "payment", order=10, template="grants/payments/_payment.html")
def payment(payments: Sequence[Payment], user: Actor) -> Mapping[Any, Any]:
    """On the page of a payment: where it goes and which batches it stood in."""
    return {each.pk: {"lines": list(each.lines.select_related("batch", "account"))} for each in payments}
