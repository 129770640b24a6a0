"""The office: the Django admin with the fund's own permissions, look and record of change."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin import AdminSite
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AutocompleteSelect
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from communities.core.events import entry, record_event
from communities.core.locking import unit
from communities.core.models import Event
from communities.core.money import pounds
from communities.core.sections import assemble
from communities.templatetags.govuk import short_day, status_tag

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

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # noqa: ARG002
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
        }
        return super().index(request, context | dict(extra_context or {}))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The admin's own pages, and a page that shows every component."""
        from communities.core.gallery import components

        return [path("components/", self.admin_view(components), name="components"), *super().get_urls()]


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
    return {"core": "Records", "people": "People and access"}.get(name.split(".")[-1], name.split(".")[-1].capitalize())


class Lookup(AutocompleteSelect):
    """A field that finds as you type, for lists too long to scroll."""

    @property
    def media(self) -> forms.Media:
        """Our own script instead of a picker that screen readers cannot use."""
        return forms.Media(js=["accessible-autocomplete.min.js", "lookup.js"])


class Ticks(forms.CheckboxSelectMultiple):
    """Several of a list, each with a box to tick."""

    template_name = "admin/widgets/ticks.html"


class DateAndTime(forms.SplitDateTimeWidget):
    """A date and a time, each with its own label."""

    template_name = "admin/widgets/split_datetime.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, date_format="%d/%m/%Y", time_format="%H:%M")


class Day(forms.DateInput):
    """A date typed as 31/01/2027."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "vDateField", **(attrs or {})}, format="%d/%m/%Y")


OVERRIDES: "dict[type[models.Field[Any, Any]], Mapping[str, Any]]" = {
    models.DateTimeField: {"form_class": forms.SplitDateTimeField, "widget": DateAndTime},
    models.DateField: {"widget": Day, "help_text": "Like 31/01/2027"},
    models.TimeField: {"widget": forms.TimeInput(format="%H:%M"), "help_text": "Like 14:30"},
    models.ManyToManyField: {"widget": Ticks},
    models.TextField: {"widget": forms.Textarea(attrs={"rows": 5})},
}


class RuledFilter(admin.RelatedFieldListFilter):
    """A filter that names only what the person may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The related things to choose from."""
        related = field.related_model._default_manager
        rows = related.visible_to(request.user) if hasattr(related, "visible_to") else related.all()
        return [(str(row.pk), str(row)) for row in rows]


class Fields:
    """What pages and inline rows share: plain widgets, and only what the person may see to choose from."""

    formfield_overrides = OVERRIDES
    hidden_from_all = ("public_id", "case")
    core_writes = ("status", "version")

    def formfield_for_dbfield(self, db_field: "models.Field[Any, Any]", request: HttpRequest, **kwargs: Any) -> Any:
        """A form field without the row of icons that lead away from the page."""
        own = OVERRIDES.get(type(db_field), {})
        if "help_text" in own and db_field.help_text:
            kwargs["help_text"] = db_field.help_text
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        for act in ("add", "change", "delete", "view"):
            if field is not None and hasattr(field.widget, f"can_{act}_related"):
                setattr(field.widget, f"can_{act}_related", False)
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Long lists are looked up by typing."""
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            kwargs["widget"] = Lookup(db_field, self.admin_site)  # type: ignore[attr-defined]
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Boxes to tick, without Django's advice about the Ctrl key."""
        field = super().formfield_for_manytomany(db_field, request, **({"widget": Ticks} | kwargs))  # type: ignore[misc]
        if field is not None:
            field.help_text = db_field.help_text
        return field

    def get_field_queryset(self, db: Any, db_field: Any, request: HttpRequest) -> Any:
        """Only what the person may see can be chosen."""
        found = super().get_field_queryset(db, db_field, request)  # type: ignore[misc]
        related = db_field.remote_field.model._default_manager
        if not hasattr(related, "visible_to"):
            return found
        return (related.all() if found is None else found).visible_to(request.user)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        """Status and version are written by steps only."""
        columns = {field.name for field in self.opts.get_fields()}  # type: ignore[attr-defined]
        own = super().get_readonly_fields(request, obj)  # type: ignore[misc]
        return [*own, *(name for name in self.core_writes if name in columns and name not in own)]

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        """Keys that mean nothing to people are not shown."""
        return [*(super().get_exclude(request, obj) or ()), *self.hidden_from_all]  # type: ignore[misc]

    def may(self, request: HttpRequest, verb: str, obj: Any = None) -> bool:
        """Whether the person holds the fund's own permission for this, about this row."""
        opts = self.opts  # type: ignore[attr-defined]
        return bool(request.user.has_perm(f"{opts.app_label}.{verb}_{opts.model_name}", obj))


