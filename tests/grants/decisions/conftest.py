"""All tests of the room have the panel."""

import pytest


@pytest.fixture(scope="module", autouse=True)
def _with_panel(seated):
    return
