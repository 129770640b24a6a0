"""The office's pages about places, official data and imports."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from communities.core import jobs
from communities.core.casework import LifecycleAdmin, StepAction
from communities.core.clock import now
from communities.core.jobs import JOB, Job
from communities.core.office import (
    EvidenceTabular,
    OfficeAdmin,
    ReadOnlyAdmin,
    date_column,
    status_column,
    two_lines,
)
from communities.core.refusals import kept_on
from communities.places.forms import BoundaryForm, ImportForm, ReasonForm
from communities.places.models import (
    Area,
    AreaMeasure,
    Dataset,
    DefinitionPart,
    PlaceDefinition,
    Postcode,
    PriorityPlace,
    Publication,
)
from communities.places.operations import boundaries, releases

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Act:
    """Something to do with a row of reference data that is more than an edit: its form, operation and permission."""

    label: str
    done: str
    form: type[Any]
    operation: Callable[..., Any]
    who: str
    confirm: str = ""
    look: str = ""


class ActingAdmin(OfficeAdmin[M]):
    """Reference data that is never renamed in place: read here, changed by operations that keep the old."""

    change_form_template = "communities/places/office/acts.html"
    acts: ClassVar[Mapping[str, Act]] = {}

    def initial(self, row: M, name: str) -> Mapping[str, Any]:
        """What the form of an act starts with."""
        return {}

    def get_urls(self) -> list[URLPattern]:
        """A page for each act."""
        view = self.admin_site.admin_view(self.act_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_act"
        return [path("<path:object_id>/act/<slug:name>/", view, name=name), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Add links to the acts this person may do."""
        row = kwargs.get("obj")
        context["acts"] = [
            {"text": act.label, "href": self._address("act", row.pk, name)}
            for name, act in self.acts.items()
            if row is not None and request.user.has_perm(act.who, row)
        ]
        return super().render_change_form(request, context, *args, **kwargs)

    def act_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """Ask what the act needs to know, then do it. A refusal keeps what was typed."""
        row, act = self.get_object(request, unquote(object_id)), self.acts.get(name)
        if row is None or act is None or not request.user.has_perm(act.who, row):
            raise Http404
        form = act.form(request.POST or None, initial=self.initial(row, name))
        back = self._address("change", row.pk)
        if request.method == "POST" and form.is_valid():
            with kept_on(form, request):
                act.operation(row, **form.arguments(), by=request.user, at=now())
                messages.success(request, act.done)
                return HttpResponseRedirect(back)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "object": row, "form": form}
        context |= {"title": act.label, "back": back, "action": act}
        return TemplateResponse(request, "admin/step.html", context, status=400 if form.errors else 200)

    def _address(self, kind: str, *args: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{kind}", args=args)


# -- places ----------------------------------------------------------------------------------------------------------


class DefinitionRows(EvidenceTabular):
    """The boundaries a place has had."""

    model = PlaceDefinition
    fields = ("version", "certainty", "decided_by", "valid_from", "valid_to", "note")
    show_change_link = True


class PartRows(EvidenceTabular):
    """The areas of a boundary."""

    model = DefinitionPart
    fields = ("name", "level", "code", "vintage", "kind")


@admin.register(PriorityPlace)
class PriorityPlaceAdmin(ActingAdmin[PriorityPlace]):
    """The places the fund puts first. Names stay; boundaries have versions."""

    list_display = ("what", "kind", "district_name", "boundary")
    fields = ("name", "code", "kind", "district_name", "hint", "strengths")
    readonly_fields = ("name", "code", "kind", "district_name", "hint")
    inlines = (DefinitionRows,)
    acts: ClassVar[Mapping[str, Act]] = {
        "boundary": Act(
            "Draw the boundary anew",
            "The new boundary is kept.",
            BoundaryForm,
            boundaries.define,
            "communities.change_priorityplace",
            confirm="Bids are read by the new boundary from that day. What was decided before keeps the old one.",
        )
    }

    @admin.display(description="Place", ordering="order")
    def what(self, place: PriorityPlace) -> str:
        """Name, and code beneath."""
        return two_lines(place.name, place.code)

    @admin.display(description="Boundary")
    def boundary(self, place: PriorityPlace) -> str:
        """How sure it is."""
        current = next((each for each in place.definitions.all() if each.valid_to is None), None)
        return current.get_certainty_display() if current else "None"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[PriorityPlace]:
        """With all boundaries at once, since the list shows one of each place."""
        return super().get_queryset(request).prefetch_related("definitions")


@admin.register(PlaceDefinition)
class PlaceDefinitionAdmin(ReadOnlyAdmin[PlaceDefinition]):
    """A boundary with its areas."""

    list_display = (
        "place",
        "version",
        "certainty",
        date_column("valid_from", "From"),
        date_column("valid_to", "Until"),
    )
    list_select_related = ("place",)
    inlines = (PartRows,)


# -- data ------------------------------------------------------------------------------------------------------------


@admin.register(Dataset)
class DatasetAdmin(ActingAdmin[Dataset]):
    """The releases that were imported. None is ever written over."""

    list_display = ("what", "publisher", "rows", date_column("imported_at", "Imported"), "standing")
    list_filter = ("kind", "is_demo")
    search_fields = ("title", "release")
    acts: ClassVar[Mapping[str, Act]] = {
        "withdraw": Act(
            "Withdraw this release",
            "The release is withdrawn.",
            ReasonForm,
            releases.withdraw,
            "communities.change_dataset",
            confirm="Pages will read “not loaded”. What was decided on these figures keeps them.",
            look="warning",
        )
    }

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Releases are evidence."""
        return False

    @admin.display(description="Release", ordering="kind")
    def what(self, row: Dataset) -> str:
        """Title, kind and release."""
        return two_lines(row.title, row)

    @admin.display(description="Use")
    def standing(self, row: Dataset) -> str:
        """Whether it is used."""
        if row.withdrawn_at:
            return f"Withdrawn: {row.withdrawn_because}"
        return "Made-up figures" if row.is_demo else "In use"


@admin.register(Publication)
class PublicationAdmin(OfficeAdmin[Publication]):
    """Releases that can be imported, and how each must be credited."""

    list_display = ("what", "layout", "publisher", "licence")
    list_filter = ("kind",)
    search_fields = ("title", "release")

    @admin.display(description="Release", ordering="order")
    def what(self, row: Publication) -> str:
        """Title and release."""
        return two_lines(row.title, row.release)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What an imported release is called stays."""
        used = obj is not None and Dataset.objects.filter(kind=obj.kind, release=obj.release).exists()
        return [
            *super().get_readonly_fields(request, obj),
            *(("kind", "release", "layout", "level", "vintage") if used else ()),
        ]


@admin.register(Area)
class AreaAdmin(ReadOnlyAdmin[Area]):
    """Official areas, as the look-ups brought them in."""

    list_display = ("what", "level", "vintage", "parent")
    list_filter = ("level", "vintage", "is_demo")
    list_select_related = ("parent",)
    search_fields = ("name", "code")

    @admin.display(description="Area", ordering="name")
    def what(self, area: Area) -> str:
        """Name and code."""
        return two_lines(area.name, area.code)


@admin.register(AreaMeasure)
class AreaMeasureAdmin(ReadOnlyAdmin[AreaMeasure]):
    """Figures of areas, by release."""

    list_display = ("area", "dataset", "field", "value", "label")
    list_filter = ("dataset",)
    list_select_related = ("area", "dataset")
    search_fields = ("area__code", "area__name")


@admin.register(Postcode)
class PostcodeAdmin(ReadOnlyAdmin[Postcode]):
    """Postcodes, by release."""

    list_display = (
        "pcds",
        "district",
        "ward",
        "lsoa11",
        "lsoa21",
        "approximate",
        date_column("terminated_on", "Closed"),
    )
    list_filter = ("dataset",)
    search_fields = ("pcds__startswith",)


# -- imports ---------------------------------------------------------------------------------------------------------


@admin.register(Job)
class JobAdmin(LifecycleAdmin[Job]):
    """Files on their way in: sent, read, looked at, imported."""

    lifecycle = JOB
    page = "import"
    steps: ClassVar[Mapping[str, StepAction]] = {
        "confirm": StepAction(jobs.confirm),
        "drop": StepAction(jobs.drop, look="secondary"),
    }
    list_display = ("what", "sent_by", date_column("sent_at", "Sent"), "new", status_column())
    list_filter = ("status",)
    list_select_related = ("file", "sent_by")

    @admin.display(description="Import", ordering="title")
    def what(self, job: Job) -> str:
        """What it is, and the file's name."""
        return two_lines(job.title, job.file.original_name)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Those who may import send files here."""
        return self.may(request, "add")

    def facts(self, row: Job, request: HttpRequest) -> Sequence[Mapping[str, Any]]:
        """The numbers to look at before saying yes."""
        return [
            {"label": "File", "value": row.file.original_name, "href": row.file.get_absolute_url()},
            {"label": "Rows read", "value": f"{row.rows_read:,}"},
            {"label": "New", "value": f"{row.new:,}"},
            {"label": "Unchanged", "value": f"{row.unchanged:,}"},
            {"label": "Left out", "value": f"{row.skipped:,}", "note": "outside the county"},
        ]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Send a file. It is read in the background; its preview comes before anything is written."""
        if not self.has_add_permission(request):
            raise Http404
        form = ImportForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            kind, _, about = form.cleaned_data["what"].partition(":")
            with kept_on(form, request):
                job = jobs.send(form.cleaned_data["file"], kind=kind, about=about, by=request.user, at=now())
                return HttpResponseRedirect(self._address("change", job.pk))
        context = {**self.admin_site.each_context(request), "opts": self.opts, "object": "New file", "form": form}
        context |= {
            "title": "Send a file to import",
            "back": self._address("changelist"),
            "action": StepAction(jobs.send),
        }
        return TemplateResponse(request, "admin/step.html", context, status=400 if form.errors else 200)
