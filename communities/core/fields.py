"""Fields of the office's pages: plain widgets, and only what the person may see to choose from."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import models
from django.http import HttpRequest

from communities.core.permissions import Actor, is_work


class Lookup(AutocompleteSelect):
    """A field that finds as you type, for lists too long to scroll."""

    @property
    def media(self) -> forms.Media:
        """Our own script instead of a picker that screen readers cannot use."""
        scripts = ("accessible-autocomplete.min.js", "lookup.js")
        files: list[Any] = [forms.Script(name, defer=True) for name in scripts]
        return forms.Media(js=files)


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
    models.BooleanField: {"widget": forms.CheckboxInput(attrs={"class": "govuk-checkboxes__input"})},
    models.TextField: {"widget": forms.Textarea(attrs={"rows": 5})},
}


MOST_TO_FILTER_BY = 24


class RuledFilter(admin.RelatedFieldListFilter):
    """A filter that names only what the person may see: the first of them, where there are very many."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The related things to choose from."""
        related = field.related_model._default_manager
        rows = related.visible_to(request.user) if hasattr(related, "visible_to") else related.all()
        in_order = rows if rows.ordered else rows.order_by("-pk")
        return [(str(row.pk), str(row)) for row in in_order[:MOST_TO_FILTER_BY]]


if TYPE_CHECKING:
    Stock = admin.options.BaseModelAdmin[Any]
else:
    Stock = object


class Fields(Stock):
    """What pages and inline rows share: plain widgets, and only what the person may see to choose from."""

    formfield_overrides = OVERRIDES
    hidden_from_all = ("public_id", "case")
    core_writes = ("status", "version")

    def formfield_for_dbfield(self, db_field: "models.Field[Any, Any]", request: HttpRequest, **kwargs: Any) -> Any:
        """A form field without the row of icons that lead away from the page."""
        own = OVERRIDES.get(type(db_field), {})
        if "help_text" in own and db_field.help_text:
            kwargs["help_text"] = db_field.help_text
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        for act in ("add", "change", "delete", "view"):
            if field is not None and hasattr(field.widget, f"can_{act}_related"):
                setattr(field.widget, f"can_{act}_related", False)
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Long lists are looked up by typing."""
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = Lookup(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Boxes to tick, without Django's advice about the Ctrl key."""
        field = super().formfield_for_manytomany(db_field, request, **({"widget": Ticks} | kwargs))
        if field is not None:
            field.help_text = db_field.help_text
        return field

    def get_field_queryset(self, db: Any, db_field: Any, request: HttpRequest) -> Any:
        """Only what the person may see can be chosen."""
        found = super().get_field_queryset(db, db_field, request)
        related = db_field.remote_field.model._default_manager
        if not hasattr(related, "visible_to"):
            return found
        rows: Any = related.all() if found is None else found
        return rows.visible_to(request.user)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Status and version are written by steps only."""
        columns = {field.name for field in self.opts.get_fields()}
        own = super().get_readonly_fields(request, obj)
        return [*own, *(name for name in self.core_writes if name in columns and name not in own)]

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        """Keys that mean nothing to people are not shown."""
        return [*(super().get_exclude(request, obj) or ()), *self.hidden_from_all]

    def may(self, request: HttpRequest, verb: str, obj: Any = None) -> bool:
        """Whether this is the person's work, and about this row. What is theirs in private has pages outside."""
        name = f"{self.opts.app_label}.{verb}_{self.opts.model_name}"
        return is_work(cast("Actor", request.user), name) and bool(request.user.has_perm(name, obj))
