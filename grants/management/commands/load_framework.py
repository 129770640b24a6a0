"""Loads what the project brings: places, goals, indicators, checks and the terms that rounds copy."""

from typing import Any

from django.core.management.base import BaseCommand

from communities.diligence.operations import load_check_types
from communities.framework.operations import load_framework
from communities.places.operations.facts import load_places
from grants.rounds.operations import load_library


class Command(BaseCommand):
    """Safe to run again: a second run adds nothing, and what officers changed stays as they left it."""

    help = "Load the facts of the white paper and the library of terms. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load room by room, in house order, and say what was added."""
        for load in (load_places, load_framework, load_check_types, load_library):
            for name, loaded in load().items():
                line = f"{name}: {loaded.new} added, {loaded.kept} there already"
                if loaded.differing:
                    line += f"; kept as changed here: {', '.join(loaded.differing)}"
                self.stdout.write(line)
