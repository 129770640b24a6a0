"""How the house is put together: each app loads what its rooms declare, in house order."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from communities.core.triggers import install

DECLARATIONS = ("permissions", "messages", "lifecycle", "effects", "sections", "tasks")


def load(config: AppConfig) -> None:
    """Load what an app's rooms declare, and see to it that the triggers are in place after every migrate."""
    for room in getattr(config, "rooms", ()):
        for name in DECLARATIONS:
            module = f"{config.name}.{room}.{name}"
            if find_spec(module):
                import_module(module)
    post_migrate.connect(install, sender=config, dispatch_uid=f"triggers of {config.name}")
    import_module("communities.core.checks")
