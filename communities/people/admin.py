"""The office's pages about people and their access."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from communities.core.casework import LifecycleAdmin, StepAction
from communities.core.clock import now, today
from communities.core.forms import ModelForm
from communities.core.office import ReadOnlyAdmin, date_column, status_column, two_lines
from communities.people import operations
from communities.people.forms import PersonForm
from communities.people.lifecycle import lives_with_somebody
from communities.people.models import PERSON, ROLE_GRANT, Person, RoleGrant, User
from communities.people.roles import ROLES
from communities.templatetags.govuk import moment


@admin.register(User)
class UserAdmin(ReadOnlyAdmin[User]):
    """Accounts: read here, changed by their owners; what they may do is given by roles."""

    list_display = ("who", "roles", date_column("last_login", "Last signed in"), "is_active")
    list_filter = ("is_active", "is_staff")
    search_fields = ("full_name", "email")
    fields = ("full_name", "email", "roles", "is_active", "is_staff", "is_superuser", "last_signed_in", "opened")

    @admin.display(description="Who", ordering="full_name")
    def who(self, user: User) -> str:
        """Name, and address beneath."""
        return two_lines(user, user.email)

    @admin.display(description="Roles today")
    def roles(self, user: User) -> str:
        """What they may work as."""
        grants: list[RoleGrant] = getattr(user, "current_grants", [])
        names = [ROLES[grant.role].name for grant in grants if grant.role in ROLES]
        return ", ".join(sorted(names)) or "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """With today's roles, in one query for all."""
        current = Prefetch("role_grants", RoleGrant.objects.in_force(), to_attr="current_grants")
        return super().get_queryset(request).prefetch_related(current)

    @admin.display(description="Last signed in")
    def last_signed_in(self, user: User) -> str:
        """When they were here last."""
        return moment(user.last_login) or "Never"

    @admin.display(description="Account opened")
    def opened(self, user: User) -> str:
        """Since when they have it."""
        return moment(user.date_joined)


