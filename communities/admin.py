"""The officers' pages of this app, room by room (the admin looks here)."""

from communities.correspondence import admin as correspondence
from communities.diligence import admin as diligence
from communities.framework import admin as framework
from communities.groups import admin as groups
from communities.people import admin as people
from communities.places import admin as places

__all__ = ["correspondence", "diligence", "framework", "groups", "people", "places"]
