"""All tables of this app, room by room. A room missing here would be dropped by the next migration."""

from communities.core import files, jobs
from communities.core import models as core
from communities.correspondence import models as correspondence
from communities.diligence import models as diligence
from communities.framework import models as framework
from communities.groups import models as groups
from communities.people import models as people
from communities.places import models as places

__all__ = ["core", "correspondence", "diligence", "files", "framework", "groups", "jobs", "people", "places"]