@admin.register(Person)
class PersonAdmin(LifecycleAdmin[Person]):
    """People the council deals with: found, corrected, and at the end without a name."""

    lifecycle = PERSON
    page = "person"
    steps: ClassVar[Mapping[str, StepAction]] = {
        "anonymise": StepAction(
            operations.anonymise,
            reason=True,
            look="warning",
            confirm="The name, address and number are removed and the account is closed. This cannot be undone.",
        )
    }
    acts: ClassVar[Mapping[str, StepAction]] = {
        "leave_household": StepAction(
            operations.leave_household,
            reason=True,
            confirm="They count as one more person from now on, wherever two people must agree.",
            label="Lives with nobody here any more",
            who="communities.change_person",
            done="Noted",
            needs=(lives_with_somebody,),
        )
    }
    list_display = ("who", "phone", "signs_in", status_column())
    list_select_related = ("user",)
    search_fields = ("full_name", "email", "phone")

    @admin.display(description="Who", ordering="full_name")
    def who(self, person: Person) -> str:
        """Name, and address beneath."""
        return two_lines(person, person.email)

    @admin.display(description="Signs in")
    def signs_in(self, person: Person) -> str:
        """Whether they have an account."""
        return "Yes" if person.user_id else "No account"

    def facts(self, row: Person, request: HttpRequest) -> Sequence[Mapping[str, Any]]:
        """How to reach them."""
        home = Person.objects.filter(household=row.household_id).exclude(pk=row.pk) if row.household_id else ()
        return [
            {"label": "Email", "value": row.email or "None"},
            {"label": "Phone", "value": row.phone or "None"},
            {"label": "Signs in", "value": self.signs_in(row)},
            {"label": "Lives with", "value": ", ".join(str(other) for other in home) or "Nobody noted"},
        ]

    def links(self, row: Person, request: HttpRequest) -> Sequence[Mapping[str, Any]]:
        """Corrections are no step."""
        may = request.user.has_perm("communities.change_person", row) and row.anonymised_at is None
        return [{"text": "Correct the details", "href": "correct/"}] if may else []

    def get_urls(self) -> list[URLPattern]:
        """A page to correct somebody's details."""
        correct = self.admin_site.admin_view(self.correct_view)
        return [path("<int:pk>/change/correct/", correct, name="communities_person_correct"), *super().get_urls()]

    def correct_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Correct a name, an address or a number."""
        person = self._row(request, str(pk))
        if not self.links(person, request):
            raise Http404
        known = {"full_name": person.full_name, "email": person.email, "phone": person.phone}
        form = PersonForm(request.POST or None, initial=known)
        back = self._address("change", person.pk)
        if request.method == "POST" and form.is_valid():
            operations.correct_person(person, **form.cleaned_data, by=request.user, at=now())
            messages.success(request, "Details corrected.")
            return HttpResponseRedirect(back)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "object": person, "form": form}
        context |= {"title": "Correct the details", "back": back, "action": {"label": "Save"}}
        return TemplateResponse(request, "admin/step.html", context, status=400 if form.errors else 200)


class RoleGrantForm(ModelForm):
    """Who gets which role, from when, until when and why."""

    role = forms.ChoiceField(
        label="Role",
        choices=[(role.code, role.name) for role in ROLES.values()],
        help_text=format_html_join(
            mark_safe("<br>"), "{}: {}", ((role.name, role.description) for role in ROLES.values())
        ),
    )

    class Meta:
        model = RoleGrant
        fields = ("user", "role", "starts", "ends", "reason")


@admin.register(RoleGrant)
class RoleGrantAdmin(LifecycleAdmin[RoleGrant]):
    """Who may do what, since when, given by whom and why. Access managers give roles; nobody changes their own."""

    lifecycle = ROLE_GRANT
    page = "role_grant"
    core_writes = ()  # type: ignore[assignment] # a role about to be given has no state yet
    form = RoleGrantForm
    steps: ClassVar[Mapping[str, StepAction]] = {"end": StepAction(operations.end_role, reason=True, look="warning")}
    list_display = (
        "who", "what", "granted_by", date_column("starts", "From"), date_column("ends", "Until"), status_column(),
    )  # fmt: skip
    list_filter = ("status",)
    search_fields = ("user__full_name", "user__email", "role")
    autocomplete_fields = ("user",)
    list_select_related = ("user", "granted_by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Access managers give roles here."""
        return self.may(request, "add")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The page is called by what one does there."""
        return super().add_view(request, form_url, {"title": "Give a role", **(extra_context or {})})

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The list is called by what it answers."""
        return super().changelist_view(request, {"title": "Who holds which role", **(extra_context or {})})

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """From today, unless said otherwise."""
        return {"starts": today(), **super().get_changeform_initial_data(request)}

    @admin.display(description="Who", ordering="user__full_name")
    def who(self, grant: RoleGrant) -> str:
        """Name, and address beneath."""
        return two_lines(grant.user, grant.user.email)

    @admin.display(description="Role", ordering="role")
    def what(self, grant: RoleGrant) -> str:
        """The role as people call it."""
        return ROLES[grant.role].name if grant.role in ROLES else grant.role

    def caption(self, row: RoleGrant) -> str:
        """Who holds it."""
        return str(row.user)

    def facts(self, row: RoleGrant, request: HttpRequest) -> Sequence[Mapping[str, Any]]:
        """The role in one line."""
        return [
            {"label": "Role", "value": self.what(row)},
            {"label": "From", "value": f"{row.starts:%d/%m/%Y}"},
            {"label": "Until", "value": f"{row.ends:%d/%m/%Y}" if row.ends else "Ended by hand"},
            {"label": "Given by", "value": row.granted_by},
            {"label": "Why", "value": row.reason},
        ]

    def save_model(self, request: HttpRequest, obj: RoleGrant, form: Any, change: bool) -> None:
        """Giving a role is an operation; it is not edited afterwards, only ended."""
        facts: Any = {name: getattr(obj, name) for name in ("user", "role", "starts", "ends", "reason")}
        obj.pk = operations.grant_role(**facts, by=cast("User", request.user), at=now()).pk
