"""Fixtures that every test may ask for."""

import pytest
from django.core.cache import cache

pytest_plugins = ["tests.cast"]


@pytest.fixture(autouse=True)
def _no_words_kept():
    """Nothing that a page cached may reach the next test."""
    yield
    if hasattr(cache, "_cache"):
        cache.clear()
