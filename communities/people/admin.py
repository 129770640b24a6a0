"""The office's pages about people and their access."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from communities.core.clock import now, today
from communities.core.office import OfficeAdmin, ReadOnlyAdmin, date_column, status_column, two_lines
from communities.people import operations
from communities.people.models import Person, RoleGrant, User
from communities.people.roles import ROLES


@admin.register(User)
class UserAdmin(ReadOnlyAdmin[User]):
    """Accounts: read here, changed by their owners; what they may do is given by roles."""

    list_display = ("who", "roles", date_column("last_login", "Last signed in"), "is_active")
    list_filter = ("is_active", "is_staff")
    search_fields = ("full_name", "email")
    fields = ("full_name", "email", "roles", "is_active", "is_staff", "is_superuser", "last_login", "date_joined")

    @admin.display(description="Who", ordering="full_name")
    def who(self, user: User) -> str:
        """Name, and address beneath."""
        return two_lines(user, user.email)

    @admin.display(description="Roles today")
    def roles(self, user: User) -> str:
        """What they may work as."""
        return ", ".join(ROLES[code].name for code in sorted(user.role_codes) if code in ROLES) or "–"


@admin.register(Person)
class PersonAdmin(OfficeAdmin[Person]):
    """People the council deals with."""

    list_display = ("who", "phone", "has_account", status_column())
    search_fields = ("full_name", "email", "phone")
    fields = ("full_name", "email", "phone", "household", "has_account")
    readonly_fields = ("household", "has_account")

    @admin.display(description="Who", ordering="full_name")
    def who(self, person: Person) -> str:
        """Name, and address beneath."""
        return two_lines(person, person.email)

    @admin.display(description="Signs in", boolean=True)
    def has_account(self, person: Person) -> bool:
        """Whether they have an account."""
        return person.user_id is not None

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        """An officer's correction is an operation like everybody's."""
        typed = {name: getattr(obj, name) for name in ("full_name", "email", "phone")}
        act: Any = {**typed, "by": request.user, "at": now()}
        if change:
            operations.correct_person(Person.objects.get(pk=obj.pk), **act)
        else:
            obj.pk = operations.register_person(**act).pk


class RoleGrantForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who gets which role, from when, until when and why."""

    role = forms.ChoiceField(label="Role", choices=[(role.code, role.name) for role in ROLES.values()])

    class Meta:
        model = RoleGrant
        fields = ("user", "role", "starts", "ends", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "starts" in self.fields:
            self.fields["starts"].initial = today
        if "role" in self.fields:
            self.fields["role"].help_text = " ".join(f"{role.name}: {role.description}" for role in ROLES.values())


@admin.register(RoleGrant)
class RoleGrantAdmin(OfficeAdmin[RoleGrant]):
    """Who may do what, since when, given by whom and why. Access managers give roles; nobody changes their own."""

    form = RoleGrantForm
    list_display = ("who", "what", "granted_by", date_column("starts", "From"), date_column("ends", "Until"), status_column())
    list_filter = ("status",)
    search_fields = ("user__full_name", "user__email", "role")
    autocomplete_fields = ("user",)
    list_select_related = ("user", "granted_by")

    @admin.display(description="Who", ordering="user__full_name")
    def who(self, grant: RoleGrant) -> str:
        """Name, and address beneath."""
        return two_lines(grant.user, grant.user.email)

    @admin.display(description="Role", ordering="role")
    def what(self, grant: RoleGrant) -> str:
        """The role as people call it."""
        return ROLES[grant.role].name if grant.role in ROLES else grant.role

    def save_model(self, request: HttpRequest, obj: RoleGrant, form: Any, change: bool) -> None:
        """Giving a role is an operation; it cannot be edited afterwards, only ended."""
        facts: dict[str, Any] = {name: getattr(obj, name) for name in ("user", "role", "starts", "ends", "reason")}
        obj.pk = operations.grant_role(**facts, by=request.user, at=now()).pk  # type: ignore[arg-type]


