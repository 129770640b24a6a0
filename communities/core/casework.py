"""Officers' case pages: what there is to know, what has happened, and what can be done now."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar, cast

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from communities.core.clock import now
from communities.core.events import timeline
from communities.core.forms import Form
from communities.core.lifecycle import Lifecycle, Moment, Need, Offer
from communities.core.locking import Stateful
from communities.core.office import OfficeAdmin
from communities.core.refusals import kept_on
from communities.core.sections import assemble

S = TypeVar("S", bound=Stateful)


class ReasonForm(Form):
    """The reason for an act, kept with it for good."""

    reason = forms.CharField(
        label="Why?", widget=forms.Textarea, max_length=1000, help_text="The reason is kept with the case."
    )
    messages: ClassVar[Mapping[str, str]] = {"reason": "Enter the reason"}


class ConfirmForm(Form):
    """Nothing to fill in: the page only asks whether it is meant."""


@dataclass(frozen=True)
class StepAction:
    """How a step becomes a button: the operation it calls, and what is asked first.

    `form` is a form class, or a function of (row, request) that makes one from `data, files`; its cleaned data
    become the operation's keyword arguments. `reason=True` asks for a reason; `confirm` is a sentence to think
    about before it is done. Without any of them the button acts at once.
    """

    operation: Callable[..., Any]
    form: type[forms.Form] | None = None
    reason: bool = False
    confirm: str = ""
    look: str = ""  # "", "secondary" or "warning"
    label: str = ""
    who: str = ""  # for acts that are no step: the permission they need
    done: str = ""  # for acts that are no step: what the page says afterwards
    needs: tuple[Need[Any], ...] = ()  # for acts that are no step: what must hold for them to be offered
    values: Callable[[Any, HttpRequest], Mapping[str, Any]] | None = None  # what the form starts with
    form_kwargs: Callable[[Any, HttpRequest], Mapping[str, Any]] | None = None

    @property
    def asks(self) -> bool:
        """Whether a page comes before the act."""
        return bool(self.form or self.reason or self.confirm)

    def make_form(self, row: Any, request: HttpRequest) -> forms.Form:
        """The form of the page, bound when something was sent."""
        kind = self.form or (ReasonForm if self.reason else ConfirmForm)
        kwargs: dict[str, Any] = dict(self.form_kwargs(row, request)) if self.form_kwargs else {}
        if self.values:
            kwargs["initial"] = self.values(row, request)
        if request.method == "POST":
            kwargs |= {"data": request.POST, "files": request.FILES}
        return kind(**kwargs)


class LifecycleAdmin(OfficeAdmin[S]):
    """The list and the case pages of a thing with states. It is changed by its steps only."""

    lifecycle: ClassVar[Lifecycle[Any]]
    steps: ClassVar[Mapping[str, StepAction]] = {}
    acts: ClassVar[Mapping[str, StepAction]] = {}  # edits that change no state: links beside the buttons
    page: ClassVar[str] = "case"  # which sections the page shows
    case_template = "admin/case.html"
    preserve_filters = False  # a case leads on, never back to the list as it was; each row would pay for it

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Things with states begin by an operation."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Steps change it, not fields."""
        return False

    # -- what a room says about its thing ------------------------------------------------------------------------

    def facts(self, row: S, request: HttpRequest) -> Sequence[Mapping[str, Any]]:
        """The five facts to know first: label, value, href, note."""
        return []

    def caption(self, row: S) -> str:
        """The small line above the title, like "CCF-2026-0002 · Autumn 2026"."""
        return str(self.opts.verbose_name).capitalize()

    def standing(self, row: S) -> str:
        """The words beside the state, like "with Carol Whitlock since 8 October"."""
        return ""

    def links(self, row: S, request: HttpRequest) -> Sequence[Mapping[str, Any]]:
        """Other things to do from here that are no steps: text, href."""
        return []

    def entries(self, row: S) -> list[dict[str, Any]]:
        """What has happened, newest first."""
        happened = reversed(timeline(row.case))
        return [{"title": one.sentence, "at": one.at, "who": one.who, "note": one.reason} for one in happened]

    # -- the page -------------------------------------------------------------------------------------------------

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """One page with everything needed to decide. It takes nothing: steps have addresses of their own."""
        row = self._row(request, object_id)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(("GET", "HEAD"))
        return TemplateResponse(request, self.case_template, self._context(request, row) | (extra_context or {}))

    def _row(self, request: HttpRequest, object_id: str) -> S:
        row = self.get_object(request, unquote(object_id))
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        return row

    def _context(self, request: HttpRequest, row: S) -> dict[str, Any]:
        user = cast("Any", request.user)
        offers = self.lifecycle.available([row], user, now())[row.pk]
        return {
            **self.admin_site.each_context(request),
            "title": str(row),
            "opts": self.opts,
            "object": row,
            "caption": self.caption(row),
            "standing": self.standing(row),
            "facts": self.facts(row, request),
            "links": [*self._acts(request, row), *self.links(row, request)],
            "parts": assemble(self.page, [row], user)[row.pk],
            "entries": self.entries(row),
            "waiting": " ".join(self._waiting(offers)),
            "buttons": self._buttons(row, offers),
        }

    def _waiting(self, offers: Sequence[Offer[S]]) -> list[str]:
        # only of what the page leads to: that a side step does not fit is no news
        main = {name for name, action in self.steps.items() if action.look != "secondary"}
        sentences = [offer.refused for offer in offers if offer.refused and offer.step.name in main]
        return list(dict.fromkeys(sentences))

    def _buttons(self, row: S, offers: Sequence[Offer[S]]) -> list[dict[str, Any]]:
        """Buttons in the order in which the room named its steps; the first is the green one."""
        ready = {offer.step.name: offer.step for offer in offers if not offer.refused}
        names = [name for name in self.steps if name in ready]
        first = next((name for name in names if not self.steps[name].look), None)
        return [
            {
                "text": self.steps[name].label or ready[name].label,
                "href": self._of("step", row, name),
                "kind": self.steps[name].look or ("" if name == first else "secondary"),
                "post": not self.steps[name].asks,
            }
            for name in names
        ]

    def _acts(self, request: HttpRequest, row: S) -> list[dict[str, Any]]:
        moment = Moment(request.user, now())
        return [
            {"text": act.label, "href": self._of("step", row, name)}
            for name, act in self.acts.items()
            if request.user.has_perm(act.who, row) and not any(each.refused(row, moment) for each in act.needs)
        ]

    # -- the steps ------------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        """A page for each step."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_step"
        view = self.admin_site.admin_view(self.step_view)
        return [path("<path:object_id>/step/<slug:step>/", view, name=name), *super().get_urls()]

    def step_view(self, request: HttpRequest, object_id: str, step: str) -> HttpResponse:
        """Ask what the step needs to know, then take it. A refusal keeps what was typed."""
        at, row = now(), self._row(request, object_id)
        action = self.steps.get(step) or self.acts.get(step)
        if action is None or (step in self.steps and step not in self.lifecycle.steps):
            raise Http404
        if not request.user.has_perm(self._who(step, action), row):
            raise Http404
        if request.method != "POST":
            if not action.asks:
                return HttpResponseRedirect(self._of("change", row))
            if step in self.steps:
                self.lifecycle.ready(step, row)
        form = action.make_form(row, request)
        if request.method == "POST" and form.is_valid():
            if not action.asks:  # nothing to redisplay: a refusal gets its own page
                return self._done(request, row, action, step=step, form=form, at=at)
            with kept_on(form, request):
                return self._done(request, row, action, step=step, form=form, at=at)
        return self._ask(request, row, action, step, form)

    def _done(
        self, request: HttpRequest, row: S, action: StepAction, *, step: str, form: forms.Form, at: Any
    ) -> HttpResponse:
        action.operation(row, by=request.user, at=at, **form.cleaned_data)
        sentence = self._sentence(step, action)
        messages.success(request, f"{sentence}.".replace("..", "."))
        return HttpResponseRedirect(self._of("change", row))

    def _ask(self, request: HttpRequest, row: S, action: StepAction, step: str, form: forms.Form) -> HttpResponse:
        label = action.label or self.lifecycle.steps[step].label
        context = {
            **self.admin_site.each_context(request),
            "title": label,
            "opts": self.opts,
            "object": row,
            "form": form,
            "action": action,
            "back": self._of("change", row),
        }
        status = 200 if not form.is_bound else 409 if not form.is_valid() and form.non_field_errors() else 400
        return TemplateResponse(request, "admin/step.html", context, status=status)

    def _who(self, step: str, action: StepAction) -> str:
        return action.who or self.lifecycle.steps[step].who

    def _sentence(self, step: str, action: StepAction) -> str:
        declared = self.lifecycle.steps.get(step)
        return action.done or (declared and (declared.done or declared.label)) or "Saved"

    def _of(self, kind: str, row: S, *args: Any) -> str:
        """The address of a page about this row; a room may use addresses that cannot be guessed."""
        return self._address(kind, row.pk, *args)

    def _address(self, kind: str, *args: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{kind}", args=args)
