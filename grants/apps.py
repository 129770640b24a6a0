"""The second app: the money and the decisions."""

from django.apps import AppConfig

from communities.core.rooms import load


class GrantsConfig(AppConfig):
    """Rooms in the order in which the money travels."""

    name = "grants"
    verbose_name = "Grants"
    default_auto_field = "django.db.models.BigAutoField"
    rooms = (
        "funds",
        "rounds",
        "applications",
        "checks",
        "assessment",
        "decisions",
        "awards",
        "payments",
        "spending",
    )

    def ready(self) -> None:
        """Load what each room declares: permissions, steps, effects, sections, messages, tasks."""
        load(self)
