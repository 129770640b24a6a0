"""The office: the Django admin with the fund's own permissions, look and record of change."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from django.apps import apps
from django.contrib import admin
from django.contrib.admin import AdminSite
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html
from django.utils.safestring import SafeString

from communities.core.columns import date_column, money_column, status_column, two_lines
from communities.core.events import entry, record_event
from communities.core.fields import Fields, Lookup, RuledFilter
from communities.core.forms import ModelForm
from communities.core.locking import unit
from communities.core.models import Event
from communities.core.paging import CountedSoFar
from communities.core.rules import HEADS, lifecycles, steps
from communities.core.sections import assemble

__all__ = [
    "EvidenceTabular", "Lookup", "OfficeAdmin", "OfficeSite", "OfficeStacked", "OfficeTabular", "ReadOnlyAdmin",
    "RuledFilter", "date_column", "money_column", "status_column", "two_lines",
]  # fmt: skip

M = TypeVar("M", bound=models.Model)

if TYPE_CHECKING:

    class Base(admin.ModelAdmin[M]):
        """The stock admin, typed."""

else:

    class Base(admin.ModelAdmin):
        """The stock admin; its class takes no type at run time."""

        __class_getitem__ = classmethod(lambda cls, _: cls)


class OfficeSite(AdminSite):
    """What officers see under /office/: what there is to do, then everything by room."""

    site_header = site_title = index_title = "Office"
    enable_nav_sidebar = False
    index_template = "admin/index.html"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def has_permission(self, request: HttpRequest) -> bool:
        """Only people who work in the office."""
        return bool(request.user.is_active and getattr(request.user, "is_staff", False))

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The office has no sign-in page of its own."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def index(self, request: HttpRequest, extra_context: Mapping[str, Any] | None = None) -> TemplateResponse:
        """To do, with a number and a verb each; below it everything else."""
        parts = assemble("office_home", [request.user], request.user)[request.user.pk]
        context = {
            "title": "To do",
            "parts": [part for part in parts if part.template],
            "cards": [card for part in parts if not part.template for card in as_cards(part.value)],
            "rooms": by_room(self.get_app_list(request)),
            "keeps_it_running": request.user.has_perm("communities.view_periodicrun"),
        }
        return super().index(request, context | dict(extra_context or {}))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Everything somebody may see: handed to every page, and worked out only for those that print it."""
        make = super().get_app_list
        return SimpleLazyObject(lambda: make(request, app_label))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The admin's own pages, one that shows every component, one of every step, one for operators."""
        from communities.core.gallery import components  # noqa: PLC0415 (the gallery's forms need the apps to be ready)
        from communities.core.running import running  # noqa: PLC0415 (its tables too)

        return [
            path("components/", self.admin_view(components), name="components"),
            path("help/steps/", self.admin_view(self.steps), name="steps"),
            path("running/", self.admin_view(running), name="running"),
            *super().get_urls(),
        ]

    def steps(self, request: HttpRequest) -> TemplateResponse:
        """Everything that can happen to anything: from where to where, who may, what must hold."""
        tables = [
            {"name": str(each.model._meta.verbose_name).capitalize(), "rows": steps(each)}
            for each in lifecycles()
            if each.steps
        ]
        context = {**self.each_context(request), "title": "What can happen to what", "tables": tables, "heads": HEADS}
        return TemplateResponse(request, "admin/steps.html", context)


def as_cards(value: Any) -> list[Any]:
    """A section of the front page gives one card or several."""
    return list(value) if isinstance(value, (list, tuple)) else [value]


