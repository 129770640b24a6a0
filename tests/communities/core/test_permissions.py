"""Who may: one object, a list and a batch agree, and nobody has a short cut."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from communities.core import permissions
from communities.core.permissions import SYSTEM, allowed_pks, allows, office, permission, rule
from tests.sample.models import Bid


@pytest.fixture
def bids(pot, asha, ben):
    return [Bid.objects.create(pot=pot, owner=owner) for owner in (asha, ben, None)]


@pytest.fixture
def superuser(db):
    from communities.people.models import User

    return User.objects.create_superuser("root@example.org")


def test_object_list_and_batch_agree_for_everybody(bids, asha, ben, carol, stranger, superuser):
    for user in (asha, ben, carol, stranger, superuser, AnonymousUser(), SYSTEM):
        one_by_one = {bid.pk for bid in bids if allows(user, "sample.view_bid", bid)}
        assert one_by_one == {bid.pk for bid in Bid.objects.visible_to(user)}
        assert one_by_one == allowed_pks(user, "sample.view_bid", bids)


def test_owners_see_their_own_and_officers_all(bids, asha, carol):
    assert [bid.owner for bid in Bid.objects.visible_to(asha)] == [asha]
    assert Bid.objects.visible_to(carol).count() == 3


def test_a_superuser_sees_nothing_by_that(bids, superuser):
    assert not Bid.objects.visible_to(superuser).exists()
    assert not superuser.has_perm("sample.view_bid", bids[0])


def test_a_visitor_sees_no_row_without_owner(bids):
    """A filter on the visitor's key would be a filter on None."""
    assert not Bid.objects.visible_to(AnonymousUser()).exists()


def test_a_visitor_sees_what_a_public_rule_gives(bids):
    Bid.objects.filter(pk=bids[0].pk).update(status="funded")
    assert Bid.objects.allowed_to(AnonymousUser(), "sample.read_bid").get() == bids[0]


def test_a_closed_account_may_nothing(bids, asha):
    asha.is_active = False
    assert not allows(asha, "sample.view_bid", bids[0])


def test_an_unknown_permission_is_held_by_nobody(bids, carol):
    assert not carol.has_perm("sample.no_such_thing", bids[0])
    assert not carol.has_perm("sample.no_such_thing")


def test_a_permission_says_nothing_about_another_kind_of_row(bids, pot, carol):
    assert not allows(carol, "sample.view_bid", pot)


def test_without_a_row_the_question_is_whether_for_some_row(asha, carol):
    assert asha.has_perm("sample.view_bid")
    assert carol.has_perm("sample.fund_bid")
    assert not asha.has_perm("sample.fund_bid")


def test_all_and_any_of_an_app(asha, stranger):
    assert asha.has_perms(["sample.view_bid", "sample.send_bid"])
    assert not asha.has_perms(["sample.view_bid", "sample.fund_bid"])
    assert asha.has_module_perms("sample")
    assert not asha.has_module_perms("nowhere")


def test_joins_of_a_rule_do_not_double_rows(bids, asha, monkeypatch):
    twice = permissions.Permission("sample.twice", Bid, "", (), lambda user: Q(pot__bids__pk__gt=0))
    monkeypatch.setitem(permissions.REGISTRY, "sample.twice", twice)
    assert Bid.objects.allowed_to(asha, "sample.twice").count() == 3


def test_office_permissions_go_to_the_named_roles_only(monkeypatch, asha, carol):
    monkeypatch.setattr(permissions, "REGISTRY", {})
    office(Bid, view=("officer",))
    assert carol.has_perm("sample.view_bid")
    assert not carol.has_perm("sample.change_bid")
    assert not asha.has_perm("sample.view_bid")


def test_everyone_means_visitors_too(monkeypatch):
    monkeypatch.setattr(permissions, "REGISTRY", {})
    office(Bid, view=permissions.EVERYONE)
    assert rule(AnonymousUser(), "sample.view_bid") == permissions.EVERY


def test_a_name_declared_twice_is_a_mistake():
    with pytest.raises(ValueError, match="twice"):
        permission("sample.view_bid", Bid, "Again")(lambda user: Q())
