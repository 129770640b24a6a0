"""Who may see and change what the council cares about: all of it is public, officers keep the wording."""

from communities.core.permissions import EVERYONE, nobody, office, permission
from communities.framework.models import (
    ChainElement,
    Cohort,
    Goal,
    HeadlineFigure,
    Indicator,
    NeedWard,
    OutcomeArea,
    Principle,
)

KEEPERS = ("senior_officer", "analyst")

for model in (OutcomeArea, ChainElement, Principle, NeedWard, HeadlineFigure):
    office(model, view=EVERYONE)
office(Goal, view=EVERYONE, change=KEEPERS)
office(Cohort, view=EVERYONE, add=KEEPERS, change=KEEPERS)
office(Indicator, view=EVERYONE, add=KEEPERS, change=KEEPERS)
permission("communities.export_indicator", Indicator, "Take the catalogue of indicators away as a file", roles=KEEPERS)(
    nobody
)
