"""A group's own pages. Each parses, calls one operation or query, and prints."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from communities.core.clock import arrived
from communities.core.refusals import kept_on
from communities.core.sections import assemble
from communities.groups import forms, operations, queries
from communities.groups.models import Group, Membership, Vision

reads_and_writes = require_http_methods(["GET", "POST"])


def _group(request: HttpRequest, public_id: UUID, *, changing: bool = True) -> Group:
    """A group the person may see (or change); anybody else's does not exist."""
    rows = Group.objects.visible_to(request.user)
    if changing:
        rows = rows.allowed_to(request.user, "communities.change_group")
    return get_object_or_404(rows.select_related("place", "vision"), public_id=public_id)


def _member(group: Group, person: UUID) -> Membership:
    return get_object_or_404(queries.current(group), person__public_id=person)


def _page(request: HttpRequest, template: str, group: Group, form: Any, **context: Any) -> HttpResponse:
    status = 400 if form.errors else 200
    return render(
        request, f"communities/groups/{template}.html", {"group": group, "form": form, **context}, status=status
    )


def _done(request: HttpRequest, group: Group, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("groups:group", group.public_id)


# -- reading -----------------------------------------------------------------------------------------------------------


@require_GET
def groups(request: HttpRequest) -> HttpResponse:
    """The groups a person belongs to."""
    return render(request, "communities/groups/groups.html", {"memberships": queries.members_of(request.user)})


@require_GET
def group(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everything about one group: its people, its papers, its bids."""
    found = _group(request, public_id, changing=False)
    may_change = request.user.has_perm("communities.change_group", found)
    context = {
        "group": found,
        "members": queries.current(found),
        "body": queries.accountable_body(found),
        "vision": queries.vision_words(found),
        "documents": queries.documents(found),
        "missing": queries.missing(found) if may_change else [],
        "may_change": may_change,
        "parts": assemble("group", [found], request.user)[found.pk],
    }
    return render(request, "communities/groups/group.html", context)


@require_GET
def members(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who is in the group, and what each may do."""
    found = _group(request, public_id, changing=False)
    context = {
        "group": found,
        "members": queries.current(found),
        "ties": queries.ties(found),
        "may_change": request.user.has_perm("communities.change_group", found),
    }
    return render(request, "communities/groups/members.html", context)


# -- what the group says of itself -------------------------------------------------------------------------------------


@reads_and_writes
def details(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Name, kind, purpose, place."""
    found = _group(request, public_id)
    form = forms.DetailsForm(request.POST or None, initial={name: getattr(found, name) for name in operations.FIELDS})
    version = request.POST.get("version", "")
    if request.method == "POST" and form.is_valid():
        with kept_on(form, request):
            operations.update_group(
                found,
                fields=form.cleaned_data,
                version=int(version) if version.isdecimal() else None,
                by=request.user,
                at=arrived(request),
            )
            return _done(request, found, "The details of your group are saved.")
    return _page(request, "details", found, form, version=version or found.version)


@reads_and_writes
def body(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who holds the money of a group without an account of its own."""
    found = _group(request, public_id)
    known = queries.accountable_body(found)
    initial = (
        {name: getattr(known, name) for name in forms.BodyForm.base_fields if name != "agreement"} if known else {}
    )
    form = forms.BodyForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with kept_on(form, request):
            operations.set_accountable_body(found, **form.cleaned_data, by=request.user, at=arrived(request))
            return _done(request, found, "Saved. Thank you for telling us who holds your money.")
    return _page(request, "body", found, form, known=known)


@reads_and_writes
def vision(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The group's vision for its place, in its own words."""
    found = _group(request, public_id)
    known = queries.vision_words(found)
    initial = {"title": known.vision.title, "text": known.text, "strengths": known.strengths} if known else {}
    form = forms.VisionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with kept_on(form, request):
            operations.write_vision(found, **form.cleaned_data, by=request.user, at=arrived(request))
            return _done(request, found, "Your vision is saved.")
    return _page(request, "vision", found, form, known=known, others=queries.visions_to_share(found))


@require_POST
def share(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take up the vision of another group of the same place."""
    found = _group(request, public_id)
    chosen = get_object_or_404(Vision.objects.visible_to(request.user), pk=request.POST.get("vision") or 0)
    operations.share_vision(found, vision=chosen, by=request.user, at=arrived(request))
    return _done(request, found, "Your group now shares this vision.")


@reads_and_writes
def document(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give the council a paper, once for all bids."""
    found = _group(request, public_id)
    form = forms.DocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with kept_on(form, request):
            operations.add_document(found, **form.cleaned_data, by=request.user, at=arrived(request))
            return _done(request, found, "The paper is saved. Every bid of your group uses it.")
    return _page(request, "document", found, form)


# -- people ------------------------------------------------------------------------------------------------------------


@reads_and_writes
def add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Add somebody to the group, with or without an e-mail address."""
    found = _group(request, public_id)
    form = forms.MemberForm(request.POST or None, members=list(queries.current(found)))
    if request.method == "POST" and form.is_valid():
        with kept_on(form, request):
            operations.add_member(found, **form.cleaned_data, by=request.user, at=arrived(request))
            return _done(request, found, f"{form.cleaned_data['full_name']} is now in your group.")
    return _page(request, "add", found, form)


@reads_and_writes
def member(request: HttpRequest, public_id: UUID, person: UUID) -> HttpResponse:
    """Change what somebody does in the group."""
    found = _group(request, public_id)
    known = _member(found, person)
    is_lead = known.role == Membership.Role.LEAD
    initial = {"role": known.role, "is_leader": known.is_leader, "is_signatory": known.is_signatory}
    form = forms.RoleForm(request.POST or None, initial=initial, is_lead=is_lead)
    if request.method == "POST" and form.is_valid():
        typed = {"role": known.role} | form.cleaned_data
        with kept_on(form, request):
            operations.update_member(known, **typed, by=request.user, at=arrived(request))
            return _done(request, found, f"Saved for {known.person}.")
    return _page(request, "member", found, form, member=known)


@reads_and_writes
def name(request: HttpRequest, public_id: UUID, person: UUID) -> HttpResponse:
    """Correct the name or address of somebody who has no account."""
    found = _group(request, public_id)
    known = _member(found, person)
    initial = {field: getattr(known.person, field) for field in ("full_name", "email", "phone")}
    form = forms.NameForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with kept_on(form, request):
            operations.correct_member(known, **form.cleaned_data, by=request.user, at=arrived(request))
            return _done(request, found, f"Saved for {form.cleaned_data['full_name']}.")
    return _page(request, "name", found, form, member=known)


@reads_and_writes
def leaving(request: HttpRequest, public_id: UUID, person: UUID) -> HttpResponse:
    """Note that somebody has left the group, or has died."""
    found = _group(request, public_id)
    known = _member(found, person)
    form = forms.LeavingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with kept_on(form, request):
            operations.end_membership(known, reason=form.cleaned_data["reason"], by=request.user, at=arrived(request))
            own = known.person.user_id == request.user.pk
            messages.success(request, f"{known.person} is no longer in the group.")
            return redirect("groups:groups") if own else redirect("groups:group", found.public_id)
    return _page(request, "leaving", found, form, member=known)


@reads_and_writes
def lead(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hand over the lead."""
    found = _group(request, public_id)
    others = [each for each in queries.current(found) if each.role != Membership.Role.LEAD]
    form = forms.LeadForm(request.POST or None, members=others)
    if request.method == "POST" and form.is_valid():
        with kept_on(form, request):
            operations.hand_over_lead(found, **form.cleaned_data, by=request.user, at=arrived(request))
            return _done(request, found, f"{form.cleaned_data['to'].person} now leads the group.")
    return _page(request, "lead", found, form, others=others)


@reads_and_writes
def related(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say that two people are related or live together."""
    found = _group(request, public_id)
    form = forms.RelatedForm(request.POST or None, members=list(queries.current(found)))
    if request.method == "POST" and form.is_valid():
        with kept_on(form, request):
            operations.declare_related(found, **form.cleaned_data, by=request.user, at=arrived(request))
            return _done(request, found, "Thank you for telling us.")
    return _page(request, "related", found, form)