def by_room(app_list: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The models somebody may see, under the names of their rooms, in house order."""
    rooms: dict[str, list[Any]] = {}
    for app in app_list:
        for model in app["models"]:
            rooms.setdefault(room_of(model["model"]), []).append(model)
    order = [f"{config.name}.{room}" for config in apps.get_app_configs() for room in getattr(config, "rooms", ())]
    names = sorted(rooms, key=lambda name: order.index(name) if name in order else len(order))
    return [{"name": room_title(name), "models": rooms[name]} for name in names]


def room_of(model: type[models.Model]) -> str:
    """The room a model lives in: "grants.rounds"."""
    return ".".join(model.__module__.split(".")[:2])


def room_title(name: str) -> str:
    """A room's name for people."""
    room = name.rpartition(".")[2]
    return {"core": "Records", "people": "People and access"}.get(room, room.capitalize())


class OfficeAdmin(Fields, Base[M]):
    """The base of every page in the office. Listed first when there are several bases."""

    form: Any = ModelForm
    list_per_page = 25
    paginator = CountedSoFar
    show_full_result_count = False
    deletable = False
    save_on_top = False
    view_on_site = False

    # -- who may ------------------------------------------------------------------------------------------------

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Deny by default: a permission nobody declared is nobody's."""
        return self.may(request, "view", obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whether a new one may be made here."""
        return self.may(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether it may be edited here."""
        return self.may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Evidence stays. Only what a room calls deletable can go."""
        return self.deletable and self.may(request, "delete", obj)

    def has_import_permission(self, request: HttpRequest) -> bool:
        """The stock answer is yes for anybody who may look."""
        return self.may(request, "import")

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Taking rows away is a right of its own."""
        return self.may(request, "export")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[M]:
        """Only rows the person may see; somebody else's do not exist."""
        rows = super().get_queryset(request)
        if not hasattr(rows, "visible_to"):
            return rows
        return cast("models.QuerySet[M]", rows.visible_to(request.user))

    def get_ordering(self, request: HttpRequest) -> Any:
        """Lists always have an order, or their pages would mix."""
        return super().get_ordering(request) or self.opts.ordering or ("-pk",)

    def _get_obj_does_not_exist_redirect(self, *_: Any) -> HttpResponse:
        raise Http404

    # -- what is kept -------------------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: M, form: Any, change: bool) -> None:
        """An edit and the event that tells of it stand or fall together."""
        before = type(obj)._base_manager.filter(pk=obj.pk).first() if change else None
        with unit():
            super().save_model(request, obj, form, change)
            detail = {
                name: [_shown(before, name), _shown(obj, name)] for name in form.changed_data if _is_column(obj, name)
            }
            verb = f"{obj._meta.model_name}.{'changed' if change else 'added'}"
            record_event(verb, obj, by=cast("Any", request.user), detail=detail or None)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        """Events tell this; there is no second record."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        """Events tell this; there is no second record."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Each table asks for itself whether it is shown; asking every rule of the app first would cost more."""
        return True

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:  # type: ignore[override]
        """Events tell this; there is no second record."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """What happened to this row, newest first."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None or not self.has_view_permission(request, obj):
            raise Http404
        events = Event.objects.filter(object_model=obj._meta.label, object_pk=str(obj.pk)).select_related("actor")
        context = {
            **self.admin_site.each_context(request),
            "title": "History",
            "object": obj,
            "opts": self.opts,
            "entries": entries(events.order_by("-at", "-id")[:200]),
        }
        return TemplateResponse(request, "admin/object_history.html", context)

    def action_checkbox(self, obj: models.Model) -> SafeString:
        """The stock box, written without a template for each row."""
        return format_html(
            '<input type="checkbox" name="{}" value="{}" class="action-select"'
            ' aria-label="Select this object for an action - {}">',
            ACTION_CHECKBOX_NAME,
            obj.pk,
            obj,
        )

    def get_actions(self, request: HttpRequest) -> Any:
        """No actions but those a room declares."""
        found = super().get_actions(request)
        found.pop("delete_selected", None)
        return found

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The list is called by what it lists."""
        name = str(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": name[:1].upper() + name[1:], **(extra_context or {})})


def _is_column(obj: models.Model, name: str) -> bool:
    return any(field.name == name and field.concrete and not field.many_to_many for field in obj._meta.get_fields())


def _shown(obj: models.Model | None, name: str) -> str | None:
    value = getattr(obj, name, None) if obj is not None else None
    return None if value is None else str(value)


def entries(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Events as the timeline component prints them."""
    lines = [entry(event) for event in events]
    return [{"title": line.sentence, "at": line.at, "who": line.who, "note": line.reason} for line in lines]


class ReadOnlyAdmin(OfficeAdmin[M]):
    """Evidence: everybody who may look can read it, nobody can change it."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


class InlineRights(Fields):
    """Inline rows follow the permissions of their own model."""

    form: Any = ModelForm
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether these rows may be read."""
        return self.may(request, "view")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether rows may be added."""
        return self.may(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether rows may be edited."""
        return self.may(request, "change")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether rows may be taken out."""
        return self.may(request, "delete")


class OfficeTabular(InlineRights, admin.TabularInline):  # type: ignore[type-arg]
    """Short rows under a page."""


class OfficeStacked(InlineRights, admin.StackedInline):  # type: ignore[type-arg]
    """Long rows under a page."""


class EvidenceTabular(OfficeTabular):
    """Rows under a page that nobody changes, fetched at once with what they are shown by."""

    can_delete = False
    related: ClassVar[Sequence[str]] = ()

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """One statement for all rows."""
        return super().get_queryset(request).select_related(*self.related)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False
