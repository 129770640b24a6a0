"""All tables of this app, room by room. A room missing here would be dropped by the next migration."""

from grants.applications import models as applications
from grants.assessment import models as assessment
from grants.awards import models as awards
from grants.checks import models as checks
from grants.decisions import models as decisions
from grants.funds import models as funds
from grants.payments import models as payments
from grants.rounds import models as rounds
from grants.spending import models as spending

__all__ = ["applications", "assessment", "awards", "checks", "decisions", "funds", "payments", "rounds", "spending"]
