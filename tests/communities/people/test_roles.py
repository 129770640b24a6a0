"""Who may do what: given by somebody else, for a time, with a reason, and told to whom it concerns."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from communities.core.clock import moved, now, today
from communities.core.models import Event, Message
from communities.core.refusals import Refused
from communities.people import operations
from communities.people.models import RoleGrant, User
from communities.people.queries import holders
from tests.cast import account


@pytest.fixture
def vera(db):
    """Gives access."""
    return account("Vera Keys", "access_manager")


def give(user, role="officer", *, by, **dates):
    dates = {"starts": today(), **dates}
    return operations.grant_role(user=user, role=role, reason="New in the team", by=by, at=now(), **dates)


def test_a_role_given_is_held_at_once_and_opens_the_office(asha, vera):
    give(asha, by=vera)
    asha = User.objects.get(pk=asha.pk)
    assert asha.role_codes == {"officer"}
    assert asha.is_staff
    assert list(holders("officer")) == [asha]
    message = Message.objects.get(template="role_given")
    assert message.recipient == asha.email
    assert "Grants officer" in message.body
    assert Event.objects.get(verb="rolegrant.grant").reason == "New in the team"


def test_a_panel_member_does_not_work_in_the_office(asha, vera):
    give(asha, "panel", by=vera)
    assert not User.objects.get(pk=asha.pk).is_staff


def test_nobody_gives_a_role_to_themselves(vera):
    with pytest.raises(Refused, match="cannot give yourself"):
        give(vera, "finance", by=vera)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=vera, role="finance", starts=today(), granted_by=vera, reason="x")
    assert User.objects.get(pk=vera.pk).role_codes == {"access_manager"}


def test_only_access_managers_give_roles(asha, ben, carol, grace):
    for by in (asha, carol, grace):
        with pytest.raises(Refused):
            give(ben, by=by)
    assert not RoleGrant.objects.filter(user=ben).exists()


def test_a_superuser_gives_access_and_can_do_nothing_else(asha):
    root = User.objects.create_superuser("root@example.org")
    assert root.role_codes == {"access_manager"}
    assert not root.has_perm("communities.change_person", asha.person)
    give(asha, by=root)


def test_a_role_nobody_knows_is_refused(asha, vera):
    with pytest.raises(Refused, match="no such role"):
        give(asha, "emperor", by=vera)


def test_a_role_counts_from_its_first_day_to_its_last(asha, vera):
    with moved(datetime(2026, 10, 1, 9, tzinfo=UTC)):
        give(asha, by=vera, starts=date(2026, 10, 2), ends=date(2026, 10, 3))
    for day, held in ((1, False), (2, True), (3, True), (4, False)):
        with moved(datetime(2026, 10, day, 22, 30, tzinfo=UTC)):
            assert bool(User.objects.get(pk=asha.pk).role_codes) is held, day
    with moved(datetime(2026, 10, 3, 23, 30, tzinfo=UTC)):  # in London it is the fourth already
        assert not User.objects.get(pk=asha.pk).role_codes


def test_dates_the_wrong_way_round_are_refused(asha, vera):
    with pytest.raises(Refused, match="end before it starts"):
        give(asha, by=vera, ends=today() - timedelta(days=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(
            user=asha, role="officer", starts=today(), ends=today() - timedelta(days=1), granted_by=vera, reason="x"
        )


def test_the_same_role_is_not_given_twice(asha, vera):
    give(asha, by=vera)
    with pytest.raises(Refused, match="has this role already"):
        give(asha, by=vera)


def test_a_role_is_ended_by_somebody_else_and_the_office_closes(asha, vera):
    grant = give(asha, by=vera)
    operations.end_role(grant, by=vera, at=now(), reason="Left the council")
    asha = User.objects.get(pk=asha.pk)
    assert (asha.role_codes, asha.is_staff) == (frozenset(), False)
    assert "Left the council" in Message.objects.get(template="role_ended").body
    give(asha, by=vera)
    assert User.objects.get(pk=asha.pk).is_staff


def test_nobody_ends_a_role_of_their_own(vera):
    with pytest.raises(Refused, match="role of your own"):
        operations.end_role(vera.role_grants.get(), by=vera, at=now(), reason="x")


def test_roles_whose_last_day_is_over_are_ended_by_the_clock(asha, ben, vera):
    with moved(datetime(2026, 10, 1, 9, tzinfo=UTC)):
        give(asha, by=vera, ends=date(2026, 10, 3))
        give(ben, by=vera)
    with moved(datetime(2026, 10, 5, 9, tzinfo=UTC)):
        assert operations.end_lapsed_roles(at=now()) == 1
        assert operations.end_lapsed_roles(at=now()) == 0
    assert RoleGrant.objects.get(user=asha).status == "ended"
    assert not User.objects.get(pk=asha.pk).is_staff
    assert User.objects.get(pk=ben.pk).is_staff


# --- The office's pages --------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _without_second_proof(settings):
    settings.STAFF_SECOND_FACTOR = False


ADD = "/office/communities/rolegrant/add/"


def typed(user, **more):
    return {"user": user.pk, "role": "finance", "starts": "01/10/2026", "ends": "", "reason": "Cover", **more}


def test_an_access_manager_gives_and_ends_a_role_in_the_office(client, vera, asha):
    client.force_login(vera)
    assert client.get(ADD).status_code == 200
    assert client.post(ADD, typed(asha)).status_code == 302
    grant = RoleGrant.objects.get(user=asha)
    assert (grant.role, grant.granted_by, grant.status) == ("finance", vera, "current")
    page = client.get(f"/office/communities/rolegrant/{grant.pk}/change/")
    assert "End this role" in page.content.decode()
    done = client.post(f"/office/communities/rolegrant/{grant.pk}/step/end/", {"reason": "Cover is over"})
    assert done.status_code == 302
    grant.refresh_from_db()
    assert grant.status == "ended"


def test_what_a_role_is_given_for_is_kept_when_the_form_is_wrong(client, vera, asha):
    client.force_login(vera)
    page = client.post(ADD, typed(asha, role="", reason="Cover for Fiona"))
    assert "There is a problem" in page.content.decode()
    assert "Cover for Fiona" in page.content.decode()


@pytest.mark.parametrize("extra", [{}, {"is_superuser": "on", "is_staff": "on", "role": "senior_officer"}])
@pytest.mark.parametrize("who", ["carol", "grace", "fiona", "anil"])
def test_nobody_else_widens_anybodys_rights(client, request, who, extra, asha):
    user = request.getfixturevalue(who)
    before = User.objects.get(pk=user.pk).role_codes
    client.force_login(user)
    assert client.post(ADD, typed(asha, **extra)).status_code in (403, 404)
    assert client.post(ADD, typed(user, **extra)).status_code in (403, 404)
    client.post(f"/office/communities/user/{user.pk}/change/", {"email": user.email, **extra})
    client.post("/home/details/", {"full_name": "X", "phone": "", **extra})
    after = User.objects.get(pk=user.pk)
    assert (after.role_codes, after.is_superuser) == (before, False)


def test_an_access_manager_giving_themselves_a_role_reads_why_not(client, vera):
    client.force_login(vera)
    page = client.post(ADD, typed(vera))
    assert 400 <= page.status_code < 500
    assert "You cannot give yourself a role." in page.content.decode()
    assert "Cover" in page.content.decode()


def test_accounts_are_only_read_in_the_office(client, vera, asha):
    client.force_login(vera)
    assert client.get(f"/office/communities/user/{asha.pk}/change/").status_code == 200
    assert client.post(f"/office/communities/user/{asha.pk}/change/", {"is_staff": "on"}).status_code == 403
    assert client.get("/office/communities/user/add/").status_code == 403


@pytest.mark.parametrize(
    ("page", "role"), [("user", "access_manager"), ("person", "officer"), ("rolegrant", "auditor")]
)
def test_lists_cost_the_same_however_long_they_are(client, django_assert_max_num_queries, db, page, role):
    def queries():
        with django_assert_max_num_queries(40) as seen:
            assert client.get(f"/office/communities/{page}/").status_code == 200
        return len(seen)

    client.force_login(account("First Of Many", role))
    account("Second Of Many", "officer")
    queries()
    few = queries()
    for number in range(10):
        account(f"Another{number} Officer", "officer")
    assert queries() == few


def test_an_officer_corrects_somebody_in_the_office(client, carol, ben):
    client.force_login(carol)
    address = f"/office/communities/person/{ben.person.pk}/change/"
    assert "Correct the details" in client.get(address).content.decode()
    wrong = client.post(f"{address}correct/", {"full_name": "", "email": "x", "phone": "1"})
    assert wrong.status_code == 400
    done = client.post(f"{address}correct/", {"full_name": "Ben C", "email": "ben@new.example", "phone": ""})
    assert done.status_code == 302
    ben.person.refresh_from_db()
    assert (ben.person.full_name, ben.person.email) == ("Ben C", "ben@new.example")


def test_an_officer_notes_that_somebody_moved_out(client, carol, fiona, asha, ben):
    operations.declare_household([asha.person, ben.person], by=carol, at=now())
    page, act = (f"/office/communities/person/{ben.person.pk}/{end}" for end in ("change/", "step/leave_household/"))
    client.force_login(fiona)
    assert act not in client.get(page).content.decode()
    assert client.get(act).status_code == 404
    client.force_login(carol)
    assert act in client.get(page).content.decode()
    assert client.post(act, {"reason": ""}).status_code == 400
    assert client.post(act, {"reason": "Moved to Harlow"}).status_code == 302
    ben.person.refresh_from_db()
    assert ben.person.household is None
    assert Event.objects.filter(verb="person.declare_household", reason="Moved to Harlow", actor=carol).exists()
    assert act not in client.get(page).content.decode()
    assert client.post(act, {"reason": "Again"}).status_code == 409
