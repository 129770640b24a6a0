"""A miniature of the fund that only the tests install: a pot, bids, notes and verdicts."""

from django.apps import AppConfig

from communities.core.rooms import load


class SampleConfig(AppConfig):
    name = "tests.sample"
    label = "sample"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        load(self)
        from tests.sample import table  # noqa: F401
