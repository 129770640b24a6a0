"""Looked at before the site starts: every name that a step or message uses must be declared."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.template import Engine, TemplateDoesNotExist

from communities.core import assets  # noqa: F401 (its own check, that the style sheets were built)
from communities.core.lifecycle import LIFECYCLES, Lifecycle
from communities.core.outbox import MESSAGES
from communities.core.permissions import REGISTRY


@register("fund")
def declarations(**_: Any) -> list[CheckMessage]:
    """Errors in the declarations of all rooms."""
    found = [each for lifecycle in LIFECYCLES.values() for each in lifecycle_errors(lifecycle)]
    return [Error(text, id="fund.E001") for text in [*found, *message_errors(), *rank_errors()]]


def lifecycle_errors(lifecycle: Lifecycle[Any]) -> Iterator[str]:
    """Steps that name a permission, message, state or step that does not exist."""
    states = {str(value) for value, _ in lifecycle.model._meta.get_field("status").flatchoices}
    for step in lifecycle.steps.values():
        verb, who = lifecycle.verb(step.name), REGISTRY.get(step.who)
        if who is None:
            yield f"{verb} asks for the permission {step.who}, which is not declared."
        elif who.model is not lifecycle.model:
            yield f"{verb} asks for {step.who}, a permission about {who.model._meta.label}."
        if step.message and step.message not in MESSAGES:
            yield f"{verb} sends {step.message}, which is not declared."
        for state in (*step.source, step.target):
            if str(state) not in states:
                yield f"{verb} names the state {state!r}, which {lifecycle.model._meta.label} does not have."
    for name in lifecycle.effects:
        # what follows a creation may have no step of its own
        if name not in lifecycle.steps and name != "create":
            yield f"An effect follows {lifecycle.verb(name)}, which is not declared."


def message_errors() -> Iterator[str]:
    """Messages without words."""
    for message in MESSAGES.values():
        try:
            Engine.get_default().get_template(message.path)
        except TemplateDoesNotExist:
            yield f"The message {message.name} has no words: templates/{message.path} is missing."


def rank_errors() -> Iterator[str]:
    """Models with steps that do not say when they are locked. (Equal ranks are ordered by the models' names.)"""
    for lifecycle in LIFECYCLES.values():
        if getattr(lifecycle.model, "lock_rank", None) is None:
            yield f"{lifecycle.model._meta.label} has steps but no lock_rank."
