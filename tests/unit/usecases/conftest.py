"""A small fleet on the in-memory store."""

import pytest

from small_fleet import Fleet, new_fleet


@pytest.fixture
def fleet() -> Fleet:
    """An account without machines."""
    return new_fleet()
