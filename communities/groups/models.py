"""Community groups: who is in them, what they want for their place, and who holds their money."""

from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from communities.core.files import StoredFile
from communities.core.lifecycle import Lifecycle, Stateful
from communities.core.permissions import Ruled
from communities.people.models import Person
from communities.places.models import PriorityPlace


class Vision(models.Model):
    """What people want their place to become. It belongs to the place: several groups may share it."""

    lock_rank: ClassVar[int] = 71

    place = models.ForeignKey(PriorityPlace, models.PROTECT, null=True, blank=True, related_name="visions")
    title = models.CharField(max_length=120)
    created_at = models.DateTimeField()

    objects = Ruled.as_manager()

    def __str__(self) -> str:
        return self.title


class VisionVersion(models.Model):
    """One wording of a vision. A change is a new version, so that the earlier words are kept."""

    append_only = True

    vision = models.ForeignKey(Vision, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    strengths = models.TextField(blank=True, help_text="What is already strong here.")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ("-number",)
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("vision", "number"), name="vision_version_number_unique")
        ]

    def __str__(self) -> str:
        return f"{self.vision} (version {self.number})"


class Group(Stateful):
    """A community group, from the first name typed to a registered charity."""

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        SUSPENDED = "suspended", "Suspended"
        CLOSED = "closed", "Closed"

    class Kind(models.TextChoices):
        UNCONSTITUTED = "unconstituted", "A group of local people with no written rules"
        ASSOCIATION = "association", "A club or association with written rules"
        CHARITY = "charity", "A registered charity"
        CIO = "cio", "A charitable incorporated organisation (CIO)"
        CIC = "cic", "A community interest company (CIC)"
        CLG = "clg", "A company limited by guarantee"
        CBS = "cbs", "A community benefit society"
        FAITH = "faith", "A faith group"
        PARISH = "parish", "A parish or town council"
        PTA = "pta", "A school parents’ association"
        TENANTS = "tenants", "A tenants’ or residents’ association"

    lock_rank: ClassVar[int] = 22

    name = models.CharField(max_length=120, help_text="As on the bank statement, where there is one.")
    kind = models.CharField(max_length=14, choices=Kind.choices, blank=True)
    purpose = models.TextField(blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    charity_number = models.CharField(max_length=8, blank=True)
    company_number = models.CharField(max_length=8, blank=True)
    website = models.URLField(blank=True)
    place = models.ForeignKey(PriorityPlace, models.PROTECT, null=True, blank=True, related_name="groups")
    vision = models.ForeignKey(Vision, models.PROTECT, null=True, blank=True, related_name="groups")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("name", "pk")
        indexes: ClassVar[Any] = [models.Index(fields=("status", "name"))]

    def __str__(self) -> str:
        return self.name

    @property
    def is_constituted(self) -> bool:
        """Whether the group has written rules; without them another body holds its money."""
        return self.kind not in ("", self.Kind.UNCONSTITUTED)

    def get_absolute_url(self) -> str:
        """The group's page."""
        return reverse("groups:group", args=[self.public_id])


GROUP: Lifecycle[Group] = Lifecycle(Group)


class Membership(models.Model):
    """A person's part in a group. A person may have no account and no e-mail."""

    class Role(models.TextChoices):
        LEAD = "lead", "Lead"
        TREASURER = "treasurer", "Treasurer"
        MEMBER = "member", "Member"

    lock_rank: ClassVar[int] = 72

    group = models.ForeignKey(Group, models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=9, choices=Role.choices, default=Role.MEMBER)
    is_leader = models.BooleanField(default=False, help_text="A declared leader may send bids and reports.")
    is_signatory = models.BooleanField(default=False, help_text="May accept an offer for the group.")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("group", "pk")
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(
                fields=("group", "person"),
                condition=Q(ends_on=None),
                name="membership_person_once",
                violation_error_message="This person is already in the group.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="membership_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_role_display().lower()} of {self.group}"

    @property
    def case(self) -> UUID:
        """Messages about a membership are found with those about its group."""
        return self.group.case


class RelatedPeople(models.Model):
    """Two people of a group who told us that they are related or live together."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="related_people")
    person_a = models.ForeignKey(Person, models.PROTECT, related_name="+")
    person_b = models.ForeignKey(Person, models.PROTECT, related_name="+")
    how = models.CharField(max_length=80, blank=True)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[Any] = [
            models.CheckConstraint(condition=Q(person_a__lt=F("person_b")), name="related_people_ordered_pair"),
            models.UniqueConstraint(fields=("group", "person_a", "person_b"), name="related_people_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_a} and {self.person_b}"


class AccountableBody(models.Model):
    """The organisation that holds the money for a group without a bank account of its own."""

    lock_rank: ClassVar[int] = 73

    group = models.ForeignKey(Group, models.PROTECT, related_name="accountable_bodies")
    name = models.CharField(max_length=120)
    charity_number = models.CharField(max_length=8, blank=True)
    company_number = models.CharField(max_length=8, blank=True)
    contact_name = models.CharField(max_length=120)
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=30, blank=True)
    agreement = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = Ruled.as_manager()

    class Meta:
        constraints: ClassVar[Any] = [
            models.UniqueConstraint(fields=("group",), condition=Q(ends_on=None), name="accountable_body_one_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.name}, for {self.group}"


class GroupDocument(models.Model):
    """A paper of the group, given once and used again by every bid."""

    class Kind(models.TextChoices):
        RULES = "rules", "Rules or constitution"
        ACCOUNTS = "accounts", "Accounts"
        SAFEGUARDING = "safeguarding", "Safeguarding policy"
        INSURANCE = "insurance", "Insurance certificate"
        AGREEMENT = "agreement", "Agreement with the body that holds our money"
        OTHER = "other", "Something else"

    group = models.ForeignKey(Group, models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    issued_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = Ruled.as_manager()

    class Meta:
        ordering = ("-added_at",)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.group}"
