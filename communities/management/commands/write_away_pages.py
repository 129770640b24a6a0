"""Writes the pages that a proxy shows by itself: while the site is away, and when somebody sends too much."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.template.loader import render_to_string

from communities.core.navigation import Navigation

PAGES = {"away.html": "503.html", "too-large.html": "413.html"}


class Command(BaseCommand):
    """After collectstatic: the pages name the style sheet of this release."""

    help = (
        "Write away.html and too-large.html beside the static files, for nginx to show while gunicorn does not answer."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write them whole, so that a half-written page is never shown."""
        words: dict[str, Any] = {"council": settings.COUNCIL, "navigation": Navigation(None, "/")}
        for name, template in PAGES.items():
            draft = Path(settings.STATIC_ROOT) / f".{name}"
            draft.write_text(render_to_string(template, words), encoding="utf-8")
            draft.chmod(0o644)
            draft.replace(draft.with_name(name))
