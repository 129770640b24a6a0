"""Asha's group: she leads, Ben is the treasurer."""

import pytest

from tests.factories.groups import make_group


@pytest.fixture
def group(asha, ben):
    return make_group(asha, ben)
