"""The office's pages of checks on groups and of holds, and what they add to the page of a group."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from communities.core.casework import StepAction
from communities.core.files import store
from communities.core.office import OfficeAdmin, ReadOnlyAdmin, date_column, two_lines
from communities.core.permissions import Actor
from communities.diligence.forms import ClearHoldForm, GroupCheckForm, HoldForm
from communities.diligence.models import CheckType, GroupCheck, Hold
from communities.diligence.operations import clear_hold, record_check, set_hold
from communities.groups.admin import GroupAdmin
from communities.groups.models import Group

COLOURS = {"passed": "green", "failed": "red"}


@admin.register(CheckType)
class CheckTypeAdmin(OfficeAdmin[CheckType]):
    """The kinds of check the fund makes. Rounds say which of them a size of grant needs."""

    list_display = ("what", "subject", "valid_months", "is_active")
    list_display_links = ("what",)
    list_filter = ("subject", "is_active")
    search_fields = ("name", "how")
    fields = ("name", "how", "subject", "valid_months", "order", "is_active", "code")

    @admin.display(description="Check", ordering="order")
    def what(self, kind: CheckType) -> SafeString:
        """Its name, and how it is made."""
        return two_lines(kind, kind.how)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The code is what rules and rounds know it by: it stays once it is given."""
        return [*super().get_readonly_fields(request, obj), *(["code"] if obj else [])]


@admin.register(GroupCheck)
class GroupCheckAdmin(ReadOnlyAdmin[GroupCheck]):
    """Every check made on a group. A later one is a new line; none is overwritten."""

    list_display = ("what", "found", date_column("valid_until", "Valid until"), "checked_by")
    list_display_links = ("what",)
    list_filter = ("result", "check_type")
    list_select_related = ("group", "check_type", "checked_by")
    search_fields = ("group__name", "note")
    search_help_text = "Search by group or words"
    fields = ("group_link", "check_type", "found", "note", "attached", "checked_by", "checked_at", "valid_until")
    readonly_fields = fields

    @admin.display(description="Check", ordering="check_type__name")
    def what(self, check: GroupCheck) -> SafeString:
        """The check, and of which group."""
        return two_lines(check.check_type, check.group)

    @admin.display(description="Found", ordering="result")
    def found(self, check: GroupCheck) -> SafeString:
        """The result as a tag."""
        colour = COLOURS.get(check.result, "grey")
        return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', colour, check.get_result_display())

    @admin.display(description="Group")
    def group_link(self, check: GroupCheck) -> SafeString:
        """A way to the group."""
        return _to_group(check.group)

    @admin.display(description="Evidence")
    def attached(self, check: GroupCheck) -> str:
        """The paper itself."""
        if check.evidence is None:
            return "None"
        return format_html('<a class="govuk-link" href="{}">{}</a>', check.evidence.get_absolute_url(), check.evidence)


class InForceFilter(admin.SimpleListFilter):
    """Whether a hold still counts."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """In force or cleared."""
        return [("open", "In force"), ("cleared", "Cleared")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Hold]) -> QuerySet[Hold]:
        """Those only."""
        return queryset if self.value() is None else queryset.filter(cleared_at__isnull=self.value() == "open")


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin[Hold]):
    """What keeps groups from new offers. Holds are set and cleared on the page of the group."""

    list_display = ("what", "kind", date_column("set_at", "Since"), date_column("cleared_at", "Cleared"))
    list_display_links = ("what",)
    list_filter = (InForceFilter, "kind")
    list_select_related = ("group",)
    search_fields = ("group__name", "reason")
    search_help_text = "Search by group or words"
    fields = (
        "group_link",
        "kind",
        "reason",
        "set_by",
        "set_at",
        "cleared_by",
        "cleared_at",
        "cleared_reason",
    )
    readonly_fields = fields

    @admin.display(description="Hold", ordering="group__name")
    def what(self, hold: Hold) -> SafeString:
        """The group, and why."""
        return two_lines(hold.group, hold.reason)

    @admin.display(description="Group")
    def group_link(self, hold: Hold) -> SafeString:
        """A way to the group."""
        return _to_group(hold.group)


def _to_group(group: Group) -> SafeString:
    address = reverse("admin:communities_group_change", args=[group.pk])
    return format_html('<a class="govuk-link" href="{}">{}</a>', address, group)


# -- on the page of a group --------------------------------------------------------------------------------------------


def check(group: Group, *, evidence: Any, by: Actor, at: datetime, **found: Any) -> None:
    """Write a check down, with its evidence kept."""
    file = store(evidence, by=by, at=at, kind="group_check") if evidence else None
    record_check(group, evidence=file, by=by, at=at, **found)


def free(group: Group, *, hold: Hold, reason: str, by: Actor, at: datetime) -> None:
    """Clear a hold of this group."""
    clear_hold(hold, reason=reason, by=by, at=at)


def may_waive(group: Group, request: HttpRequest) -> Mapping[str, Any]:
    """Whether this person may waive a check."""
    return {"may_waive": request.user.has_perm("communities.waive_check", group)}


def from_address(name: str) -> Any:
    """What a link already chose, like ?check_type=3."""
    return lambda group, request: {name: request.GET[name]} if name in request.GET else {}


GroupAdmin.acts |= {
    "check": StepAction(
        check,
        form=GroupCheckForm,
        form_kwargs=may_waive,
        values=from_address("check_type"),
        label="Write down a check",
        who="communities.check_group",
        done="The check is written down",
    ),
    "hold": StepAction(
        set_hold, form=HoldForm, label="Put on hold", who="communities.hold_group", done="The group is on hold"
    ),
    "free": StepAction(
        free,
        form=ClearHoldForm,
        form_kwargs=lambda group, request: {"group": group},
        values=from_address("hold"),
        label="Clear a hold",
        who="communities.hold_group",
        done="The hold is cleared",
    ),
}
