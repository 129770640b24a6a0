"""Who may see and change places, official data and imports."""

from django.db.models import Q

from communities.core.files import may_open
from communities.core.jobs import Job
from communities.core.permissions import EVERY, EVERYONE, NONE, Actor, office, roles_of
from communities.places.models import (
    Area,
    AreaCount,
    AreaLookup,
    AreaMeasure,
    Dataset,
    DefinitionPart,
    PlaceDefinition,
    Postcode,
    PriorityPlace,
    Publication,
)

READERS = ("officer", "senior_officer", "analyst", "auditor", "finance")
KEEPERS = ("officer", "senior_officer", "analyst")

# What is public knowledge anyway: visitors read it on the pages about places and data.
for model in (Area, PlaceDefinition, DefinitionPart):
    office(model, view=EVERYONE)
office(Dataset, view=EVERYONE, change=("senior_officer",))
office(PriorityPlace, view=EVERYONE, change=("officer", "senior_officer"))
for table in (AreaCount, AreaLookup, AreaMeasure, Postcode):
    office(table, view=READERS)
office(Publication, view=READERS, add=KEEPERS, change=KEEPERS)
office(Job, view=READERS, add=KEEPERS)


@may_open("import")
def may_open_imports(user: Actor) -> Q:
    """Files sent to be imported are official data: whoever may see imports may open them."""
    return EVERY if roles_of(user).intersection(READERS) else NONE
