"""What this room shows on pages that many rooms share."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse

from communities.core.money import pounds
from communities.core.permissions import Actor
from communities.core.sections import section
from grants.applications.models import Application
from grants.applications.queries import told
from grants.awards.models import Award
from grants.awards.queries import own_awards
from grants.awards.sections import awards_of
from grants.spending.models import SpendingReturn
from grants.spending.queries import balance, bought, by_total

S = SpendingReturn.Status

told("spendingreturn.submit", "spendingreturn.query", "spendingreturn.accept")


def _of(awards: Sequence[Award], user: Actor) -> dict[Any, SpendingReturn]:
    found = SpendingReturn.objects.visible_to(user).filter(award__in=[each.pk for each in awards])
    return {each.award_id: each for each in found.select_related("award__application__tier", "award__group")}


@section("award", "spending", order=471, template="grants/spending/_award.html")
def award(awards: Sequence[Award], user: Actor) -> Mapping[Any, Any]:
    """How much is spent and how much is left."""
    return {
        key: {
            "spending": book,
            "balance": balance(book),
            "may_write": user.has_perm("grants.change_spendingreturn", book) and book.status in (S.DRAFT, S.QUERIED),
        }
        for key, book in _of(awards, user).items()
    }


@section("case", "spending", order=471, template="grants/spending/_case.html")
def case(bids: Sequence[Application], user: Actor) -> Mapping[Any, Any]:
    """On the officers' page of a bid: plan and actual."""
    awards = awards_of(bids, user)
    books = _of(list(awards.values()), user)
    return {
        bid: {"spending": books[each.pk], "balance": balance(books[each.pk])}
        for bid, each in awards.items()
        if each.pk in books
    }


@section("award_office", "spending", order=471, template="grants/spending/_case.html")
def award_office(awards: Sequence[Award], user: Actor) -> Mapping[Any, Any]:
    """On the officers' page of an award: plan and actual."""
    return {key: {"spending": book, "balance": balance(book)} for key, book in _of(awards, user).items()}


@section("award_summary", "spending", order=471, template="")
def summary(awards: Sequence[Award], user: Actor) -> Mapping[Any, Any]:
    """For the committee's page: spent, left, and whether the record is still to be sent."""
    return {key: {"facts": _facts(book), "to_do": _to_do(book)} for key, book in _of(awards, user).items()}


def _facts(book: SpendingReturn) -> list[dict[str, Any]]:
    found = balance(book)
    return [
        {"label": "Spent", "value": pounds(found.spent)},
        {"label": "Left", "value": pounds(max(found.left, 0 * found.left))},
    ]


def _to_do(book: SpendingReturn) -> list[dict[str, Any]]:
    if book.status == S.QUERIED:
        return [{"what": "Answer our question about the spending", "by": None}]
    return [{"what": "Send us the record of spending", "by": book.award.ends_on}] if book.status == S.DRAFT else []


@section("home", "spending", order=471, template="grants/spending/_home.html")
def home(objects: Sequence[Any], user: Actor) -> Mapping[Any, Any]:
    """For treasurers: records that we asked about, and those to be kept."""
    if not own_awards(user):
        return {}
    mine = Q(award__group__memberships__person__user=user.pk, award__group__memberships__ends_on=None)
    books = Q(award__group__memberships__role__in=("treasurer", "lead"))
    found = SpendingReturn.objects.filter(mine & books, status__in=(S.DRAFT, S.QUERIED), award__paid__gt=0)
    rows = list(found.select_related("award__group").distinct().order_by("award__ends_on", "pk"))
    return {user.pk: rows} if rows else {}


@section("office_home", "spending", order=471, template="")
def office_home(objects: Sequence[Any], user: Actor) -> Mapping[Any, Any]:
    """For officers: records of spending to look at."""
    if not user.has_perm("grants.settle_spendingreturn"):
        return {}
    number = SpendingReturn.objects.filter(status=S.SUBMITTED).count()
    page = f"{reverse('admin:grants_spendingreturn_changelist')}?status__exact=submitted"
    card = {"number": number, "title": "Look at spending", "href": page, "reason": "Accept it, or ask the group"}
    return {each.pk: [card] for each in objects if number}


@section("spending_return", "items", order=10, template="grants/spending/_office.html")
def office_page(books: Sequence[SpendingReturn], user: Actor) -> Mapping[Any, Any]:
    """On the officer's page of a record: line by line, with the receipts."""
    return {
        each.pk: {"balance": balance(each), "items": list(bought(each)), "by_total": by_total(each.award)}
        for each in books
    }
