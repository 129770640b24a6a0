"""The office's pages of what was said, what was sent and what was recorded."""

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from django.apps import apps
from django.contrib import admin
from django.contrib import messages as banners
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from communities.core.clock import now
from communities.core.events import sentence
from communities.core.files import store
from communities.core.lifecycle import LIFECYCLES
from communities.core.models import Event, Message
from communities.core.office import ReadOnlyAdmin, date_column, two_lines
from communities.core.refusals import kept_on
from communities.correspondence import operations
from communities.correspondence.forms import ContactForm
from communities.correspondence.models import Contact
from communities.correspondence.queries import case_exists
from communities.templatetags.govuk import moment

NOTHING = "\N{EN DASH}"
STATES = {Message.State.WAITING: "yellow", Message.State.SENT: "green", Message.State.FAILED: "red"}


@admin.register(Contact)
class ContactAdmin(ReadOnlyAdmin[Contact]):
    """Calls, visits and letters. They are written down on the page of the case they were about."""

    list_display = ("what", date_column("happened_at", "When"), "written_by")
    list_display_links = ("what",)
    list_filter = ("means",)
    list_select_related = ("written_by",)
    search_fields = ("with_whom", "note")
    search_help_text = "Search by person or by words"
    fields = ("means", "happened_at", "with_whom", "note", "attached", "written_by", "written_at")
    readonly_fields = fields

    @admin.display(description="What", ordering="with_whom")
    def what(self, contact: Contact) -> SafeString:
        """What it was and with whom, and how it begins."""
        return two_lines(contact, contact.note)

    @admin.display(description="File")
    def attached(self, contact: Contact) -> str:
        """The letter or e-mail itself."""
        if contact.file is None:
            return NOTHING
        return format_html('<a class="govuk-link" href="{}">{}</a>', contact.file.get_absolute_url(), contact.file)

    def get_urls(self) -> list[URLPattern]:
        """The page to write one down."""
        view = self.admin_site.admin_view(self.log_view)
        return [path("log/<uuid:case>/", view, name="communities_contact_log"), *super().get_urls()]

    def log_view(self, request: HttpRequest, case: UUID) -> HttpResponse:
        """Write down a call, visit, letter or e-mail on a case."""
        if not request.user.has_perm("communities.log_contact") or not case_exists(case):
            raise Http404
        back = _safe(request, request.POST.get("next") or request.GET.get("next"))
        form = ContactForm(request.POST or None, request.FILES or None, initial={"happened_on": now().date()})
        if request.method == "POST" and form.is_valid():
            with kept_on(form, request):
                self._log(request, case, form.cleaned_data)
                banners.success(request, "Written down.")
                return HttpResponseRedirect(back)
        context = {**self.admin_site.each_context(request), "title": "Write down a call, visit or letter"}
        context |= {"opts": self.opts, "form": form, "back": back, "subject": request.GET.get("about", "")[:80]}
        status = 400 if form.is_bound else 200
        return TemplateResponse(request, "communities/correspondence/log.html", context, status=status)

    def _log(self, request: HttpRequest, case: UUID, said: dict[str, Any]) -> None:
        by, at = cast("Any", request.user), now()
        file = store(said["file"], by=by, at=at, kind="contact") if said["file"] else None
        words = {name: said[name] for name in ("means", "with_whom", "note")}
        operations.log_contact(case=case, happened_at=said["moment"], file=file, **words, by=by, at=at)


