"""The first app: who asks, where they are, what the council cares about."""

from django.apps import AppConfig

from communities.core.rooms import load


class CommunitiesConfig(AppConfig):
    """Rooms in house order: a room may use those before it, never those after it."""

    name = "communities"
    verbose_name = "Communities"
    default_auto_field = "django.db.models.BigAutoField"
    rooms = ("core", "people", "correspondence", "places", "framework", "groups", "diligence")

    def ready(self) -> None:
        """Load what each room declares: permissions, steps, effects, sections, messages, tasks."""
        load(self)
