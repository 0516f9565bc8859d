"""A fresh bench for every test of the gateway."""

import pytest

from api_bench import ApiBench


@pytest.fixture
def api() -> ApiBench:
    """A gateway over a fake store with two machines and one administrator's key."""
    return ApiBench()