def _safe(request: HttpRequest, address: str | None) -> str:
    safe = address and url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if address and safe else reverse("admin:communities_contact_changelist")


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin[Message]):
    """Every message the fund sends. What could not be sent can be tried again."""

    list_display = ("what", "state_tag", "written")
    list_display_links = ("what",)
    list_filter = ("state",)
    search_fields = ("recipient", "subject")
    search_help_text = "Search by address or subject"
    ordering = ("-created_at", "-pk")
    fields = ("subject", "to", "body", "state_tag", "written", "sent", "attempts", "error")
    readonly_fields = fields
    change_form_template = "communities/correspondence/record.html"

    @admin.display(description="Message", ordering="subject")
    def what(self, message: Message) -> SafeString:
        """The subject, and to whom it goes."""
        return two_lines(message.subject, message.recipient_name, message.recipient)

    @admin.display(description="To")
    def to(self, message: Message) -> str:
        """The name and the address."""
        return f"{message.recipient_name} <{message.recipient}>" if message.recipient_name else message.recipient

    @admin.display(description="State", ordering="state")
    def state_tag(self, message: Message) -> SafeString:
        """Whether it has gone."""
        colour = STATES.get(Message.State(message.state), "grey")
        return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', colour, message.get_state_display())

    @admin.display(description="Written", ordering="created_at")
    def written(self, message: Message) -> str:
        """When the change happened that it tells of."""
        return moment(message.created_at)

    @admin.display(description="Sent")
    def sent(self, message: Message) -> str:
        """When it left."""
        return moment(message.sent_at) or NOTHING

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        """The texts are long: a list does without them."""
        rows = super().get_queryset(request)
        return rows if request.resolver_match and "object_id" in request.resolver_match.kwargs else rows.defer("body")

    def get_urls(self) -> list[URLPattern]:
        """The button to try again."""
        view = self.admin_site.admin_view(require_POST(self.again_view))
        return [path("<path:object_id>/again/", view, name="communities_message_again"), *super().get_urls()]

    def again_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Try a failed message again."""
        message = self.get_object(request, unquote(object_id))
        if message is None or not request.user.has_perm("communities.resend_message"):
            raise Http404
        operations.send_again(message, by=cast("Any", request.user), at=now())
        banners.success(request, "We will try to send this message again.")
        return HttpResponseRedirect(reverse("admin:communities_message_change", args=[message.pk]))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """A failed message comes with the reason and a button."""
        message, can = context.get("original"), request.user.has_perm("communities.resend_message")
        context["heading"] = message.subject if message is not None else ""
        if message is not None and message.state == Message.State.FAILED and can:
            href = reverse("admin:communities_message_again", args=[message.pk])
            context["buttons"] = [{"text": "Try again", "href": href, "post": True}]
            context["waiting"] = "This message could not be sent. Put the reason right first, then try again."
        return super().render_change_form(request, context, *args, **kwargs)


class ThingFilter(admin.SimpleListFilter):
    """Events about one kind of thing. The kinds are known, so nothing is counted."""

    title = "about"
    parameter_name = "object_model"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        """Everything that has states."""
        named = [(label, str(each.model._meta.verbose_name).capitalize()) for label, each in LIFECYCLES.items()]
        return sorted(named, key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        """Only those."""
        return queryset.filter(object_model=self.value()) if self.value() else queryset


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin[Event]):
    """Who did what, when and why: the record, as it can never be changed."""

    list_display = ("what", "who", "when")
    list_display_links = ("what",)
    list_filter = (ThingFilter,)
    list_select_related = ("actor",)
    search_fields = ("=case", "=object_pk", "actor__full_name")
    search_help_text = "Search by person, case or number"
    ordering = ("-pk",)
    change_form_template = "communities/correspondence/record.html"
    fields = (
        "who",
        "when",
        "written_down",
        "thing",
        "moved",
        "reason",
        "changes",
        "seal",
        "whole_case",
    )
    readonly_fields = fields

    @admin.display(description="What")
    def what(self, event: Event) -> SafeString:
        """What happened, and to which thing."""
        return two_lines(sentence(event.verb), self.thing(event), event.reason)

    @admin.display(description="Who")
    def who(self, event: Event) -> str:
        """The person, or the system."""
        return str(event.actor or "The system")

    @admin.display(description="When", ordering="pk")
    def when(self, event: Event) -> str:
        """When it happened."""
        return moment(event.at)

    @admin.display(description="Written down")
    def written_down(self, event: Event) -> str:
        """When the record was made."""
        return moment(event.recorded_at)

    @admin.display(description="About")
    def thing(self, event: Event) -> str:
        """The kind of thing and its number."""
        try:
            kind = str(apps.get_model(event.object_model)._meta.verbose_name).capitalize()
        except (LookupError, ValueError):
            kind = event.object_model
        return f"{kind} {event.object_pk}".strip()

    @admin.display(description="State")
    def moved(self, event: Event) -> str:
        """From where to where."""
        table = LIFECYCLES.get(event.object_model)
        if table is None or event.source == event.target:
            return NOTHING
        before = table.state(event.source) if event.source else "(new)"
        return f"{before} → {table.state(event.target)}"

    @admin.display(description="Detail")
    def changes(self, event: Event) -> str:
        """Before and after, unless it was erased."""
        detail = getattr(event, "detail", None)
        if detail is None:
            return "Erased" if event.digest else NOTHING
        return "\n".join(f"{name.replace('_', ' ')}: {_plain(value)}" for name, value in detail.data.items())

    @admin.display(description="Sealed")
    def seal(self, event: Event) -> str:
        """Its place in the sealed chain."""
        link = getattr(event, "link", None)
        return f"Number {link.position}, {moment(link.sealed_at)}" if link else "Not yet"

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Called by what happened."""
        event = context.get("original")
        context["heading"] = sentence(event.verb) if event is not None else ""
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="The whole case")
    def whole_case(self, event: Event) -> str:
        """A way to all that happened on the same case."""
        if event.case is None:
            return NOTHING
        address = f"{reverse('admin:communities_event_changelist')}?q={event.case}"
        return format_html('<a class="govuk-link" href="{}">Everything on this case</a>', address)


def _plain(value: Any) -> str:
    """A kept value as people read it: a list is what it was and what it became."""
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value if one not in (None, ""))
    return NOTHING if value in (None, "") else str(value)
