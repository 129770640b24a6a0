"""The third app: what changed, and what we learnt."""

from django.apps import AppConfig

from communities.core.rooms import load


class EvaluationConfig(AppConfig):
    """Rooms from a group's report to the learning that shapes the next round."""

    name = "evaluation"
    verbose_name = "Evaluation"
    default_auto_field = "django.db.models.BigAutoField"
    rooms = ("reports", "insight", "learning")

    def ready(self) -> None:
        """Load what each room declares: permissions, steps, effects, sections, messages, tasks."""
        load(self)
