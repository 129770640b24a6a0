"""The whole demonstration was played without a right to change evidence or tables."""

import pytest
from django.db import ProgrammingError, connection, transaction

from communities.core.models import Event
from tests.plugins import database

pytestmark = [pytest.mark.world, pytest.mark.postgresql]


def test_the_sites_own_role_played_the_demonstration_and_cannot_rewrite_it(world, db):
    assert Event.objects.count() > 500
    with database.as_the_site(connection):
        for act in (lambda: Event.objects.update(reason="x"), lambda: Event.objects.all()._raw_delete("default")):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                act()
