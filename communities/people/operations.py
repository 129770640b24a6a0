"""Everything that changes people, their accounts and their roles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q

from communities.core.events import record_event
from communities.core.lifecycle import unit
from communities.core.models import Message
from communities.core.permissions import SYSTEM, Actor
from communities.core.refusals import Refused
from communities.people.lifecycle import lives_with_somebody
from communities.people.models import PERSON, ROLE_GRANT, GrantStatus, Household, Person, RoleGrant, User
from communities.people.queries import unclaimed
from communities.people.roles import OFFICE_ROLES

NAME_REMOVED = "Name removed"


def register_person(
    *, full_name: str, email: str = "", phone: str = "", household: Household | None = None, by: Actor, at: datetime
) -> Person:
    """Note somebody the council will deal with; they need no account and no email."""
    person = Person(full_name=full_name.strip(), email=email.strip().lower(), phone=phone.strip(), household=household)
    return PERSON.create("register", person, by=by, at=at)


def correct_person(
    person: Person, *, full_name: str, phone: str, email: str | None = None, by: Actor, at: datetime
) -> Person:
    """Correct somebody's name, number or address; their account greets them by the same name."""
    with PERSON.record("correct", person, by=by, at=at, who="communities.change_person") as known:
        known.event_detail = {"before": {"full_name": known.full_name, "phone": known.phone, "email": known.email}}
        known.full_name, known.phone = full_name.strip(), phone.strip()
        known.email = known.email if email is None else email.strip().lower()
        if known.user_id:
            User.objects.filter(pk=known.user_id).update(full_name=known.full_name)
    return known


def open_account(email: str) -> User:
    """Find the account of an address, or open one; whoever reads the code sent there can use it."""
    email = email.strip().lower()
    with unit():
        user, is_new = User.objects.get_or_create(email=email)
        if is_new:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        EmailAddress.objects.get_or_create(user=user, email=email, defaults={"primary": True})
    return user


def greet(user: User, *, at: datetime) -> Person:
    """At the first sign-in, tie the account to the person who gave this address, or note a new person."""
    if person := Person.objects.filter(user=user).first():
        return person
    if person := unclaimed(user.email):
        return link_account(person, user=user, by=SYSTEM, at=at)
    person = Person(full_name=user.full_name or user.email.partition("@")[0], email=user.email, user=user)
    return PERSON.create("register", person, by=user, at=at)


def follow_address(user: User, *, email: str, at: datetime) -> None:
    """After somebody confirmed a new address to sign in with, write to them there."""
    for person in Person.objects.filter(user=user).exclude(email=email):
        correct_person(person, full_name=person.full_name, phone=person.phone, email=email, by=user, at=at)


def link_account(person: Person, *, user: User, by: Actor, at: datetime) -> Person:
    """Say that this account belongs to this person."""
    with PERSON.record("link", person, by=by, at=at, who="communities.link_person") as known:
        if known.user_id not in (None, user.pk):
            raise Refused("This person has another account.", "Ask them which address they use.")
        known.user = user
        if not user.full_name:
            user.full_name = known.full_name
            user.save(update_fields=["full_name"])
    return known


def declare_household(people: Sequence[Person], *, by: Actor, at: datetime) -> Household:
    """Note that these people live together: they count as one where two unrelated people must agree."""
    with unit():
        homes = {person.household_id for person in people if person.household_id is not None}
        home = Household.objects.filter(pk__in=homes).order_by("pk").first() or Household.objects.create(created_at=at)
        named = Q(pk__in=[person.pk for person in people])
        for person in Person.objects.filter(named | Q(household__in=homes)).order_by("pk"):
            _move_in(person, home, by=by, at=at)
    return home


def leave_household(person: Person, *, by: Actor, at: datetime, reason: str) -> None:
    """Note that somebody no longer lives with the others."""
    _move_in(person, None, by=by, at=at, reason=reason, needs=(lives_with_somebody,))


