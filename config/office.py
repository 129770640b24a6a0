"""The Django admin as the council's office."""

from django.contrib.admin.apps import AdminConfig


class OfficeConfig(AdminConfig):
    """Every `@admin.register` lands on our own site."""

    default_site = "communities.core.office.OfficeSite"
