"""People, the accounts some of them have, the households they declare, the roles they were given."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from communities.core.clock import london, now
from communities.core.lifecycle import Lifecycle, Stateful
from communities.core.permissions import Actor, HasRules, Ruled


class UserManager(BaseUserManager["User"]):
    """Accounts are found and made by email address, always in lower case."""

    def get_queryset(self) -> Ruled[User]:
        """Accounts know who may see them."""
        return Ruled(self.model, using=self._db)

    def visible_to(self, user: Actor) -> Ruled[User]:
        """Only the accounts this person may view."""
        return self.get_queryset().visible_to(user)

    def get_by_natural_key(self, username: str | None) -> User:
        """The account of this address, however it was typed."""
        return self.get(email=(username or "").strip().lower())

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A new account; without a password it signs in by code."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Somebody who gives roles to others; no other right comes with it."""
        return self.create_user(email, password, is_superuser=True, is_staff=True, **fields)


class User(HasRules, AbstractBaseUser):
    """An account: what somebody signs in with. Who they are is their Person."""

    email = models.EmailField("email address", unique=True, error_messages={"unique": "This address has an account."})
    full_name = models.CharField("full name", max_length=120, blank=True)
    is_active = models.BooleanField("may sign in", default=True)
    is_staff = models.BooleanField("works in the office", default=False, editable=False)
    is_superuser = models.BooleanField("gives access to others", default=False, editable=False)
    date_joined = models.DateTimeField("since", default=now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    lock_rank: ClassVar[int] = 74

    class Meta:
        ordering = ("full_name", "email")
        indexes = (models.Index(fields=("full_name", "email"), condition=Q(is_staff=True), name="user_staff"),)
        constraints = (models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower_case"),)

    def __str__(self) -> str:
        return self.full_name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Addresses differ by more than capital letters: allauth and the admin write here too."""
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        """The name that mails and pages greet with."""
        return self.full_name

    @cached_property
    def role_codes(self) -> frozenset[str]:
        """The codes of the roles in force today. A superuser gives access, and can do nothing else."""
        if not self.is_active or self.pk is None:
            return frozenset()
        granted = frozenset(RoleGrant.objects.filter(user=self).in_force().values_list("role", flat=True))
        return granted | {"access_manager"} if self.is_superuser else granted

    def forget_roles(self) -> None:
        """Read the roles again, after one was given or ended."""
        self.__dict__.pop("role_codes", None)


class Household(models.Model):
    """People who live together: they count as one where two unrelated people must agree."""

    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"Household {self.pk}"


class PersonStatus(models.TextChoices):
    """A person is never deleted; their name can be taken out."""

    KNOWN = "known", "Known"
    ANONYMISED = "anonymised", "Name removed"


class Person(Stateful):
    """Somebody the council deals with. They may have no account, no email, or share one."""

    status = models.CharField(max_length=10, choices=PersonStatus.choices, default=PersonStatus.KNOWN, editable=False)
    full_name = models.CharField("full name", max_length=120)
    email = models.EmailField("email address", blank=True, help_text="May be shared, or left empty.")
    phone = models.CharField("phone number", max_length=30, blank=True)
    household = models.ForeignKey(
        Household, models.PROTECT, null=True, blank=True, related_name="people", verbose_name="household"
    )
    user = models.OneToOneField(
        "communities.User", models.PROTECT, null=True, blank=True, related_name="person", verbose_name="account"
    )
    anonymised_at = models.DateTimeField("name removed at", null=True, blank=True, editable=False)

    objects = Ruled.as_manager()
    lock_rank: ClassVar[int] = 72

    class Meta:
        ordering = ("full_name", "pk")
        verbose_name_plural = "people"
        indexes = (models.Index(Lower("email"), name="person_by_email"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(anonymised_at__isnull=True) | Q(status="anonymised", email="", phone=""),
                name="person_anonymised_keeps_nothing",
            ),
        )

    def __str__(self) -> str:
        return self.full_name

    def lives_with(self, other: Person) -> bool:
        """Whether both were declared to be of one household (or are the same person)."""
        return self.pk == other.pk or (self.household_id is not None and self.household_id == other.household_id)


PERSON: Lifecycle[Person] = Lifecycle(Person)


class GrantStatus(models.TextChoices):
    """A role is given for a time and can be ended before it."""

    CURRENT = "current", "Given"
    ENDED = "ended", "Ended"


class RoleGrantQuerySet(Ruled["RoleGrant"]):
    """Roles by date."""

    def in_force(self) -> RoleGrantQuerySet:
        """Those that count today, by the calendar in London."""
        today = london(now()).date()
        return self.filter(Q(ends=None) | Q(ends__gte=today), status=GrantStatus.CURRENT, starts__lte=today)


class RoleGrant(Stateful):
    """A role, given to somebody by somebody else, from a day on, for a reason."""

    status = models.CharField(max_length=10, choices=GrantStatus.choices, default=GrantStatus.CURRENT, editable=False)
    user = models.ForeignKey("communities.User", models.PROTECT, related_name="role_grants", verbose_name="who")
    role = models.CharField("role", max_length=40)
    starts = models.DateField("from")
    ends = models.DateField("until", null=True, blank=True)
    granted_by = models.ForeignKey("communities.User", models.PROTECT, related_name="+", verbose_name="given by")
    reason = models.CharField("why", max_length=300)

    objects = RoleGrantQuerySet.as_manager()
    lock_rank: ClassVar[int] = 76

    class Meta:
        ordering = ("user", "role", "-starts")
        constraints = (
            models.CheckConstraint(condition=~Q(granted_by=F("user")), name="role_grant_by_somebody_else"),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")), name="role_grant_dates_in_order"
            ),
            models.UniqueConstraint(
                fields=("user", "role"), condition=Q(status="current"), name="role_grant_once_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.role.replace('_', ' ')}"


ROLE_GRANT: Lifecycle[RoleGrant] = Lifecycle(RoleGrant)