def _move_in(person: Person, home: Household | None, *, by: Actor, at: datetime, **more: Any) -> None:
    who = "communities.declare_household"
    with PERSON.record("declare_household", person, by=by, at=at, who=who, **more) as known:
        known.household = home


def anonymise(person: Person, *, by: Actor, at: datetime, reason: str) -> None:
    """Take a person's name, address and number out of the list of people, and close their account. Cannot be undone."""
    with PERSON.step("anonymise", person, by=by, at=at, reason=reason) as known:
        if known.user_id:
            EmailAddress.objects.filter(user=known.user_id).delete()
            User.objects.filter(pk=known.user_id).update(
                email=f"removed-{known.user_id}@removed.invalid",
                full_name=NAME_REMOVED,
                is_active=False,
                password="!",  # noqa: S106 (no password fits)
            )
        known.full_name, known.email, known.phone, known.household = NAME_REMOVED, "", "", None
        known.anonymised_at = at


def grant_role(
    *, user: User, role: str, starts: date, ends: date | None = None, reason: str, by: User, at: datetime
) -> RoleGrant:
    """Give somebody a role from a day on. They are told by email; nobody can give one to themselves."""
    if ends is not None and ends < starts:
        raise Refused("The role would end before it starts.", "Check the two dates.")
    if RoleGrant.objects.filter(user=user, role=role, status=GrantStatus.CURRENT).exists():
        raise Refused(f"{user} has this role already.", "End it first to give it with other dates.")
    grant = RoleGrant(user=user, role=role, starts=starts, ends=ends, granted_by=by, reason=reason)
    with unit():
        ROLE_GRANT.create("grant", grant, by=by, at=at, reason=reason)
        _keep_office_door(user)
    return grant


def end_role(grant: RoleGrant, *, by: Actor, at: datetime, reason: str) -> None:
    """End somebody's role now. They are told by email."""
    with ROLE_GRANT.step("end", grant, by=by, at=at, reason=reason):
        pass
    _keep_office_door(grant.user)


def end_lapsed_roles(*, at: datetime) -> int:
    """End the roles whose last day is over, so that the list of access reads true."""
    lapsed = RoleGrant.objects.filter(status=GrantStatus.CURRENT, ends__lt=at.date())
    grants = list(lapsed.select_related("user").order_by("pk"))
    for grant in grants:
        end_role(grant, by=SYSTEM, at=at, reason="Its last day is over.")
    return len(grants)


def _keep_office_door(user: User) -> None:
    """Whoever holds a role of the office may enter its pages; what they find there is their permissions' matter."""
    office = RoleGrant.objects.filter(user=OuterRef("pk"), status=GrantStatus.CURRENT, role__in=OFFICE_ROLES)
    User.objects.filter(pk=user.pk).update(is_staff=Q(is_superuser=True) | Exists(office))
    user.refresh_from_db(fields=["is_staff"])
    user.forget_roles()


def forget_sign_ins(*, at: datetime) -> int:
    """Forget ended sessions, the words of sign-in mail that was sent, and accounts never used; count the accounts."""
    Session.objects.filter(expire_date__lt=at).delete()
    mail = Message.objects.filter(Q(template__startswith="account/") | Q(template__startswith="mfa/"))
    mail.filter(created_at__lt=at - timedelta(hours=1)).exclude(state=Message.State.WAITING).update(body="")
    unused = User.objects.filter(last_login=None, is_superuser=False, person=None, role_grants=None)
    return unused.filter(date_joined__lt=at - timedelta(days=7)).delete()[1].get("communities.User", 0)


def note_sign_in(user: User, *, at: datetime, methods: Sequence[str]) -> None:
    """Keep that somebody signed in, and how."""
    record_event("user.sign_in", user, by=user, at=at, detail={"methods": list(methods)})


def note_sign_out(user: User, *, at: datetime) -> None:
    """Keep that somebody signed out."""
    record_event("user.sign_out", user, by=user, at=at)