class OfficeAdmin(Fields, Base[M]):
    """The base of every page in the office. Listed first when there are several bases."""

    list_per_page = 25
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

    def has_import_permission(self, request: HttpRequest, *args: Any) -> bool:
        """The stock answer is yes for anybody who may look."""
        return self.may(request, "import")

    def has_export_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Taking rows away is a right of its own."""
        return self.may(request, "export")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[M]:
        """Only rows the person may see; somebody else's do not exist."""
        rows = super().get_queryset(request)
        if not hasattr(rows, "visible_to"):
            return rows
        return cast("models.QuerySet[M]", rows.visible_to(request.user))

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404

    # -- what is kept -------------------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: M, form: Any, change: bool) -> None:
        """An edit and the event that tells of it stand or fall together."""
        before = type(obj)._base_manager.filter(pk=obj.pk).first() if change else None
        with unit():
            super().save_model(request, obj, form, change)
            detail = {name: [_shown(before, name), _shown(obj, name)] for name in form.changed_data if _is_column(obj, name)}
            verb = f"{obj._meta.model_name}.{'changed' if change else 'added'}"
            record_event(verb, obj, by=cast("Any", request.user), detail=detail or None)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        """Events tell this; there is no second record."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        """Events tell this; there is no second record."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:  # type: ignore[override]
        """Events tell this; there is no second record."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:  # noqa: ARG002
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

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Never."""
        return False


class InlineRights(Fields):
    """Inline rows follow the permissions of their own model."""

    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 (obj is the parent)
        """Whether these rows may be read."""
        return self.may(request, "view")

    def has_add_permission(self, request: HttpRequest, obj: Any) -> bool:  # noqa: ARG002
        """Whether rows may be added."""
        return self.may(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Whether rows may be edited."""
        return self.may(request, "change")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Whether rows may be taken out."""
        return self.may(request, "delete")


class OfficeTabular(InlineRights, admin.TabularInline):  # type: ignore[type-arg]
    """Short rows under a page."""


class OfficeStacked(InlineRights, admin.StackedInline):  # type: ignore[type-arg]
    """Long rows under a page."""


class EvidenceTabular(OfficeTabular):
    """Rows under a page that nobody changes."""

    can_delete = False
    has_add_permission = has_change_permission = has_delete_permission = lambda self, request, obj=None: False  # type: ignore[assignment]


# -- columns ------------------------------------------------------------------------------------------------------


def two_lines(first: object, *second: object) -> SafeString:
    """The first column of a list: what it is, and beneath it in grey what tells it apart."""
    return format_html('{}<span class="app-second">{}</span>', first, " · ".join(str(one) for one in second if one))


def money_column(name: str, heading: str = "", *, order: str = "") -> Callable[[Any], str]:
    """A column of pounds, aligned on the right."""

    def column(row: Any) -> str:
        return pounds(_follow(row, name))

    column.__name__ = f"{name.replace('__', '_')}_pounds"
    return _named(column, heading or name.split("__")[-1].replace("_", " "), order or name)


def status_column(name: str = "", heading: str = "Status") -> Callable[[Any], SafeString]:
    """A column with the state as a coloured tag; `name` leads to the row whose state is meant."""

    def column(row: Any) -> SafeString:
        return status_tag(_follow(row, name) if name else row)

    column.__name__ = "status_tag"
    return _named(column, heading, f"{name}__status" if name else "status")


def date_column(name: str, heading: str = "", *, order: str = "") -> Callable[[Any], str]:
    """A column of short dates: 5 Feb 2027."""

    def column(row: Any) -> str:
        return short_day(_follow(row, name))

    column.__name__ = f"{name.replace('__', '_')}_day"
    return _named(column, heading or name.split("__")[-1].replace("_", " "), order or name)


def _follow(row: Any, path_: str) -> Any:
    for name in path_.split("__"):
        row = getattr(row, name, None)
    return row() if callable(row) else row


def _named(column: Callable[..., Any], heading: str, order: str) -> Any:
    return admin.display(description=heading[:1].upper() + heading[1:], ordering=order, empty_value="–")(column)
