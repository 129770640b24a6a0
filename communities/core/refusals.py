"""A refusal is a page with the reason in a sentence and what to do next, never a blank error."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from communities.core.events import record_event

HIDDEN = ("csrfmiddlewaretoken", "password", "code", "account", "sort", "token")


class Refused(Exception):  # noqa: N818 (an answer, not a mistake)
    """The fund's rules say no: `sentence` is the reason, `next_step` what the person can do instead."""

    def __init__(
        self,
        sentence: str,
        next_step: str = "",
        *,
        status: int = 409,
        verb: str = "",
        row: models.Model | None = None,
    ) -> None:
        super().__init__(sentence)
        if not 400 <= status < 500:
            raise ValueError("A refusal is the answer to a request, so its status is 4xx.")
        self.sentence, self.next_step, self.status = sentence, next_step, status
        self.verb, self.row = verb, row

    def about(self, verb: str, row: models.Model | None) -> "Refused":
        """Say which act on which row was refused, unless that is known already."""
        self.verb = self.verb or verb
        self.row = self.row or row
        return self


class RefusalMiddleware:
    """Turns a refusal anywhere in a view into its page, and keeps an event of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal with its page; leave every other error alone."""
        if not isinstance(exception, Refused):
            return None
        keep_refusal(request, exception)
        return render(request, "refused.html", {"refused": exception, "typed": typed(request)}, status=exception.status)


def keep_refusal(request: HttpRequest, refused: Refused) -> None:
    """Record who was refused what; the refused step's own transaction is gone by now."""
    by = getattr(request, "user", None)
    record_event(
        "refused",
        refused.row,
        by=by,
        reason=refused.sentence,
        detail={"act": refused.verb, "method": request.method, "path": request.path},
    )


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What the person had typed, so that the page can give it back; never passwords, codes or bank details."""
    return [
        (name.replace("_", " ").replace("-", " ").strip().capitalize(), value)
        for name, value in request.POST.items()
        if isinstance(value, str) and value.strip() and not any(word in name.lower() for word in HIDDEN)
    ]


@contextmanager
def kept_on(form: forms.BaseForm, request: HttpRequest) -> Iterator[None]:
    """Show a refusal as an error of the form, so that the page comes back with everything typed."""
    try:
        yield
    except Refused as refused:
        keep_refusal(request, refused)
        sentences: list[Any] = [refused.sentence] + ([refused.next_step] if refused.next_step else [])
        form.add_error(None, " ".join(sentences))
