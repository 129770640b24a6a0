"""The officers' page about a group: who is in it, what it told us, what can be done for it on the phone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from communities.core.casework import LifecycleAdmin, StepAction
from communities.core.office import ReadOnlyAdmin, RuledFilter, date_column, status_column, two_lines
from communities.core.permissions import Actor
from communities.groups import forms, operations, queries
from communities.groups.models import GROUP, Group, Membership, Vision

CHANGE = "communities.change_group"


def _details(group: Group, *, by: Actor, at: datetime, **fields: Any) -> Group:
    return operations.update_group(group, fields=fields, version=None, by=by, at=at)


def _leaver(group: Group, *, member: Membership, reason: str, by: Actor, at: datetime) -> Membership:
    return operations.end_membership(member, reason=reason, by=by, at=at)


def _members(group: Group, request: HttpRequest) -> Mapping[str, Any]:
    return {"members": list(queries.current(group))}


def _as_it_is(group: Group, request: HttpRequest) -> Mapping[str, Any]:
    return {name: getattr(group, name) for name in operations.FIELDS}


@admin.register(Group)
class GroupAdmin(LifecycleAdmin[Group]):
    """Groups, with what an officer does for them."""

    lifecycle, page = GROUP, "office_group"
    list_display = ("who", "kind_in_words", "place", "people", status_column(), date_column("created_at", "Since"))
    list_filter = ("status", "kind", ("place", RuledFilter))
    search_fields = ("name", "memberships__person__full_name", "charity_number", "postcode")
    search_help_text = "Search by group, person, charity number or postcode"
    steps = {
        "suspend": StepAction(operations.suspend, reason=True, look="warning", confirm="Its leaders read the reason."),
        "resume": StepAction(operations.resume),
        "close": StepAction(operations.close, reason=True, look="warning", confirm="No more bids can be made for it."),
    }
    acts = {
        "hand_over_lead": StepAction(
            operations.hand_over_lead, form=forms.LeadForm, form_kwargs=_members, label="Hand over the lead",
            who=CHANGE, done="Lead handed over",
        ),
        "end_membership": StepAction(
            _leaver, form=forms.LeaverForm, form_kwargs=_members, label="Somebody left or died", who=CHANGE,
            done="Noted, and waiting mail is stopped",
        ),
        "add_member": StepAction(
            operations.add_member, form=forms.MemberForm, form_kwargs=_members, label="Record a member", who=CHANGE,
            done="Member recorded",
        ),
        "declare_related": StepAction(
            operations.declare_related, form=forms.RelatedForm, form_kwargs=_members, label="Two related people",
            who=CHANGE, done="Noted",
        ),
        "update": StepAction(
            _details, form=forms.DetailsForm, values=_as_it_is, label="Change the details", who=CHANGE,
            done="Details changed",
        ),
        "set_accountable_body": StepAction(
            operations.set_accountable_body, form=forms.BodyForm, label="Who holds the money", who=CHANGE,
            done="Noted who holds the money",
        ),
        "add_document": StepAction(
            operations.add_document, form=forms.DocumentForm, label="Add a paper", who=CHANGE, done="Paper added"
        ),
    }  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        """Groups with the people of today."""
        return queries.with_members(super().get_queryset(request))

    def caption(self, row: Group) -> str:
        """The kind of group."""
        return row.get_kind_display() or "Group"

    def facts(self, row: Group, request: HttpRequest) -> Sequence[Mapping[str, Any]]:
        """Where it is and who speaks for it."""
        lead = queries.lead_of(row)
        return [
            {"label": "Place", "value": row.place or "Elsewhere in the county"},
            {"label": "Lead", "value": lead.person if lead else "None at present"},
            {"label": "Phone", "value": lead.person.phone if lead else ""},
            {"label": "People", "value": queries.current(row).count()},
            {"label": "Postcode", "value": row.postcode},
        ]

    @admin.display(description="Group", ordering="name")
    def who(self, row: Group) -> str:
        """Name, and its lead beneath."""
        lead = next((member.person for member in self._people(row) if member.role == Membership.Role.LEAD), "")
        return two_lines(row.name, lead)

    @admin.display(description="Kind", ordering="kind")
    def kind_in_words(self, row: Group) -> str:
        """What kind of group it is."""
        return row.get_kind_display() or "Not said yet"

    @admin.display(description="People")
    def people(self, row: Group) -> int:
        """How many are in it today."""
        return len(self._people(row))

    def _people(self, row: Group) -> list[Membership]:
        people: list[Membership] = getattr(row, "people_now", [])
        return people


@admin.register(Vision)
class VisionAdmin(ReadOnlyAdmin[Vision]):
    """What people want their places to become. Groups write it; earlier words are kept."""

    list_display = ("title", "place", date_column("created_at", "Since"))
    list_filter = (("place", RuledFilter),)
    search_fields = ("title", "versions__text")
    fields = ("title", "place", "words")

    @admin.display(description="Words")
    def words(self, row: Vision) -> str:
        """The latest words."""
        latest = row.versions.first()
        return latest.text if latest else ""
