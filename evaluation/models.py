"""All tables of this app, room by room. A room missing here would be dropped by the next migration."""

from evaluation.insight import models as insight
from evaluation.learning import models as learning
from evaluation.reports import models as reports

__all__ = ["insight", "learning", "reports"]
